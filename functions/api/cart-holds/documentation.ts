import { CartHoldResource } from '../../../shared/api/cart-hold-resources.ts';
import { documented } from '../../../shared/api/documentation.ts';
import { cartHoldContracts } from './contract.ts';

export const cartHoldDocumentation = documented('Cart holds', cartHoldContracts, {
  holdCart: {
    summary: 'Hold the units of a cart',
    description:
      'Takes all units out of sale while the customer pays, or none; of a kit, its components. Place the order with `cartHoldId`: the units become its reservations in ' +
      'the same step. A hold that nobody uses ends by itself. The same request under the same Idempotency-Key answers with the hold as it is now.',
    bodyExample: { storefront: 'web', lines: [{ sku: 'mug-batuta', quantity: 2 }], seconds: 900 },
    responses: { 201: { description: 'The hold.', schema: CartHoldResource } },
  },
  getCartHold: {
    summary: 'Read a hold',
    description: 'Its units, and until when they are held.',
    responses: { 200: { description: 'The hold.', schema: CartHoldResource } },
  },
  extendCartHold: {
    summary: 'Extend a hold',
    description: 'From now on by `seconds`, no longer than a day after it was made. It never gets shorter.',
    bodyExample: { seconds: 900 },
    responses: { 200: { description: 'The hold.', schema: CartHoldResource } },
  },
  releaseCartHold: {
    summary: 'Release a hold',
    description: 'Its units are for sale again.',
    responses: { 204: { description: 'It is over.' } },
  },
});
