import type { KeptCreditMemo, KeptInvoice, Parties } from '../domain/invoice.ts';
import type { Order } from '../domain/order.ts';
import { paidParts } from './paid-parts.ts';
import type { PrintedDocument } from './printed-document.ts';

/** @param fallback for a document whose parties were never kept */
export const printedInvoice = (order: Order, document: KeptInvoice, fallback: Parties): PrintedDocument => ({
  ...aroundOf(order, document, fallback),
  kind: 'invoice',
  document,
  paid: paidParts(order, document),
});

export const printedCreditMemo = (order: Order, document: KeptCreditMemo, fallback: Parties): PrintedDocument => ({
  ...aroundOf(order, document, fallback),
  kind: 'creditMemo',
  document,
});

const aroundOf = (order: Order, { parties }: Pick<KeptInvoice, 'parties'>, fallback: Parties) => ({
  parties: parties ?? fallback,
  currency: order.currency,
  orderNumber: order.externalId,
  orderedAt: order.placedAt,
  ...(order.purchaseOrderNumber !== undefined && { purchaseOrderNumber: order.purchaseOrderNumber }),
  deliveryCountry: order.delivery.country,
  ...(order.customer.locale !== undefined && { locale: order.customer.locale }),
});
