import { largestLogo, logoTypes } from '../../../shared/documents/logo.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { LegalEntityBody } from './legal-entity-requests.ts';
import { entityPath, PageQuery } from './parameters.ts';

const read = {
  method: 'GET',
  roles: ['storefront', 'agent', 'admin'],
  idempotencyKey: 'none',
  ifMatch: 'none',
} as const;
const write = { method: 'PUT', roles: ['admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;
const remove = { ...write, method: 'DELETE' } as const;
const entity = { path: '/v1/legal-entities/{id}', params: entityPath } as const;
const logo = { path: '/v1/legal-entities/{id}/logo', params: entityPath } as const;

export const legalEntityContracts = defineContracts({
  listLegalEntities: {
    ...read,
    path: '/v1/legal-entities',
    operationId: 'listLegalEntities',
    query: PageQuery,
    problems: ['invalid_cursor'],
  },
  getLegalEntity: { ...read, ...entity, operationId: 'getLegalEntity', problems: ['legal_entity_not_found'] },
  putLegalEntity: {
    ...write,
    ...entity,
    operationId: 'putLegalEntity',
    body: LegalEntityBody,
    multiline: ['footer'],
    problems: ['legal_entity_not_found'],
  },
  deleteLegalEntity: {
    ...remove,
    ...entity,
    operationId: 'deleteLegalEntity',
    problems: ['legal_entity_not_found', 'legal_entity_in_use'],
  },
  getLogo: {
    ...read,
    ...logo,
    operationId: 'getLegalEntityLogo',
    problems: ['legal_entity_not_found', 'logo_not_found'],
  },
  putLogo: {
    ...write,
    ...logo,
    operationId: 'putLegalEntityLogo',
    bytes: { types: logoTypes, largest: largestLogo },
    problems: ['legal_entity_not_found', 'invalid_image'],
  },
  deleteLogo: {
    ...remove,
    ...logo,
    operationId: 'deleteLegalEntityLogo',
    problems: ['legal_entity_not_found', 'logo_not_found'],
  },
});
