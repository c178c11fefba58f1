import * as z from 'zod';

/**
 * | method | authorize | capture |
 * |---|---|---|
 * | `giftCard`, `storeCredit` | sets the amount aside on the account | takes it |
 * | `card` | asks the payment provider | takes it |
 * | `terms` | takes it off the customer's credit limit | the customer's bank transfer, recorded |
 * | `cashOnDelivery` | always | the money the carrier or shop took, recorded |
 *
 * The order of this list is the order in which money is taken; it is given back in the reverse order.
 */
export const PaymentMethod = z.enum(['giftCard', 'storeCredit', 'card', 'terms', 'cashOnDelivery']);
export type PaymentMethod = z.infer<typeof PaymentMethod>;

/** The goods leave before the money comes: an authorization is a promise to pay, and what is received is recorded by a person or a bank file. */
export const isOnAccount = (method: PaymentMethod): boolean => method === 'terms' || method === 'cashOnDelivery';

/** Lower is taken first. */
export const captureRank = (method: PaymentMethod): number => PaymentMethod.options.indexOf(method);
