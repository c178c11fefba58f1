import { CreditMemoResource, CreditPreview } from '../../../shared/api/credit-memo-resources.ts';
import { documented } from '../../../shared/api/documentation.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { creditMemoContracts } from './contract.ts';

const bodyExample = {
  lines: [{ lineId: 'line_1', quantity: 1 }],
  charges: [{ chargeId: 'chg_1' }],
  fee: { title: 'Restocking', amount: 500 },
  reason: 'return',
};

export const creditMemoDocumentation = documented('Refunds', creditMemoContracts, {
  postCreditMemo: {
    summary: 'Credit part of an invoice',
    description:
      'Units of a line, an amount of it, a charge or a part of one, goodwill, less a fee that is kept back. All amounts come from the invoice: the tax credited ' +
      'is the tax invoiced, and no more is credited than was invoiced and not credited before. What was paid for it goes back by the workflow `settle-order`: ' +
      'to the newest capture first, unless the customer owes as much on the order.',
    bodyExample,
    responses: { 201: { description: 'The credit memo.', schema: CreditMemoResource, etag: true } },
  },
  previewCreditMemo: {
    summary: 'Preview a credit memo',
    description:
      'What would be credited, and what would go back where, as the order is now. Post it with the ETag of this answer in If-Match, and it is what was shown or ' +
      'nothing.',
    bodyExample,
    responses: { 200: { description: 'What would be done.', schema: CreditPreview, etag: true } },
  },
  recordRefund: {
    summary: 'Record a refund made by hand',
    description:
      'Money that no payment provider would give back (an expired card, a payment on terms), sent by bank transfer or paid in cash: up to what the open exception ' +
      'of `settle-order` says.',
    bodyExample: { amount: 1999, reference: 'SEPA 2026-01-07/114' },
    responses: { 200: { description: 'The order.', schema: OrderResource, etag: true } },
  },
});
