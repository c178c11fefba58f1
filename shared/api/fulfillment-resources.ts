import * as z from 'zod';
import { FulfillmentStatus, Instant } from '../domain/order.ts';
import { orderStatuses } from '../domain/status.ts';
import { Commands, Units, Version } from './resource-fields.ts';

const Shipment = z.looseObject({
  carrier: z.string(),
  service: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.string().optional(),
});

const fulfillmentFields = {
  id: z.string(),
  orderId: z.string(),
  locationId: z.string(),
  status: FulfillmentStatus,
  endReason: z.string().optional().meta({ description: 'Why it was rejected or canceled.' }),
  lines: z.array(
    z.looseObject({
      lineId: z.string(),
      sku: z.string(),
      reservationId: z.string(),
      quantity: Units,
      components: z
        .array(z.looseObject({ sku: z.string(), perUnit: z.int().min(1), quantity: Units }))
        .optional()
        .meta({ description: 'Of a kit: what is to be fetched, for each unit and in all.' }),
      picked: Units,
      packed: Units,
      shorted: Units,
    }),
  ),
  workOrder: z
    .looseObject({
      status: z.enum(['TO_DO', 'IN_PROGRESS', 'DONE']),
      startedAt: Instant.optional(),
      finishedAt: Instant.optional(),
      lines: z.array(
        z.looseObject({
          lineId: z.string(),
          sku: z.string(),
          quantity: Units,
          capability: z.string(),
          instructions: z.array(z.string()).optional(),
        }),
      ),
    })
    .optional()
    .meta({ description: 'What is to be made of customized units before they are picked.' }),
  parcels: z.array(
    z.looseObject({ id: z.string(), contents: z.array(z.looseObject({ lineId: z.string(), quantity: Units })) }),
  ),
  shipment: Shipment.optional(),
  fundsSecured: z.boolean().meta({ description: 'The money for what was packed is captured.' }),
  possibleCommands: Commands,
  createdAt: Instant,
  updatedAt: Instant,
};

export const OrderFulfillment = z.looseObject(fulfillmentFields).meta({ id: 'OrderFulfillment' });

export const FulfillmentResource = z
  .looseObject({
    ...fulfillmentFields,
    order: z.looseObject({ id: z.string(), status: z.enum(orderStatuses), version: Version }),
  })
  .meta({ id: 'Fulfillment', description: 'Work for one location.' });
