import * as z from 'zod';
import { Cursor, fulfillmentPath, Limit } from '../../../shared/api/parameters.ts';
import { ShipBody } from '../../../shared/api/requests.ts';
import { FulfillmentResource, pageOf } from '../../../shared/api/resources.ts';
import { rolesFor } from '../../../shared/api/roles.ts';
import { LocationId } from '../../../shared/domain/ids.ts';
import { FulfillmentStatus } from '../../../shared/domain/order.ts';
import { defineContracts, type RouteContract } from '../../../shared/runtime/contract.ts';

const tag = 'Fulfillments';
const readers = ['agent', 'warehouse', 'admin'] as const;

type Verb = 'accept' | 'pick' | 'pack' | 'ship' | 'deliver';

const verb = <const V extends Verb>(name: V, summary: string, description: string) =>
  ({
    method: 'POST',
    path: `/v1/fulfillments/{id}/${name}`,
    operationId: `${name}Fulfillment`,
    tag,
    summary,
    description: `${description} Doing it again changes nothing and answers 200.`,
    roles: rolesFor(name),
    params: fulfillmentPath,
    responses: { 200: { description: 'The fulfillment.', schema: FulfillmentResource, etag: true } },
    problems: ['fulfillment_not_found', 'invalid_transition', 'order_on_hold', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  }) as const satisfies RouteContract;

const ship = verb(
  'ship',
  'Hand the parcels over to the carrier',
  'The units leave the stock. The money for them is captured first; without a carrier of yours, one is booked.',
);

export const fulfillmentContracts = defineContracts({
  listFulfillments: {
    method: 'GET',
    path: '/v1/fulfillments',
    operationId: 'listFulfillments',
    tag,
    summary: 'List fulfillments: the work of a location',
    description: 'Newest first. A page may hold fewer than `limit` and still not be the last.',
    roles: readers,
    query: z.strictObject({
      location: LocationId.optional(),
      status: FulfillmentStatus.optional(),
      limit: Limit,
      cursor: Cursor,
    }),
    responses: { 200: { description: 'A page.', schema: pageOf(FulfillmentResource) } },
    problems: ['invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getFulfillment: {
    method: 'GET',
    path: '/v1/fulfillments/{id}',
    operationId: 'getFulfillment',
    tag,
    summary: 'Read a fulfillment',
    description: 'As of now. The ETag is the version of its order.',
    roles: readers,
    params: fulfillmentPath,
    responses: {
      200: { description: 'The fulfillment.', schema: FulfillmentResource, etag: true },
      304: { description: 'Not changed since.', etag: true },
    },
    problems: ['fulfillment_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  accept: verb('accept', 'Accept the work', 'The location takes it on: from here on it cannot be canceled at once.'),
  pick: verb('pick', 'Record that everything is picked', 'The units are off the shelf.'),
  pack: verb(
    'pack',
    'Record that everything is packed',
    'One parcel. Starts the workflow `ship-fulfillment`: capture, label.',
  ),
  ship: {
    ...ship,
    body: ShipBody,
    bodyOptional: true,
    bodyExample: { carrier: 'Correos', trackingNumber: 'PK123456789ES' },
    problems: [
      ...ship.problems,
      'funds_not_secured',
      'payment_declined',
      'payment_provider_unavailable',
      'carrier_unavailable',
    ],
  },
  deliver: verb('deliver', 'Record the delivery', 'The customer has the parcels.'),
});
