/** Why a command was refused. Codes are API: stable, snake_case, documented in docs/errors.md. */
export type RejectionCode =
  | 'order_not_found'
  | 'fulfillment_not_found'
  | 'forbidden'
  | 'invalid_transition'
  | 'invalid_pick'
  | 'customization_not_done'
  | 'customization_begun'
  | 'site_excluded'
  | 'nothing_to_cancel'
  | 'order_on_hold'
  | 'order_total_too_large'
  | 'order_too_large'
  | 'totals_differ'
  | 'payments_differ'
  | 'cancel_not_possible'
  | 'hold_exists'
  | 'hold_not_found'
  | 'exception_not_found'
  | 'nothing_to_retry'
  | 'payment_not_found'
  | 'payments_returning'
  | 'receipt_differs'
  | 'chargeback_not_found'
  | 'chargeback_closed'
  | 'payment_not_secured'
  | 'funds_not_secured'
  | 'stock_not_reserved'
  | 'overallocated'
  | 'amount_exceeds_authorization'
  | 'amount_exceeds_capture'
  | 'balance_open'
  | 'credit_exceeds_invoice'
  | 'fee_exceeds_credit'
  | 'unknown_invoice'
  | 'invoice_required'
  | 'not_invoiced'
  | 'not_on_invoice'
  | 'refund_limit_exceeded'
  | 'refund_not_due'
  | 'not_delivered'
  | 'cart_hold_ended'
  | 'cart_hold_unrelated';

export interface Rejection {
  code: RejectionCode;
  /** For people: what is the matter, and what is possible instead. */
  message: string;
  /** Commands that would be accepted now. */
  possible?: string[];
  /** What of the request it is about (RFC 6901). */
  pointer?: string;
}

export const reject = (
  code: RejectionCode,
  message: string,
  possible?: string[],
): { ok: false; rejection: Rejection } => ({
  ok: false,
  rejection: { code, message, ...(possible ? { possible } : {}) },
});
