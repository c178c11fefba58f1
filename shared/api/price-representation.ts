import { amountsOfCharge, totalsOf } from '../domain/billing.ts';
import type { CreditMemo, Invoice } from '../domain/invoice.ts';
import type { Order } from '../domain/order.ts';
import type { Amounts } from '../domain/pricing/amounts.ts';
import type { Charge, Discount, Tax, TaxMode } from '../domain/pricing/priced.ts';

/** What things cost, as clients see it: written out field by field, see `representation.ts`. Minor units. */

const representTax = ({ title, jurisdiction, rate, category, amount }: Tax) => ({
  title,
  jurisdiction,
  rate,
  category,
  amount,
});

export const representPrice = (
  { discounts, taxClass }: { discounts?: Discount[] | undefined; taxClass?: string | undefined },
  { net, tax, gross, taxes }: Amounts,
) => ({
  discounts: discounts?.map(({ code, title, amount }) => ({ code, title, amount })),
  taxClass,
  net,
  tax,
  gross,
  taxes: taxes.map(representTax),
});

export const representCharge = (charge: Charge, mode: TaxMode) => ({
  id: charge.id,
  kind: charge.kind,
  title: charge.title,
  lineId: charge.lineId,
  amount: charge.amount,
  ...representPrice(charge, amountsOfCharge(charge, mode)),
});

export function representTotals(order: Order) {
  const { goods, discount, net, tax, gross, taxes } = totalsOf(order);
  const charges = order.charges.reduce((sum, { amount }) => sum + amount, 0);
  return { lines: goods - charges, charges, discount, net, tax, gross, taxes: taxes.map(representTax) };
}

/** An invoice or a credit memo as the order names it; the document itself has more. */
export const representDocument = (document: Invoice | CreditMemo) => ({
  id: document.id,
  number: document.number,
  issuedAt: document.issuedAt,
  fulfillmentId: 'fulfillmentId' in document ? document.fulfillmentId : undefined,
  invoiceId: 'invoiceId' in document ? document.invoiceId : undefined,
  reason: 'reason' in document ? document.reason : undefined,
  net: document.total.net,
  tax: document.total.tax,
  gross: document.total.gross,
});
