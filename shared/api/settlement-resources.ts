import * as z from 'zod';
import { Difference } from '../domain/settlement-file/reconcile.ts';
import { Settlement } from '../ports/settlements.ts';
import { Minor } from './resource-fields.ts';

const { id, legalEntityId, provider, format, fileName, createdAt, state, submittedAt, finishedAt } = Settlement.shape;

export const SettlementResource = z
  .looseObject({
    id,
    legalEntityId,
    provider,
    format,
    fileName,
    state: state.meta({
      description:
        'REJECTED: rows are wrong, and nothing of the file was taken. RECONCILED: held against the books, and posted.',
    }),
    rows: z.int(),
    progress: z.int().optional().meta({
      description: 'While it is SUBMITTED: rows that are held against the books. Payouts are not among them.',
    }),
    errors: z.int().optional(),
    matched: z.int().optional().meta({ description: 'Rows that the books agree with.' }),
    repeated: z.int().optional().meta({ description: 'Rows that another file had.' }),
    differences: z.int().optional(),
    totals: z.array(z.looseObject({ currency: z.string(), gross: Minor, fee: Minor, net: Minor })).optional(),
    createdBy: z.string(),
    createdAt,
    submittedAt,
    finishedAt,
  })
  .meta({ id: 'Settlement', description: 'What a payment provider says it has settled, line by line.' });

export const SettlementPartResource = z
  .looseObject({ settlementId: z.string(), part: z.int(), rows: z.int() })
  .meta({ id: 'SettlementPart' });

export const SettlementErrorResource = z
  .looseObject({
    row: z.int().meta({ description: 'From 1 over all parts; a header is no row.' }),
    code: z.string().meta({
      description:
        'malformed_row, invalid_transaction_id, invalid_type, invalid_reference, invalid_currency, invalid_amount, net_differs, duplicate_row.',
    }),
    message: z.string(),
  })
  .meta({ id: 'SettlementError' });

export const DifferenceResource = z
  .looseObject(Difference.shape)
  .meta({ id: 'SettlementDifference', description: 'What a file and the books do not agree on. Minor units.' });
