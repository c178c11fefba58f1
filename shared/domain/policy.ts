import * as z from 'zod';

/**
 * When the money is taken. An authorization secures it before; the invoice is posted when the units are packed, whatever this says.
 * `manual`: when somebody asks for it. `none`: Batuta handles no money, and posts no invoice.
 */
export const CapturePolicy = z.enum(['onPlace', 'onRelease', 'onPack', 'onShip', 'onDeliver', 'manual', 'none']);
export type CapturePolicy = z.infer<typeof CapturePolicy>;

/** Which invoice of several bears what is charged for the whole order: the first, the last, or each in proportion to its goods. */
export const ChargePolicy = z.enum(['firstShipment', 'prorate', 'lastShipment']);
export type ChargePolicy = z.infer<typeof ChargePolicy>;

const hour = 3_600_000;
const day = 24 * hour;

/** What a merchant may choose about an order's course. Times in milliseconds. */
export const Policy = z.object({
  /** Stock is short: `allow` keeps the whole order waiting for supply, `split` ships what is there, `deny` rejects it. */
  backorder: z.enum(['allow', 'split', 'deny']),
  /** How long a location has to accept a fulfillment order before another one is asked. Absent: no limit. */
  acceptWithin: z.int().positive().optional(),
  /** Sites that may fail the same units before a person has to look. */
  routingAttempts: z.int().min(1).max(20),
  /** A declined card: how long the customer has before the order is canceled. */
  paymentDeadline: z.int().positive(),
  /** Held for a person's judgment: how long until the order is canceled. */
  fraudReviewDeadline: z.int().positive(),
  /** Delivered: how long until the order closes (the return window). */
  closeAfter: z.int().positive(),
  capture: CapturePolicy,
  shippingCharge: ChargePolicy,
  /** May the kits of one line come from several sites? Each whole, in any case. */
  splitKits: z.boolean(),
  /**
   * The most that may be paid at the door for one order, by currency, in minor units; a currency that is not named takes no cash. Absent: no limit.
   */
  cashLimits: z.record(z.string(), z.int().positive()).optional(),
  /**
   * How much an agent may credit on one order in all, by currency, in minor units; in a currency that is not named, and absent: no limit.
   * Beyond it finance or an admin is needed.
   */
  refundLimits: z.record(z.string(), z.int().min(0)).optional(),
  /** A fulfillment order has at most this many lines (a kit's count by its components), so that every command on it fits one transaction of 100 items. */
  maxLinesPerFulfillment: z.int().min(1).max(50),
});
export type Policy = z.infer<typeof Policy>;

export const defaultPolicy: Policy = {
  backorder: 'allow',
  routingAttempts: 5,
  paymentDeadline: 24 * hour,
  fraudReviewDeadline: 3 * day,
  closeAfter: 30 * day,
  capture: 'onPack',
  shippingCharge: 'prorate',
  splitKits: false,
  maxLinesPerFulfillment: 40,
};
