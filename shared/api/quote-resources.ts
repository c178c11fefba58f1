import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { RefusalCode } from '../domain/promises/refusal.ts';
import { Minor, Units } from './resource-fields.ts';

const Reason = z.looseObject({
  code: RefusalCode.meta({ description: 'Why it is not offered; of routing, what keeps the site that comes nearest.' }),
  detail: z.string(),
});
const Price = z.looseObject({ amount: Minor, currency: z.string() });

/** Who waits for a SKU. */
export const QueueResource = z
  .looseObject({
    sku: z.string(),
    data: z.array(
      z.looseObject({
        orderId: z.string(),
        priority: z.int().min(0).max(9),
        placedAt: Instant,
        quantity: Units.meta({ description: 'Of the SKU: of kits, the pieces.' }),
        expectedAt: Instant.optional().meta({
          description: 'When the supply is expected that brings the last of them.',
        }),
      }),
    ),
    isWhole: z.boolean().meta({ description: 'Nobody else waits.' }),
  })
  .meta({ id: 'Backorders' });

const Store = z.looseObject({
  locationId: z.string(),
  name: z.string(),
  kilometers: z.number().optional(),
  offered: z.boolean(),
  reason: Reason.optional(),
  readyAt: Instant.optional().meta({ description: 'Of an order that is placed now.' }),
  timeZone: z.string().optional(),
  price: Price.optional(),
});

const Option = z.looseObject({
  id: z.string().optional().meta({ description: 'Absent: the storefront has not set it up.' }),
  name: z.string().optional(),
  method: z.string(),
  service: z.string().optional(),
  offered: z.boolean(),
  reason: Reason.optional(),
  window: z
    .looseObject({
      earliestDate: z.iso.date(),
      latestDate: z.iso.date(),
      from: Instant,
      to: Instant,
      timeZone: z.string(),
    })
    .optional()
    .meta({ description: 'Whole days on the clock of the destination; for `one_hour` the hours themselves.' }),
  price: Price.optional(),
  parcels: z
    .array(
      z.looseObject({
        locationId: z.string(),
        kilometers: z.number().optional(),
        lines: z.array(z.looseObject({ sku: z.string(), quantity: Units })),
      }),
    )
    .optional(),
  delivery: z
    .looseObject({ method: z.string(), service: z.string(), promisedBy: Instant })
    .optional()
    .meta({ description: 'Send it as `delivery` of the order, with the address: it is routed as quoted.' }),
  stores: z.array(Store).optional().meta({ description: 'Pickup and curbside: the 20 nearest stores that do it.' }),
});

export const QuoteResource = z
  .looseObject({
    storefront: z.string(),
    currency: z.string(),
    quotedAt: Instant,
    expiresAt: Instant.meta({ description: 'At the next cut-off or closing time, at most five minutes on.' }),
    timeZone: z.string().meta({ description: 'Of the destination.' }),
    lines: z.array(
      z.looseObject({
        sku: z.string(),
        quantity: Units,
        status: z.enum(['available', 'short', 'unknown', 'digital']),
        availableToShip: Units.meta({ description: 'From all locations of the storefront together.' }),
        expectedAt: Instant.optional().meta({
          description:
            'Of a line that is short: when supply is expected for the rest, after those who wait already. An estimate.',
        }),
      }),
    ),
    options: z
      .array(Option)
      .meta({ description: 'Those of the storefront in its order, then what it does not offer.' }),
  })
  .meta({ id: 'Quote' });
