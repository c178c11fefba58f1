import type { CreditMemo } from '../domain/invoice.ts';
import type { Order } from '../domain/order.ts';
import type { Amounts } from '../domain/pricing/amounts.ts';

type Unnumbered = Omit<CreditMemo, 'number' | 'series' | 'legalEntityId' | 'issueDate' | 'issuedAt'>;
type Numbered = Partial<Pick<CreditMemo, 'number' | 'legalEntityId' | 'issueDate' | 'issuedAt'>>;

const amounts = ({ goods, discount, net, tax, gross, taxes }: Amounts) => ({
  goods,
  discount,
  net,
  tax,
  gross,
  taxes: taxes.map(({ title, jurisdiction, rate, category, amount }) => ({
    title,
    jurisdiction,
    rate,
    category,
    amount,
  })),
});

/** Field by field, as orders are: the same bytes whether it was folded from events or read. A draft has no number yet. */
export const representCreditMemo = (order: Pick<Order, 'id' | 'currency'>, memo: Unnumbered & Numbered) => ({
  id: memo.id,
  number: memo.number,
  orderId: order.id,
  invoiceId: memo.invoiceId,
  invoiceNumber: memo.invoiceNumber,
  legalEntityId: memo.legalEntityId,
  issueDate: memo.issueDate,
  issuedAt: memo.issuedAt,
  currency: order.currency,
  reason: memo.reason,
  note: memo.note,
  taxMode: memo.taxMode,
  lines: memo.lines.map((line) => ({
    lineId: line.lineId,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPrice: line.unitPrice,
    ...amounts(line),
  })),
  charges: memo.charges.map((charge) => ({
    chargeId: charge.chargeId,
    kind: charge.kind,
    title: charge.title,
    ...amounts(charge),
  })),
  goodwill: memo.goodwill,
  fee: memo.fee && { title: memo.fee.title, amount: memo.fee.amount },
  total: amounts(memo.total),
  refundTo: memo.refundTo ?? 'original',
  forced: memo.forced !== undefined,
});
