import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { defaultEntityId } from '../../../shared/domain/default-legal-entity.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';
import { settlementFormats } from '../../../shared/domain/settlement-file/formats.ts';
import { mostSettlementRowsPerPart } from '../../../shared/ports/settlements.ts';

const Csv = z
  .string()
  .min(1)
  .meta({
    description: `RFC 4180 with a header and up to ${mostSettlementRowsPerPart} rows. Format neutral: transactionId, type (capture, refund, chargeback, fee, adjustment, payout), reference, currency, gross, fee, net, at. Format stripe: an itemized payout reconciliation or balance report, as Stripe writes it.`,
  });

export const SettlementBody = z
  .strictObject({
    legalEntityId: LegalEntityId.default(defaultEntityId).meta({ description: 'Whose money it is.' }),
    provider: text(100).meta({ description: 'Who wrote the file.' }),
    format: z.enum(settlementFormats),
    fileName: text(200).optional(),
    csv: Csv.optional().meta({
      description: 'The whole file, where it is one part: it is submitted at once. Without it, parts are sent next.',
    }),
  })
  .meta({ id: 'CreateSettlement' });

export const SettlementPartBody = z.strictObject({ csv: Csv }).meta({ id: 'PutSettlementPart' });

export const ResolveBody = z
  .strictObject({
    as: z.enum(['writeOff', 'rounding', 'accepted']).meta({
      description:
        'writeOff and rounding take the difference out of the clearing account, to WRITE_OFF or ROUNDING; accepted leaves it there.',
    }),
    reason: text(500),
  })
  .meta({ id: 'ResolveDifference' });
