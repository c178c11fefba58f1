import * as z from 'zod';
import { CreditMemoResource, InvoiceResource } from '../../../shared/api/document-resources.ts';
import { documented } from '../../../shared/api/documentation.ts';
import { documentContracts } from './contract.ts';
import { mediaTypes } from './format.ts';

const listOf = (schema: z.ZodType) => z.looseObject({ data: z.array(schema) });
const files = [mediaTypes.pdf, mediaTypes.xml];
const formats =
  'As JSON, as PDF in the customer’s language, or as XML for accounting systems (UBL 2.1 by EN 16931, Peppol BIS Billing 3.0): ' +
  'by Accept, or by a suffix such as `.pdf`.';

export const documentDocumentation = documented('Invoices', documentContracts, {
  listInvoices: {
    summary: 'List the invoices of an order',
    description: 'Oldest first: one for each parcel that was packed, and one for digital units.',
    responses: { 200: { description: 'Invoices.', schema: listOf(InvoiceResource) } },
  },
  getInvoice: {
    summary: 'Read an invoice',
    description: `${formats} What was posted never changes; how much of it is paid does.`,
    responses: { 200: { description: 'The invoice.', schema: InvoiceResource, also: files } },
  },
  listCreditMemos: {
    summary: 'List the credit memos of an order',
    description: 'Oldest first: what of its invoices is no longer owed.',
    responses: { 200: { description: 'Credit memos.', schema: listOf(CreditMemoResource) } },
  },
  getCreditMemo: {
    summary: 'Read a credit memo',
    description: formats,
    responses: { 200: { description: 'The credit memo.', schema: CreditMemoResource, also: files } },
  },
});
