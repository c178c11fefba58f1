import * as z from 'zod';
import { LineId, LocationId, PaymentId, Sku } from './ids.ts';
import { Component } from './kit.ts';
import { Amount, Currency } from './money.ts';
import { Refund } from './order.ts';

/** What several events say in the same words. */

export const units = z.object({
  lineId: LineId,
  sku: Sku,
  quantity: z.int().positive(),
  /** Of a kit: the stock behind its units is theirs, `perUnit` for each. */
  components: z.array(Component).optional(),
});
export const reserved = units.extend({ reservationId: z.string(), locationId: LocationId });
/** What the order waits for and may now get from other sites than before: those behind it in the queues are to look again. */
export const moved = z.array(z.object({ sku: Sku, quantity: z.int().positive() })).optional();

/** By how much it changes what the customer is to pay still (`AR`), minor units: what is left of the movement is his money with us (`DEPOSITS`). */
export const receivable = z.int();

export const refundLeg = {
  paymentId: PaymentId,
  refundId: z.string(),
  captureId: z.string(),
  amount: Amount,
  currency: Currency,
  /** Absent: to where it came from. */
  to: Refund.shape.to,
};

export const chargeback = z.looseObject({
  chargebackId: z.string(),
  paymentId: PaymentId,
  captureId: z.string(),
  amount: Amount,
  currency: Currency,
  /** Of the capture. */
  providerReference: z.string(),
});

export const Candidate = z.object({
  locationId: LocationId,
  covers: z.int().min(0),
  excludedBy: z.string().optional(),
});
