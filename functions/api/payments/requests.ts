import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { Payments } from '../../../shared/api/payment-requests.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const RequestPaymentsBody = z
  .strictObject({ payments: Payments.min(1) })
  .meta({ id: 'RequestPayments', description: 'All that is to be paid: what was authorized before was given back.' });

export const ReceiptBody = z
  .strictObject({
    amount: z.int().min(1).max(Number.MAX_SAFE_INTEGER).meta({ description: 'Minor units of the order’s currency.' }),
    reference: text(100).meta({ description: 'What the money is known by at the bank or the carrier: counts once.' }),
  })
  .meta({ id: 'RecordReceipt' });
