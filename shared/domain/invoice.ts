import * as z from 'zod';
import { FulfillmentId, LineId, Sku } from './ids.ts';
import { LegalEntity } from './legal-entity.ts';
import { Amount } from './money.ts';
import { Address, Instant } from './order.ts';
import { ChargeId, ChargeKind, Tax, TaxMode } from './pricing/priced.ts';

/** Minor units: see `Amounts`. */
const amounts = {
  goods: Amount,
  discount: Amount,
  net: Amount,
  tax: Amount,
  gross: Amount,
  taxes: z.array(Tax),
};

export const InvoiceLine = z.object({
  lineId: LineId,
  sku: Sku,
  title: z.string().optional(),
  quantity: z.int().positive(),
  /** Minor units, as the order says it: with the taxes where prices contain them. */
  unitPrice: Amount,
  ...amounts,
});
export type InvoiceLine = z.infer<typeof InvoiceLine>;

export const InvoiceCharge = z.object({
  chargeId: ChargeId,
  kind: ChargeKind,
  title: z.string().optional(),
  ...amounts,
});
export type InvoiceCharge = z.infer<typeof InvoiceCharge>;

const document = {
  /** Gapless within its series: `INV-2026-000001`. */
  number: z.string(),
  series: z.string(),
  legalEntityId: z.string(),
  issuedAt: Instant,
  /** The day on the document, by the legal entity's clock. */
  issueDate: z.iso.date(),
  taxMode: TaxMode,
  lines: z.array(InvoiceLine),
  charges: z.array(InvoiceCharge),
  total: z.object(amounts),
};

export const InvoiceId = z.string().regex(/^inv_[1-9][0-9]{0,3}$/);
export const CreditMemoId = z.string().regex(/^cm_[1-9][0-9]{0,3}$/);

/** As it was when the document was issued. Kept as long as the document is, whatever is erased from the order: the law asks for it. */
export const Buyer = z.object({
  name: z.string(),
  company: z.string().optional(),
  taxId: z.string().optional(),
  email: z.string().optional(),
  address: Address.optional(),
});
export type Buyer = z.infer<typeof Buyer>;

/** Who the document is between. Never in an event's public part. */
export const Parties = z.object({ seller: LegalEntity, buyer: Buyer });
export type Parties = z.infer<typeof Parties>;

/** What the customer owes for units that were packed (or delivered digitally). Immutable once posted: corrections are credit memos. */
export const Invoice = z.object({
  id: InvoiceId,
  ...document,
  /** Absent: for digital units. */
  fulfillmentId: FulfillmentId.optional(),
});
export type Invoice = z.infer<typeof Invoice>;

export const CreditReason = z.enum([
  'return',
  'cancellation',
  'price',
  'goodwill',
  'shipping',
  'fee',
  'correction',
  'other',
]);

/** A part of an invoice's line. */
export const CreditMemoLine = InvoiceLine.extend({
  /** 0: no units, an amount of the line (a lower price). */
  quantity: z.int().min(0),
});
export type CreditMemoLine = z.infer<typeof CreditMemoLine>;

/** Where what was paid goes back to: whence it came, or the customer's store credit. */
export const RefundTo = z.enum(['original', 'storeCredit']);
export type RefundTo = z.infer<typeof RefundTo>;

/** What of an invoice is no longer owed. `lines` and `charges` are parts of those of the invoice `invoiceId`; `goodwill` and `fee` are neither. */
export const CreditMemo = z.object({
  id: CreditMemoId,
  ...document,
  lines: z.array(CreditMemoLine),
  invoiceId: InvoiceId,
  invoiceNumber: z.string(),
  reason: CreditReason,
  note: z.string().max(500).optional(),
  /** Given for nothing in particular: no units, no tax. Minor units, part of `total.gross` and `total.net`. */
  goodwill: Amount.optional(),
  /** Kept back of the credit, for restocking or the like: no tax. Minor units, already taken off `total.gross` and `total.net`. */
  fee: z.object({ title: z.string().optional(), amount: Amount }).optional(),
  /** Absent: original. */
  refundTo: RefundTo.optional(),
  /** Given back although the customer owes on the order: by when this much has been refunded on the order in all. Minor units. */
  forced: z.object({ refundUpTo: Amount }).optional(),
});
export type CreditMemo = z.infer<typeof CreditMemo>;

/** As the store keeps them. */
export const KeptInvoice = Invoice.extend({ parties: Parties.optional() });
export type KeptInvoice = z.infer<typeof KeptInvoice>;
export const KeptCreditMemo = CreditMemo.extend({ parties: Parties.optional() });
export type KeptCreditMemo = z.infer<typeof KeptCreditMemo>;
