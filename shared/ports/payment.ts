/** A provider that could not be reached or answered 5xx: nothing is known to have happened. Try again with the same key. */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable';
}

/** The request was sent and no answer came: it may have happened. Ask by the same key, never send with a new one. */
export class PaymentOutcomeUnknown extends Error {
  override readonly name = 'PaymentOutcomeUnknown';
}

export type PaymentResult = { outcome: 'approved'; reference: string } | { outcome: 'declined'; reason: string };

/** `key` identifies the effect for ever: one effect a key under any schedule of retries (invariant M8). Amounts in minor units. */
interface Keyed {
  key: string;
  amount: number;
  currency: string;
}

/** What every payment adapter does; declines are values, outages are thrown. The contract tests run against each adapter. */
export interface PaymentProvider {
  authorize(request: Keyed & { token: string; orderId: string }): Promise<PaymentResult>;
  /** `authorization` is the reference of the authorization. */
  capture(request: Keyed & { authorization: string }): Promise<PaymentResult>;
  void(request: Keyed & { authorization: string }): Promise<PaymentResult>;
  /** `capture` is the reference of the capture. */
  refund(request: Keyed & { capture: string }): Promise<PaymentResult>;
  /** What became of the effect with this key; undefined: the provider never saw it. */
  query(key: string): Promise<PaymentResult | undefined>;
}
