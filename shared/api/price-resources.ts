import * as z from 'zod';
import { ChargeKind, TaxCategory, TaxMode } from '../domain/pricing/priced.ts';
import { Minor } from './resource-fields.ts';

export const TaxResource = z
  .looseObject({
    title: z.string(),
    jurisdiction: z.string(),
    rate: z.string(),
    category: TaxCategory,
    amount: Minor,
  })
  .meta({ id: 'Tax' });

export const priceFields = {
  discounts: z.array(z.looseObject({ code: z.string(), title: z.string().optional(), amount: Minor })).optional(),
  taxClass: z.string().optional(),
  net: Minor.meta({ description: 'Without taxes, after discounts.' }),
  tax: Minor,
  gross: Minor.meta({ description: 'What the customer pays.' }),
  taxes: z.array(TaxResource),
};

export const ChargeResource = z
  .looseObject({
    id: z.string(),
    kind: ChargeKind,
    title: z.string().optional(),
    lineId: z.string().optional(),
    amount: Minor.meta({ description: 'Before discounts.' }),
    ...priceFields,
  })
  .meta({ id: 'Charge' });

export const totalsFields = {
  totals: z.looseObject({
    lines: Minor.meta({ description: 'List prices of the lines.' }),
    charges: Minor,
    discount: Minor,
    net: Minor,
    tax: Minor,
    gross: Minor,
    taxes: z.array(TaxResource),
  }),
  taxMode: TaxMode,
  tax: z.looseObject({ status: z.enum(['PENDING', 'QUOTED']) }).optional(),
};

const document = {
  id: z.string(),
  number: z.string(),
  issuedAt: z.string(),
  net: Minor,
  tax: Minor,
  gross: Minor,
};

export const InvoiceSummary = z
  .looseObject({ ...document, fulfillmentId: z.string().optional() })
  .meta({ id: 'InvoiceSummary' });

export const CreditMemoSummary = z
  .looseObject({ ...document, invoiceId: z.string(), reason: z.string() })
  .meta({ id: 'CreditMemoSummary' });
