import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { Components } from '../../../shared/api/kit-requests.ts';
import { TimeZone } from '../../../shared/api/time-zone.ts';
import { refuseTornGroups, togetherFields } from '../../../shared/api/together-requests.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Skill } from '../../../shared/domain/customization.ts';
import { Coordinates } from '../../../shared/domain/distance.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { Amount, Currency } from '../../../shared/domain/money.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { Quantity } from '../../../shared/domain/order.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

/** A cart that people fill. Each SKU is a read of its stock, while the customer waits. */
const mostLines = 100;

const Line = z
  .strictObject({
    sku: Sku,
    kind: z.literal('digital').optional().meta({ description: 'Takes no stock and no parcel.' }),
    components: Components.optional().meta({
      description: 'Makes the line a kit. Absent: as the SKU is defined (`/v1/kits`).',
    }),
    customization: z.strictObject({ capability: Skill }).optional(),
    quantity: Quantity,
    ...togetherFields,
    unitPrice: Amount.default(0).meta({
      description: 'Minor units of the currency: prices of delivery may depend on the value of the goods.',
    }),
  })
  .check(({ value: { kind, components, customization }, issues }) => {
    for (const [field, given] of Object.entries({ components, customization })) {
      if (kind !== 'digital' || given === undefined) continue;
      const message = 'A digital line is neither a kit nor worked on.';
      issues.push({ code: 'custom', input: given, path: [field], params: { code: 'contradictory' }, message });
    }
  });

/** An address as orders have it, or what little is known of it. */
const Destination = z.strictObject({
  country: Country.meta({ description: 'ISO 3166-1 alpha-2.' }),
  postalCode: text(20).optional(),
  coordinates: Coordinates.optional().meta({ description: 'Absent: distances are told from the postal code.' }),
  timeZone: TimeZone.optional().meta({
    description:
      'Days are told on its clock. Absent: that of the nearest location, in the same country if there is one.',
  }),
  name: text(200).optional(),
  line1: text(200).optional(),
  line2: text(200).optional(),
  city: text(100).optional(),
  region: text(100).optional(),
});

export const QuoteBody = z
  .strictObject({
    storefront: StorefrontId,
    currency: Currency.optional().meta({ description: 'ISO 4217. Absent: the first of the storefront.' }),
    lines: z
      .array(Line)
      .min(1)
      .max(mostLines)
      .check(
        refuseRepeated(
          ({ sku, customization }) => `${sku}${customization ? ` ${customization.capability}` : ''}`,
          'sku',
        ),
        refuseTornGroups,
      ),
    destination: Destination,
  })
  .meta({ id: 'QuoteCart' });
export type QuoteBody = z.output<typeof QuoteBody>;
