import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { LegalEntityResource } from './legal-entity-resource.ts';
import { Minor, Units } from './resource-fields.ts';

const amounts = {
  goods: Minor,
  discount: Minor,
  net: Minor,
  tax: Minor,
  gross: Minor,
  taxes: z.array(
    z.looseObject({
      title: z.string(),
      jurisdiction: z.string(),
      rate: z.string(),
      category: z.string(),
      amount: Minor,
    }),
  ),
};

const document = {
  id: z.string(),
  number: z.string(),
  orderId: z.string(),
  orderNumber: z.string(),
  purchaseOrderNumber: z.string().optional(),
  legalEntityId: z.string(),
  currency: z.string(),
  issuedAt: Instant,
  issueDate: z.string(),
  taxMode: z.string(),
  lines: z.array(
    z.looseObject({
      lineId: z.string(),
      sku: z.string(),
      title: z.string().optional(),
      quantity: Units,
      unitPrice: Minor,
      ...amounts,
    }),
  ),
  charges: z.array(z.looseObject({ chargeId: z.string(), kind: z.string(), title: z.string().optional(), ...amounts })),
  total: z.looseObject(amounts),
  seller: LegalEntityResource.meta({ description: 'As it was when the document was posted.' }),
  buyer: z
    .looseObject({ name: z.string() })
    .meta({ description: 'As he was when the document was posted, whatever was erased from the order since.' }),
};

export const InvoiceResource = z
  .looseObject({
    ...document,
    fulfillmentId: z.string().optional().meta({ description: 'Absent: for digital units.' }),
    paid: z.array(z.looseObject({ method: z.string(), reference: z.string().optional(), amount: Minor })),
    due: Minor,
  })
  .meta({ id: 'Invoice' });

export const CreditMemoResource = z
  .looseObject({
    ...document,
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    reason: z.string(),
    note: z.string().optional(),
    goodwill: Minor.optional(),
  })
  .meta({ id: 'CreditMemo' });
