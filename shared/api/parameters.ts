import * as z from 'zod';
import { FulfillmentId, LocationId, OrderId, Sku } from '../domain/ids.ts';
import { LocationGroupId } from '../domain/network/location-group.ts';
import { StorefrontId } from '../domain/network/storefront.ts';
import { CartHoldId } from '../domain/stock/cart-hold.ts';
import { OperationId } from '../ports/operations.ts';
import { EndpointId } from '../ports/webhooks.ts';

/** Path and query parameters that several routes take. An id that does not look like one names nothing: 404, not 422. */
export const orderPath = { schema: z.object({ id: OrderId }), problems: { id: 'order_not_found' } } as const;
export const fulfillmentPath = {
  schema: z.object({ id: FulfillmentId }),
  problems: { id: 'fulfillment_not_found' },
} as const;
export const locationPath = { schema: z.object({ id: LocationId }), problems: { id: 'location_not_found' } } as const;
export const cartHoldPath = { schema: z.object({ id: CartHoldId }), problems: { id: 'cart_hold_not_found' } } as const;
export const groupPath = {
  schema: z.object({ id: LocationGroupId }),
  problems: { id: 'location_group_not_found' },
} as const;
export const storefrontPath = {
  schema: z.object({ id: StorefrontId }),
  problems: { id: 'storefront_not_found' },
} as const;
export const operationPath = {
  schema: z.object({ id: OperationId }),
  problems: { id: 'operation_not_found' },
} as const;
export const skuPath = { schema: z.object({ sku: Sku }), problems: { sku: 'sku_not_found' } } as const;
export const endpointPath = {
  schema: z.object({ id: EndpointId }),
  problems: { id: 'webhook_endpoint_not_found' },
} as const;

const integer = (least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(fallback)
    .meta({
      // A URL holds text; what it means is a number.
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: least, maximum: most, default: fallback });
      },
    });

export const Limit = integer(1, 100, 25);
export const AfterSequence = integer(0, 9_999_999_999, 0);
export const EventLimit = integer(1, 100, 100);

/** A decimal number from -most to most. */
export const Degrees = (most: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,12})?$/, 'a decimal number')
    .transform(Number)
    .pipe(z.number().min(-most).max(most))
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'number', minimum: -most, maximum: most });
      },
    });

export const Cursor = z
  .string()
  .min(1)
  .max(2000)
  .optional()
  .meta({ description: '`nextCursor` of the page before, good for 24 hours, with the same filters and the same key.' });
