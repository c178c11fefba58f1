import * as z from 'zod';
import { FulfillmentId, LocationId, OrderId, Sku } from '../domain/ids.ts';

/** Path and query parameters that several routes take. An id that does not look like one names nothing: 404, not 422. */
export const orderPath = { schema: z.object({ id: OrderId }), problems: { id: 'order_not_found' } } as const;
export const fulfillmentPath = {
  schema: z.object({ id: FulfillmentId }),
  problems: { id: 'fulfillment_not_found' },
} as const;
export const locationPath = { schema: z.object({ id: LocationId }), problems: { id: 'location_not_found' } } as const;
export const skuPath = { schema: z.object({ sku: Sku }), problems: { sku: 'sku_not_found' } } as const;

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
export const Days = integer(1, 31, 7);

export const Cursor = z
  .string()
  .min(1)
  .max(2000)
  .optional()
  .meta({ description: '`nextCursor` of the page before, good for 24 hours, with the same filters and the same key.' });

/** Of a query: a range that ends before it begins is a typing error. */
export const inOrder = ({
  value: { from, to },
  issues,
}: z.core.ParsePayload<{ from?: string | undefined; to?: string | undefined }>): void => {
  if (from !== undefined && to !== undefined && to < from) {
    issues.push({ code: 'custom', input: to, path: ['to'], message: 'is before from' });
  }
};
