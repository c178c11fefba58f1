import * as z from 'zod';
import { Cursor, fulfillmentPath, Limit } from '../../../shared/api/parameters.ts';
import { rolesFor } from '../../../shared/api/roles.ts';
import { LocationId } from '../../../shared/domain/ids.ts';
import { FulfillmentStatus } from '../../../shared/domain/order.ts';
import { defineContracts, type RouteContract } from '../../../shared/runtime/contract.ts';
import { PickBody, RejectFulfillmentBody, ShipBody } from './requests.ts';

const readers = ['agent', 'warehouse', 'admin'] as const;

type Verb = 'accept' | 'reject' | 'pick' | 'pack' | 'ship' | 'deliver';

const verb = <const V extends Verb>(name: V) =>
  ({
    method: 'POST',
    path: `/v1/fulfillments/{id}/${name}`,
    operationId: `${name}Fulfillment`,
    roles: rolesFor(name === 'reject' ? 'rejectFulfillment' : name),
    ownLocations: true,
    params: fulfillmentPath,
    problems: ['fulfillment_not_found', 'invalid_transition', 'order_on_hold', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  }) as const satisfies RouteContract;

const pick = verb('pick');
const ship = verb('ship');

export const fulfillmentContracts = defineContracts({
  listFulfillments: {
    method: 'GET',
    path: '/v1/fulfillments',
    operationId: 'listFulfillments',
    roles: readers,
    ownLocations: true,
    query: z.strictObject({
      location: LocationId.optional().meta({
        description: 'A key for the work of one location lists that without naming it; one for several names which.',
      }),
      status: FulfillmentStatus.optional(),
      limit: Limit,
      cursor: Cursor,
    }),
    problems: ['invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getFulfillment: {
    method: 'GET',
    path: '/v1/fulfillments/{id}',
    operationId: 'getFulfillment',
    roles: readers,
    ownLocations: true,
    params: fulfillmentPath,
    problems: ['fulfillment_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  accept: verb('accept'),
  reject: {
    ...verb('reject'),
    body: RejectFulfillmentBody,
    problems: [...verb('reject').problems, 'customization_begun'],
  },
  startCustomization: {
    ...verb('accept'),
    path: '/v1/fulfillments/{id}/start-customization',
    operationId: 'startCustomization',
    roles: rolesFor('startCustomization'),
  },
  finishCustomization: {
    ...verb('accept'),
    path: '/v1/fulfillments/{id}/finish-customization',
    operationId: 'finishCustomization',
    roles: rolesFor('finishCustomization'),
  },
  pick: {
    ...pick,
    body: PickBody,
    bodyOptional: true,
    problems: [...pick.problems, 'invalid_pick', 'customization_not_done'],
  },
  pack: { ...verb('pack'), problems: [...verb('pack').problems, 'customization_not_done'] },
  ship: {
    ...ship,
    body: ShipBody,
    bodyOptional: true,
    problems: [
      ...ship.problems,
      'funds_not_secured',
      'payment_declined',
      'payment_provider_unavailable',
      'carrier_unavailable',
    ],
  },
  deliver: verb('deliver'),
});
