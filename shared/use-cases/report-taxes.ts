import { OrderId } from '../domain/ids.ts';
import type { Invoice, KeptCreditMemo, KeptInvoice } from '../domain/invoice.ts';
import type { Order } from '../domain/order.ts';
import type { BusMessage } from '../events/bus-message.ts';
import type { TaxDocument, TaxDocumentItem, TaxProvider } from '../ports/tax.ts';
import { placeOf, shipToOf } from './quote-tax.ts';

/** The provider does not take a document, and would not the next time: somebody has to look (docs/runbook.md). */
export class TaxReportRefused extends Error {
  override readonly name = 'TaxReportRefused';
}

/** The event is there before what it tells of can be read: try again. */
export class DocumentNotFound extends Error {
  override readonly name = 'DocumentNotFound';
}

export interface ReportTaxesDeps {
  orders: { load(id: OrderId): Promise<Order | undefined> };
  taxes: Pick<TaxProvider, 'commit' | 'refund' | 'cancel'>;
}

/** What this listens to. */
export const taxReportedTypes = ['invoice.posted', 'credit_memo.posted', 'order.canceled'] as const;

/**
 * Tells the tax provider what was invoiced and credited, and that a quote is given up when the order ends before anything was. Only of orders whose
 * taxes it has found: who brings his own taxes files them himself. Twice is once: documents are known by their key.
 * @throws TaxUnavailable, TaxReportRefused, DocumentNotFound
 */
export async function reportTaxes(
  { orders, taxes }: ReportTaxesDeps,
  { detail }: BusMessage,
): Promise<'reported' | 'given_up' | 'not_ours'> {
  const orderId = OrderId.parse(detail.subject);
  const order = await orders.load(orderId);
  if (order?.tax?.status !== 'QUOTED') return 'not_ours';
  if (detail.type === 'order.canceled') {
    if (order.invoices.length > 0) return 'not_ours';
    await taxes.cancel({ orderId, reference: order.tax.reference });
    return 'given_up';
  }
  const document = documentOf(order, idIn(detail.data));
  if (document.items.length === 0) return 'not_ours';
  const { outcome, ...rest } = await (document.kind === 'invoice' ? taxes.commit(document) : taxes.refund(document));
  if (outcome === 'reported') return 'reported';
  throw new TaxReportRefused('reason' in rest ? rest.reason : outcome);
}

/** The id of the invoice or the credit memo that an event is about. */
function idIn(data: unknown): string {
  const { invoice, creditMemo } = Object(data) as Record<string, { id?: unknown } | undefined>;
  const id = (invoice ?? creditMemo)?.id;
  if (typeof id !== 'string') throw new DocumentNotFound('The event names no document.');
  return id;
}

function documentOf(order: Order, id: string): TaxDocument {
  const invoice = order.invoices.find((one) => one.id === id);
  if (invoice) return { kind: 'invoice', ...common(order, invoice) };
  const creditMemo = order.creditMemos.find((one) => one.id === id);
  if (!creditMemo) throw new DocumentNotFound(`${order.id} has no ${id}.`);
  const taxDate = order.invoices.find((one) => one.id === creditMemo.invoiceId)?.issueDate;
  return { kind: 'creditMemo', ...common(order, creditMemo), invoiceNumber: creditMemo.invoiceNumber, taxDate };
}

const common = (order: Order, document: KeptInvoice | KeptCreditMemo) => ({
  key: `${order.id}-${document.id}`,
  number: document.number,
  orderId: order.id,
  customerId: order.customer.id,
  currency: order.currency,
  date: document.issueDate,
  shipFrom: document.parties && placeOf(document.parties.seller.address),
  shipTo: shipToOf(order),
  buyerTaxId: document.parties?.buyer.taxId,
  items: itemsIn(order, document),
});

/** Goodwill is no sale and bears no tax: it is no item. */
function itemsIn(order: Order, { lines, charges }: Pick<Invoice, 'lines' | 'charges'>): TaxDocumentItem[] {
  const classOf = new Map<string, string | undefined>([
    ...order.lines.map(({ id, taxClass }) => [id, taxClass] as const),
    ...order.charges.map(({ id, taxClass }) => [id, taxClass] as const),
  ]);
  return [
    ...lines.map(({ lineId, sku, quantity, net, tax }) => ({
      id: lineId,
      kind: 'goods' as const,
      sku,
      taxClass: classOf.get(lineId),
      quantity,
      net,
      tax,
    })),
    ...charges.map(({ chargeId, kind, net, tax }) => ({
      id: chargeId,
      kind,
      taxClass: classOf.get(chargeId),
      quantity: 1,
      net,
      tax,
    })),
  ];
}
