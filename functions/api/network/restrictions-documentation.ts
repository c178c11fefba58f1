import { documented } from '../../../shared/api/documentation.ts';
import { RestrictionsResource } from '../../../shared/api/network-resources.ts';
import { restrictionContracts } from './restrictions-contract.ts';

export const restrictionDocumentation = documented('Network', restrictionContracts, {
  getRestrictions: {
    summary: 'Read the restrictions',
    description: 'Goods that may not go to a country, or not from a location. Without `updatedAt`, nobody has set any.',
    responses: { 200: { description: 'All of them.', schema: RestrictionsResource } },
  },
  putRestrictions: {
    summary: 'Replace the restrictions',
    description:
      'They count from the next decision and quote on; orders that are reserved keep their sites. A location that may not send a line is left out ' +
      'with the reason `RESTRICTED`; where every location is, the routing rule says what becomes of the order. A kit is restricted by its own SKU and by its components.',
    bodyExample: {
      restrictions: [
        { category: 'aerosols', country: 'US' },
        { sku: 'knife-set', locationId: 'store-1' },
      ],
    },
    responses: { 200: { description: 'All of them.', schema: RestrictionsResource } },
  },
});
