import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { LineId, Sku } from '../../../shared/domain/ids.ts';
import { mostComponents } from '../../../shared/domain/kit.ts';
import { LocationRejectReason, ShortReason } from '../../../shared/domain/order.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const RejectFulfillmentBody = z
  .strictObject({
    reason: LocationRejectReason.meta({
      description:
        '`out_of_stock` and `damaged`: the count is wrong, the units are blocked until they are counted. Otherwise they can be sold to others.',
    }),
    note: text(500).optional(),
  })
  .meta({ id: 'RejectFulfillment' });

export const PickBody = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          lineId: LineId,
          picked: z.int().min(0).max(1_000_000),
          reason: ShortReason.optional().meta({
            description:
              'Why fewer were picked than assigned: `not_found` and `damaged` block the missing units until they are counted, `lost` writes them off.',
          }),
          missing: z
            .array(z.strictObject({ sku: Sku, quantity: z.int().min(1).max(1_000_000) }))
            .min(1)
            .max(mostComponents)
            .optional()
            .meta({
              description:
                'Of a kit: the pieces that were not there. The other pieces of its missing units can be sold again at once. Absent: none of its pieces was there.',
            }),
        }),
      )
      .max(50)
      .optional(),
  })
  .meta({ id: 'Pick', description: 'Lines of which fewer were found. What is not named was picked whole.' });

export const ShipBody = z
  .strictObject({
    carrier: text(64).optional(),
    trackingNumber: text(64).optional(),
    trackingUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
  })
  .check(({ value: { carrier, trackingNumber, trackingUrl }, issues }) => {
    const given = { carrier, trackingNumber };
    if (carrier === undefined && trackingNumber === undefined && trackingUrl === undefined) return;
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) continue;
      issues.push({
        code: 'custom',
        input: given,
        path: [name],
        params: { code: 'required' },
        message: 'Is required when the carrier is yours: carrier and trackingNumber come together.',
      });
    }
  })
  .meta({ id: 'Ship', description: 'Without a carrier, one is booked.' });
export type ShipBody = z.output<typeof ShipBody>;
