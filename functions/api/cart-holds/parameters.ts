import * as z from 'zod';
import { CartHoldId } from '../../../shared/domain/stock/cart-hold.ts';

export const cartHoldPath = { schema: z.object({ id: CartHoldId }), problems: { id: 'cart_hold_not_found' } } as const;
