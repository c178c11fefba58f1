import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { LineId } from '../../../shared/domain/ids.ts';
import { CreditReason, InvoiceId, RefundTo } from '../../../shared/domain/invoice.ts';
import { ChargeId } from '../../../shared/domain/pricing/priced.ts';

const Money = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

const CreditLine = z
  .strictObject({
    lineId: LineId,
    quantity: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: 'Units: they are worth what was invoiced.' }),
    amount: Money.optional().meta({ description: 'Instead of units, a lower price: with the taxes, minor units.' }),
  })
  .check(({ value, issues }) => {
    if ((value.quantity === undefined) !== (value.amount === undefined)) return;
    const [path, code] = value.quantity === undefined ? ['quantity', 'required'] : ['amount', 'contradictory'];
    const message = 'Credit either a `quantity` of units or an `amount`.';
    issues.push({ code: 'custom', input: value, path: [path as string], params: { code }, message });
  });

const CreditCharge = z.strictObject({
  chargeId: ChargeId,
  amount: Money.optional().meta({ description: 'With the taxes. Absent: all that is left of the charge.' }),
});

/** Above what an invoice has in a command's transaction. */
const mostLines = 1000;

export const CreditMemoBody = z
  .strictObject({
    invoiceId: InvoiceId.optional().meta({
      description: 'May be left out where only one invoice has what is to be credited.',
    }),
    lines: z
      .array(CreditLine)
      .max(mostLines)
      .check(refuseRepeated(({ lineId, amount }) => `${lineId}${amount === undefined ? '' : ' (amount)'}`, 'lineId'))
      .default([]),
    charges: z
      .array(CreditCharge)
      .max(20)
      .check(refuseRepeated(({ chargeId }) => chargeId, 'chargeId'))
      .default([]),
    goodwill: Money.optional().meta({ description: 'For nothing in particular: no units, no tax.' }),
    fee: z
      .strictObject({ title: text(200).optional(), amount: Money })
      .optional()
      .meta({ description: 'Kept back of the credit, for restocking or the like: no tax.' }),
    reason: CreditReason,
    note: text(500).optional().meta({ description: 'For the customer: it stands on the document.' }),
    refundTo: RefundTo.default('original').meta({
      description: 'Where what was paid goes back to: whence it came, or the store credit of the customer.',
    }),
    force: z.boolean().default(false).meta({
      description: 'Give the money back although the customer owes on the order. Finance and admin only, and recorded.',
    }),
  })
  .check(({ value, issues }) => {
    if (value.lines.length + value.charges.length > 0 || value.goodwill !== undefined) return;
    const message = 'Say what to credit: `lines`, `charges` or `goodwill`.';
    issues.push({ code: 'custom', input: value, path: ['lines'], params: { code: 'required' }, message });
  })
  .meta({ id: 'PostCreditMemo' });
export type CreditMemoBody = z.output<typeof CreditMemoBody>;

export const RecordRefundBody = z
  .strictObject({
    amount: Money.meta({ description: 'Minor units, at most what is parked as not given back.' }),
    reference: text(128).meta({ description: 'Of the bank transfer or receipt: one reference is recorded once.' }),
  })
  .meta({ id: 'RecordRefund' });
