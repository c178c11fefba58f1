import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { orderPath } from '../../../shared/api/parameters.ts';
import { PaymentId } from '../../../shared/domain/ids.ts';
import { Amount } from '../../../shared/domain/money.ts';

const ChargebackId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64');

export const chargebackPath = {
  schema: orderPath.schema.extend({ chargebackId: ChargebackId }),
  problems: { id: 'order_not_found', chargebackId: 'chargeback_not_found' },
} as const;

export const OpenChargebackBody = z
  .strictObject({
    chargebackId: ChargebackId.meta({ description: 'The bank’s or the provider’s: told twice, it is one.' }),
    paymentId: PaymentId,
    captureId: z.string().regex(/^cap_[1-9][0-9]{0,4}$/, 'the id of a capture of this payment'),
    amount: Amount.min(1).meta({ description: 'Minor units of the order’s currency.' }),
    reason: text(200),
    respondBy: z.iso.datetime().optional().meta({ description: 'Until when it can be answered.' }),
  })
  .meta({ id: 'OpenChargeback' });

export const CloseChargebackBody = z.strictObject({ outcome: z.enum(['WON', 'LOST']) }).meta({ id: 'CloseChargeback' });
