import type { EventType } from '../events.ts';
import type { Appliers } from './applier.ts';
import { updateFulfillment } from './update-fulfillment.ts';

export const documents = {
  'invoice.posted': (order, { invoice }, { at, secret }) => {
    const billed = { ...order, invoices: [...order.invoices, { ...invoice, ...(secret && { parties: secret }) }] };
    if (!invoice.fulfillmentId) return billed;
    return updateFulfillment(billed, invoice.fulfillmentId, at, (one) => ({ ...one, fundsSecured: true }));
  },
  'credit_memo.posted': (order, { creditMemo }, { secret }) => ({
    ...order,
    creditMemos: [...order.creditMemos, { ...creditMemo, ...(secret && { parties: secret }) }],
  }),
} satisfies Appliers<Extract<EventType, 'invoice.posted' | 'credit_memo.posted'>>;
