import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { LegalEntityResource } from '../../../shared/api/legal-entity-resource.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { legalEntityContracts } from './legal-entity-contract.ts';

export const legalEntityDocumentation = documented('Legal entities', legalEntityContracts, {
  listLegalEntities: {
    summary: 'List legal entities',
    description: 'All of them, by id. `default` is always there.',
    responses: { 200: { description: 'A page, by id.', schema: pageOf(LegalEntityResource) } },
  },
  getLegalEntity: {
    summary: 'Read a legal entity',
    description:
      'Who sells. `default` says `Your company` until it is put, and so does every document that is posted before.',
    responses: { 200: { description: 'The legal entity.', schema: LegalEntityResource } },
  },
  putLegalEntity: {
    summary: 'Create or replace a legal entity',
    description:
      'What stands on its invoices and credit memos from now on; those that are posted stay as they are. Numbers go on where they were: ' +
      'they follow each other without a gap within a legal entity and a year.',
    bodyExample: {
      name: 'Batuta Tienda S.L.',
      address: { line1: 'Calle de la Música 4', city: 'Madrid', postalCode: '28013', country: 'ES' },
      taxId: 'ESB12345674',
      registration: 'R.M. Madrid, tomo 1234, folio 56, hoja M-78901',
      email: 'facturas@batuta.example',
      bank: { iban: 'ES91 2100 0418 4502 0005 1332', bic: 'CAIXESBB', name: 'CaixaBank' },
      timeZone: 'Europe/Madrid',
      prefixes: { invoice: 'F', creditMemo: 'R' },
    },
    responses: { 200: { description: 'The legal entity.', schema: LegalEntityResource } },
  },
  deleteLegalEntity: {
    summary: 'Delete a legal entity',
    description: 'Unless a storefront sells for it. Its documents stay.',
    responses: { 204: { description: 'It is gone.' } },
  },
  getLogo: {
    summary: 'Read a logo',
    description: 'As it was sent.',
    responses: {
      200: {
        description: 'The image: PNG or JPEG.',
        schema: z.unknown(),
        contentType: 'image/png',
        also: ['image/jpeg'],
      },
    },
  },
  putLogo: {
    summary: 'Set a logo',
    description: 'PNG or JPEG, 200,000 bytes and 1,200 pixels a side at most. It stands on top of every PDF.',
    responses: { 204: { description: 'It is set.' } },
  },
  deleteLogo: {
    summary: 'Remove a logo',
    description: 'Documents have the name instead.',
    responses: { 204: { description: 'It is gone.' } },
  },
});
