import { documented } from '../../../shared/api/documentation.ts';
import { CapacityResource, LocationResource } from '../../../shared/api/network-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { locationContracts } from './locations-contract.ts';

export const locationDocumentation = documented('Inventory', locationContracts, {
  listLocations: {
    summary: 'List locations',
    description: 'By id; of one kind, or those that are enabled or not.',
    responses: { 200: { description: 'A page, by id.', schema: pageOf(LocationResource) } },
  },
  getLocation: {
    summary: 'Read a location',
    description: 'Where it is, when it works, what it can do, and whether it is out of service.',
    responses: { 200: { description: 'The location.', schema: LocationResource } },
  },
  getCapacity: {
    summary: 'Read what is left of a location’s days',
    description:
      'What orders take of its days, and how much it can take still, as of now. Without a declared capacity nothing is counted, and there are no days.',
    responses: { 200: { description: 'Day by day.', schema: CapacityResource } },
  },
});
