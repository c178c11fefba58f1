import * as z from 'zod';
import { refuseRepeated } from '../../../shared/api/fields.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { Quantity } from '../../../shared/domain/order.ts';
import { holdLimits, mostHeldBuckets } from '../../../shared/domain/stock/cart-hold.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

const HoldSeconds = z
  .int()
  .min(holdLimits.least)
  .max(holdLimits.most)
  .default(holdLimits.fallback)
  .meta({ description: 'How long the units are held from now on. In all, at most a day.' });

export const CartHoldBody = z
  .strictObject({
    storefront: StorefrontId,
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(mostHeldBuckets)
      .check(refuseRepeated(({ sku }) => sku, 'sku')),
    locationId: LocationId.optional().meta({ description: 'Pickup: the units are held there and nowhere else.' }),
    seconds: HoldSeconds,
  })
  .meta({ id: 'HoldCart' });

export const ExtendCartHoldBody = z.strictObject({ seconds: HoldSeconds }).meta({ id: 'ExtendCartHold' });
