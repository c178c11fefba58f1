import { LocationId } from '../../../shared/domain/ids.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { groupPath, PageQuery, storefrontPath } from './parameters.ts';
import { LocationGroupBody, MembershipBody, ShippingRatesBody, StorefrontBody } from './requests.ts';

export { legalEntityContracts } from './legal-entity-contract.ts';
export { locationContracts } from './locations-contract.ts';
export { restrictionContracts } from './restrictions-contract.ts';
export { rulesContracts } from './rules-contract.ts';
export { safetyContracts } from './safety-contract.ts';

const read = { method: 'GET', roles: everybody, idempotencyKey: 'none', ifMatch: 'none' } as const;
const write = { method: 'PUT', roles: ['admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;
const remove = { ...write, method: 'DELETE' } as const;

const membershipPath = {
  schema: groupPath.schema.extend({ locationId: LocationId }),
  problems: { ...groupPath.problems, locationId: 'location_not_found' },
} as const;

export const networkContracts = defineContracts({
  listStorefronts: {
    ...read,
    path: '/v1/storefronts',
    operationId: 'listStorefronts',
    query: PageQuery,
    problems: ['invalid_cursor'],
  },
  getStorefront: {
    ...read,
    path: '/v1/storefronts/{id}',
    operationId: 'getStorefront',
    params: storefrontPath,
    problems: ['storefront_not_found'],
  },
  putStorefront: {
    ...write,
    path: '/v1/storefronts/{id}',
    operationId: 'putStorefront',
    params: storefrontPath,
    body: StorefrontBody,
    problems: ['storefront_not_found', 'unknown_location_group', 'unknown_legal_entity'],
  },
  deleteStorefront: {
    ...remove,
    path: '/v1/storefronts/{id}',
    operationId: 'deleteStorefront',
    params: storefrontPath,
    problems: ['storefront_not_found'],
  },
  listLocationGroups: {
    ...read,
    path: '/v1/location-groups',
    operationId: 'listLocationGroups',
    query: PageQuery,
    problems: ['invalid_cursor'],
  },
  getLocationGroup: {
    ...read,
    path: '/v1/location-groups/{id}',
    operationId: 'getLocationGroup',
    params: groupPath,
    problems: ['location_group_not_found'],
  },
  putLocationGroup: {
    ...write,
    path: '/v1/location-groups/{id}',
    operationId: 'putLocationGroup',
    params: groupPath,
    body: LocationGroupBody,
    problems: ['location_group_not_found', 'unknown_location', 'unknown_location_group', 'location_group_cycle'],
  },
  deleteLocationGroup: {
    ...remove,
    path: '/v1/location-groups/{id}',
    operationId: 'deleteLocationGroup',
    params: groupPath,
    problems: ['location_group_not_found', 'location_group_in_use'],
  },
  putGroupLocation: {
    ...write,
    path: '/v1/location-groups/{id}/locations/{locationId}',
    operationId: 'putLocationIntoGroup',
    params: membershipPath,
    body: MembershipBody,
    bodyOptional: true,
    problems: ['location_group_not_found', 'location_not_found'],
  },
  deleteGroupLocation: {
    ...remove,
    path: '/v1/location-groups/{id}/locations/{locationId}',
    operationId: 'takeLocationOutOfGroup',
    params: membershipPath,
    problems: ['location_group_not_found', 'location_not_found'],
  },
  getShippingRates: { ...read, path: '/v1/shipping-rates', operationId: 'getShippingRates', problems: [] },
  putShippingRates: {
    ...write,
    path: '/v1/shipping-rates',
    operationId: 'putShippingRates',
    body: ShippingRatesBody,
    problems: ['unknown_location'],
  },
});
