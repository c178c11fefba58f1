import { fulfillmentId, vat } from './samples.ts';
import type { Told } from './told.ts';

const amounts = { goods: 3998, discount: 0, net: 3304, tax: 694, gross: 3998, taxes: [vat] };
const document = {
  series: 'default#invoice#2026',
  legalEntityId: 'default',
  issuedAt: '2026-01-05T10:00:00.000Z',
  issueDate: '2026-01-05',
  taxMode: 'inclusive',
  lines: [{ lineId: 'line_1', sku: 'MUG-BLUE', title: 'Blue mug', quantity: 2, unitPrice: 1999, ...amounts }],
  charges: [],
  total: amounts,
};

/** Of invoices and credit memos. */
export const toldOfDocuments = {
  'invoice.posted': {
    description:
      'The invoice of what was packed, or of all digital units: numbered, final, and paid or promised. Who it is between stands in the document itself.',
    emittedBy: 'ship-fulfillment, step CapturePayment; deliver-digital',
    sample: {
      invoice: { id: 'inv_1', number: 'INV-2026-000001', ...document, fulfillmentId },
      currency: 'EUR',
      receivable: 0,
    },
  },
  'credit_memo.posted': {
    description: 'Part of an invoice is no longer owed: what was paid for it goes back.',
    emittedBy: 'POST /v1/orders/{id}/credit-memos',
    sample: {
      creditMemo: {
        id: 'cm_1',
        number: 'CN-2026-000001',
        ...document,
        series: 'default#creditMemo#2026',
        invoiceId: 'inv_1',
        invoiceNumber: 'INV-2026-000001',
        reason: 'goodwill',
      },
      currency: 'EUR',
      receivable: 0,
    },
  },
} satisfies Record<string, Told>;
