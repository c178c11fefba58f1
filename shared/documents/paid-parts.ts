import type { KeptInvoice } from '../domain/invoice.ts';
import type { Order } from '../domain/order.ts';
import type { PaidPart } from './printed-document.ts';

/**
 * How an invoice was paid, of the money that was captured: first what was captured for its fulfillment, then what was taken ahead or is left over, of
 * which older invoices take their part first. What was given back since is on credit memos.
 */
export function paidParts(order: Pick<Order, 'invoices' | 'payments'>, invoice: Pick<KeptInvoice, 'id'>): PaidPart[] {
  const open = order.invoices.map(({ id, fulfillmentId, total }) => ({ id, fulfillmentId, due: total.gross }));
  const parts: PaidPart[] = [];
  const captures = order.payments.flatMap(({ method, captures }) =>
    captures.map((one) => ({ method, left: one.amount, ...one })),
  );
  const pay = (one: (typeof captures)[number], target: (typeof open)[number]) => {
    const amount = Math.min(one.left, target.due);
    one.left -= amount;
    target.due -= amount;
    if (amount > 0 && target.id === invoice.id) {
      parts.push({ method: one.method, reference: one.providerReference, amount });
    }
  };
  for (const one of captures) {
    const own = open.find(
      ({ fulfillmentId }) => one.fulfillmentId !== undefined && fulfillmentId === one.fulfillmentId,
    );
    if (own) pay(one, own);
  }
  for (const one of captures) for (const target of open) pay(one, target);
  return joined(parts);
}

/** What was taken in several goes from one account under one reference is one payment to who reads it. */
function joined(parts: readonly PaidPart[]): PaidPart[] {
  const found = new Map<string, PaidPart>();
  for (const part of parts) {
    const key = `${part.method} ${part.reference ?? ''}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, amount: before.amount + part.amount } : part);
  }
  return [...found.values()];
}
