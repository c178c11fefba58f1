import * as z from 'zod';
import { CreditReason, RefundTo } from '../domain/invoice.ts';
import { ChargeKind, TaxMode } from '../domain/pricing/priced.ts';
import { TaxResource } from './price-resources.ts';
import { Minor } from './resource-fields.ts';

const amounts = {
  goods: Minor.meta({ description: 'At list price, before discounts.' }),
  discount: Minor,
  net: Minor,
  tax: Minor,
  gross: Minor.meta({ description: 'With the taxes, after discounts: what is credited.' }),
  taxes: z.array(TaxResource),
};

const fields = {
  orderId: z.string(),
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  currency: z.string(),
  reason: CreditReason,
  note: z.string().optional(),
  taxMode: TaxMode,
  lines: z.array(
    z.looseObject({
      lineId: z.string(),
      sku: z.string(),
      title: z.string().optional(),
      quantity: z.int().min(0).meta({ description: '0: an amount of the line, no units.' }),
      unitPrice: Minor,
      ...amounts,
    }),
  ),
  charges: z.array(z.looseObject({ chargeId: z.string(), kind: ChargeKind, title: z.string().optional(), ...amounts })),
  goodwill: Minor.optional().meta({ description: 'For nothing in particular: part of the total, without tax.' }),
  fee: z
    .looseObject({ title: z.string().optional(), amount: Minor })
    .optional()
    .meta({ description: 'Kept back: taken off the total.' }),
  total: z.looseObject(amounts),
  refundTo: RefundTo,
  forced: z.boolean().meta({ description: 'The money goes back although the customer owes on the order.' }),
};

export const CreditMemoResource = z
  .looseObject({
    id: z.string(),
    number: z.string(),
    issueDate: z.string(),
    issuedAt: z.string(),
    legalEntityId: z.string(),
    ...fields,
  })
  .meta({ id: 'PostedCreditMemo' });

export const CreditPreview = z
  .looseObject({
    creditMemo: z.looseObject(fields),
    refunds: z.array(
      z.looseObject({
        paymentId: z.string(),
        captureId: z.string(),
        method: z.string().meta({ description: 'The payment’s, or `storeCredit`.' }),
        amount: Minor,
      }),
    ),
    refunded: Minor.meta({
      description: 'The sum: less than is credited where the customer owes the rest on the order.',
    }),
    unplaced: Minor.meta({ description: 'Due back, and every provider has refused it before.' }),
  })
  .meta({ id: 'CreditMemoPreview' });
