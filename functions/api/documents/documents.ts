import type { Logo } from '../../../shared/documents/logo.ts';
import { dueOf, type PrintedDocument } from '../../../shared/documents/printed-document.ts';
import { printedCreditMemo, printedInvoice } from '../../../shared/documents/printed-of.ts';
import { ublOf } from '../../../shared/documents/ubl.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import type { Parties } from '../../../shared/domain/invoice.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { LegalEntities, Logos } from '../../../shared/ports/legal-entities.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { Headers } from '../../../shared/runtime/request-headers.ts';
import { formatOf, mediaTypes } from './format.ts';

export interface DocumentDeps {
  orders: { load(id: OrderId): Promise<Order | undefined> };
  sellers: LegalEntities;
  logos: Logos;
  /** A package of hundreds of kilobytes: loaded by who asks for a PDF. */
  renderPdf(printed: PrintedDocument, logo: Logo | undefined): Promise<Uint8Array>;
}

interface Asked {
  params: { id: OrderId };
}
interface AskedOne {
  params: { id: OrderId; documentId: string };
  headers: Headers;
}

const kinds = {
  invoice: {
    of: (order: Order, fallback: Parties) => order.invoices.map((one) => printedInvoice(order, one, fallback)),
    missing: 'invoice_not_found',
  },
  creditMemo: {
    of: (order: Order, fallback: Parties) => order.creditMemos.map((one) => printedCreditMemo(order, one, fallback)),
    missing: 'credit_memo_not_found',
  },
} as const;
type Kind = keyof typeof kinds;

export async function listDocuments(deps: DocumentDeps, kind: Kind, { params }: Asked): Promise<Answer> {
  const { order, documents } = await documentsOf(deps, kind, params.id);
  return { status: 200, body: { data: documents.map((one) => representDocument(order, one)) } };
}

export async function getDocument(deps: DocumentDeps, kind: Kind, { params, headers }: AskedOne): Promise<Answer> {
  const { id, format } = formatOf(params.documentId, headers);
  const { order, documents } = await documentsOf(deps, kind, params.id);
  const printed = documents.find(({ document }) => document.id === id);
  if (!printed) throw new ProblemError(kinds[kind].missing);
  if (format === 'json') return { status: 200, headers: { vary: 'accept' }, body: representDocument(order, printed) };
  const answer = { status: 200, headers: { ...fileHeaders(printed, format), vary: 'accept' } };
  if (format === 'xml') return { ...answer, text: ublOf(printed) };
  return { ...answer, bytes: await deps.renderPdf(printed, await deps.logos.logo(printed.document.legalEntityId)) };
}

/** Shown by a browser, and saved under its number. Numbers hold capitals, digits, `-` and `/`. */
const fileHeaders = ({ document }: PrintedDocument, format: 'pdf' | 'xml') => ({
  'content-type': format === 'xml' ? `${mediaTypes.xml}; charset=utf-8` : mediaTypes.pdf,
  'content-disposition': `inline; filename="${document.number.replaceAll('/', '-')}.${format}"`,
});

async function documentsOf({ orders, sellers }: DocumentDeps, kind: Kind, orderId: OrderId) {
  const order = await orders.load(orderId);
  if (!order) throw new ProblemError('order_not_found');
  const isWhole = [...order.invoices, ...order.creditMemos].every(({ parties }) => parties !== undefined);
  const seller = isWhole ? undefined : await sellers.sellerIn(order.channel);
  const documents = kinds[kind].of(order, { seller: seller ?? unasked, buyer: { name: '-' } });
  return { order, documents };
}

/** Stands where every document has parties of its own. */
const unasked: Parties['seller'] = {
  id: '-',
  name: '-',
  address: { line1: '-', city: '-', postalCode: '-', country: 'ZZ' },
  timeZone: 'UTC',
  prefixes: { invoice: '-', creditMemo: '-' },
};

/** As posted, with how it was paid. */
function representDocument(order: Order, printed: PrintedDocument) {
  const { parties: _, series: __, ...document } = printed.document;
  const { seller, buyer } = printed.parties;
  return {
    ...document,
    orderId: order.id,
    orderNumber: printed.orderNumber,
    ...(printed.purchaseOrderNumber !== undefined && { purchaseOrderNumber: printed.purchaseOrderNumber }),
    currency: printed.currency,
    seller,
    buyer,
    ...(printed.kind === 'invoice' && { paid: printed.paid, due: dueOf(printed) }),
  };
}
