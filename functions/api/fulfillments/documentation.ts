import { documented } from '../../../shared/api/documentation.ts';
import { FulfillmentResource } from '../../../shared/api/fulfillment-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { fulfillmentContracts } from './contract.ts';

const fulfillment = { description: 'The fulfillment.', schema: FulfillmentResource, etag: true };

const verb = (summary: string, description: string) => ({
  summary,
  description: `${description} Doing it again changes nothing and answers 200.`,
  responses: { 200: fulfillment },
});

export const fulfillmentDocumentation = documented('Fulfillments', fulfillmentContracts, {
  listFulfillments: {
    summary: 'List fulfillments: the work of a location',
    description: 'Newest first. A page may hold fewer than `limit` and still not be the last.',
    responses: { 200: { description: 'A page.', schema: pageOf(FulfillmentResource) } },
  },
  getFulfillment: {
    summary: 'Read a fulfillment',
    description: 'As of now. The ETag is the version of its order.',
    responses: { 200: fulfillment, 304: { description: 'Not changed since.', etag: true } },
  },
  accept: verb('Accept the work', 'The location takes it on: from here on it cannot be canceled at once.'),
  reject: {
    ...verb(
      'Give the work back',
      'While OPEN or ACCEPTED. The units get another site by themselves (workflow `reroute`), and this location is not asked for them again.',
    ),
    bodyExample: { reason: 'out_of_stock', note: 'Shelf is empty' },
  },
  startCustomization: verb(
    'Begin to customize units',
    'Its `workOrder` says what to make. From here on the units are the customer’s: they are neither canceled at once nor given back.',
  ),
  finishCustomization: verb('Record that the units are customized', 'They are picked next.'),
  pick: {
    ...verb(
      'Record what is picked',
      'The units are off the shelf. What was not found leaves the fulfillment and gets another site by itself (workflow `reroute`); the rest goes on. When nothing was found, the fulfillment is CANCELED.',
    ),
    bodyExample: { lines: [{ lineId: 'line_1', picked: 1, reason: 'not_found' }] },
  },
  pack: verb('Record that everything is packed', 'One parcel. Starts the workflow `ship-fulfillment`: capture, label.'),
  ship: {
    ...verb(
      'Hand the parcels over to the carrier',
      'The units leave the stock. The money for them is captured first; without a carrier of yours, one is booked.',
    ),
    bodyExample: { carrier: 'Correos', trackingNumber: 'PK123456789ES' },
  },
  deliver: verb('Record the delivery', 'The customer has the parcels.'),
});
