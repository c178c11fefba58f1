import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Coordinates } from '../../../shared/domain/distance.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

const mostSkus = 100;

/** A place: coordinates, or what a geocoder finds them by. */
const Near = z.strictObject({
  country: Country.optional(),
  postalCode: text(20).optional(),
  coordinates: Coordinates.optional(),
});

export const AvailabilityBody = z
  .strictObject({
    storefront: StorefrontId,
    skus: z
      .array(Sku)
      .min(1)
      .max(mostSkus)
      .check(refuseRepeated((sku) => sku)),
    near: Near.optional().meta({ description: 'Where the customer is: distances are told from there.' }),
  })
  .meta({ id: 'AskAvailability' });
