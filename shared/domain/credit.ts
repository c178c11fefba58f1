import { onlyAmounts } from './billing.ts';
import type { CreditRequest } from './commands.ts';
import type { CreditMemo, CreditMemoLine, Invoice, InvoiceCharge } from './invoice.ts';
import type { Order } from './order.ts';
import { type Amounts, addAmounts, lessAmounts, partOfGross, portionOf } from './pricing/amounts.ts';
import { type Rejection, reject } from './rejection.ts';

/**
 * What of an invoice can still be credited, and what a credit memo says. All of it is a part of what was invoiced and not credited before, so
 * that the tax credited is the tax invoiced for the same units (invariant M7), however the units and amounts are cut. Minor units.
 */
export type CreditDraft = Pick<CreditMemo, 'invoiceId' | 'lines' | 'charges' | 'goodwill' | 'fee' | 'total'>;
type Refused = { ok: false; rejection: Rejection };

const grossOf = (documents: readonly { total: Amounts }[]): number =>
  documents.reduce((sum, { total }) => sum + total.gross, 0);

const memosOf = ({ creditMemos }: Pick<Order, 'creditMemos'>, { id }: Pick<Invoice, 'id'>) =>
  creditMemos.filter(({ invoiceId }) => invoiceId === id);

/** What of an invoice is not credited. Minor units, with the taxes. */
export const creditLeft = (order: Pick<Order, 'creditMemos'>, invoice: Pick<Invoice, 'id' | 'total'>): number =>
  invoice.total.gross - grossOf(memosOf(order, invoice));

export const isCreditable = (order: Pick<Order, 'invoices' | 'creditMemos' | 'canceling'>): boolean =>
  !order.canceling && order.invoices.some((invoice) => creditLeft(order, invoice) > 0);

/** What a credit memo says, after those that there are, or why there is none. */
export function draftCreditMemo(order: Order, request: CreditRequest): CreditDraft | Refused {
  const invoice = invoiceFor(order, request);
  if ('ok' in invoice) return invoice;
  const before = memosOf(order, invoice);
  const lines: CreditMemoLine[] = [];
  for (const [index, asked] of request.lines.entries()) {
    const credited = [...before.flatMap((memo) => memo.lines), ...lines];
    const line = creditLine(invoice, credited, asked, `/lines/${index}`);
    if ('ok' in line) return line;
    lines.push(line);
  }
  const charges: InvoiceCharge[] = [];
  for (const [index, asked] of request.charges.entries()) {
    const credited = [...before.flatMap((memo) => memo.charges), ...charges];
    const charge = creditCharge(invoice, credited, asked, `/charges/${index}`);
    if ('ok' in charge) return charge;
    charges.push(charge);
  }
  const { goodwill = 0, fee } = request;
  const parts = addAmounts([...lines, ...charges].map(onlyAmounts));
  if (fee && fee.amount > parts.net + goodwill) {
    return refuse('fee_exceeds_credit', '/fee/amount', `The fee is above the ${parts.net + goodwill} of the credit.`);
  }
  const kept = goodwill - (fee?.amount ?? 0);
  const total = { ...parts, net: parts.net + kept, gross: parts.gross + kept };
  const left = creditLeft(order, invoice);
  if (total.gross > left) {
    const message = `Of ${invoice.number} ${left} is left to credit, this comes to ${total.gross}: credit amounts, or keep a fee back.`;
    return refuse('credit_exceeds_invoice', goodwill > 0 ? '/goodwill' : '', message);
  }
  return {
    invoiceId: invoice.id,
    ...{ lines, charges, total },
    ...(goodwill > 0 && { goodwill }),
    ...(fee && { fee: { ...(fee.title !== undefined && { title: fee.title }), amount: fee.amount } }),
  };
}

const refuse = (code: Rejection['code'], pointer: string, message: string): Refused => {
  const { rejection } = reject(code, message);
  return { ok: false, rejection: { ...rejection, pointer } };
};

/** The invoice that is named, or the only one that has all that is to be credited. */
function invoiceFor(order: Order, { invoiceId, lines, charges }: CreditRequest): Order['invoices'][number] | Refused {
  const [first, ...others] = order.invoices;
  if (!first)
    return reject('not_invoiced', 'Nothing of the order is invoiced yet: what is not packed can be canceled.');
  if (invoiceId !== undefined) {
    const named = order.invoices.find(({ id }) => id === invoiceId);
    return named ?? refuse('unknown_invoice', '/invoiceId', `The order has no invoice ${invoiceId}.`);
  }
  if (others.length === 0) return first;
  const [only, another] = order.invoices.filter(
    (one) =>
      lines.every(({ lineId }) => one.lines.some((line) => line.lineId === lineId)) &&
      charges.every(({ chargeId }) => one.charges.some((charge) => charge.chargeId === chargeId)),
  );
  const numbers = order.invoices.map(({ id }) => id).join(', ');
  return only && !another ? only : refuse('invoice_required', '/invoiceId', `Say of which invoice: ${numbers}.`);
}

type Asked = CreditRequest['lines'][number];

function creditLine(
  invoice: Invoice,
  credited: readonly CreditMemoLine[],
  asked: Asked,
  pointer: string,
): CreditMemoLine | Refused {
  const line = invoice.lines.find(({ lineId }) => lineId === asked.lineId);
  if (!line) return refuse('not_on_invoice', `${pointer}/lineId`, `${asked.lineId} is not on ${invoice.number}.`);
  const before = credited.filter(({ lineId }) => lineId === line.lineId);
  const left = lessAmounts(onlyAmounts(line), before);
  const { lineId, sku, title, unitPrice } = line;
  const named = { ...{ lineId, sku, unitPrice }, ...(title !== undefined && { title }) };
  if ('amount' in asked) {
    if (asked.amount > left.gross) return tooMuch(`${pointer}/amount`, line.lineId, left.gross, asked.amount);
    return { ...named, quantity: 0, ...partOfGross(left, invoice.taxMode, asked.amount) };
  }
  const units = line.quantity - before.reduce((sum, { quantity }) => sum + quantity, 0);
  if (asked.quantity > units) {
    return tooMuch(`${pointer}/quantity`, `${line.lineId} (units)`, units, asked.quantity);
  }
  return { ...named, quantity: asked.quantity, ...portionOf(left, invoice.taxMode, units, 0, asked.quantity) };
}

function creditCharge(
  invoice: Invoice,
  credited: readonly InvoiceCharge[],
  asked: CreditRequest['charges'][number],
  pointer: string,
): InvoiceCharge | Refused {
  const charge = invoice.charges.find(({ chargeId }) => chargeId === asked.chargeId);
  if (!charge) return refuse('not_on_invoice', `${pointer}/chargeId`, `${asked.chargeId} is not on ${invoice.number}.`);
  const left = lessAmounts(
    onlyAmounts(charge),
    credited.filter(({ chargeId }) => chargeId === charge.chargeId),
  );
  const { amount = left.gross } = asked;
  if (amount > left.gross || amount === 0) return tooMuch(pointer, charge.chargeId, left.gross, amount);
  const { chargeId, kind, title } = charge;
  return {
    ...{ chargeId, kind },
    ...(title !== undefined && { title }),
    ...partOfGross(left, invoice.taxMode, amount),
  };
}

const tooMuch = (pointer: string, what: string, left: number, asked: number): Refused =>
  refuse('credit_exceeds_invoice', pointer, `Of ${what} ${left} is left to credit, not ${asked}.`);
