import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { defaultEntityId } from '../../../shared/domain/default-legal-entity.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';
import { mostSettlementParts, SettlementId } from '../../../shared/ports/settlements.ts';

export const settlementPath = {
  schema: z.object({ id: SettlementId }),
  problems: { id: 'settlement_not_found' },
} as const;

const PartNumber = z
  .string()
  .regex(/^[1-9]\d?$/)
  .transform(Number)
  .pipe(z.int().min(1).max(mostSettlementParts))
  .meta({
    // A URL holds text; what it means is a number.
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: mostSettlementParts });
    },
  });

export const partPath = {
  schema: z.object({ id: SettlementId, n: PartNumber }),
  problems: { id: 'settlement_not_found', n: 'settlement_part_not_found' },
} as const;

export const differencePath = {
  schema: z.object({ id: SettlementId, differenceId: z.string().regex(/^(m\d{4}|\d{5})-\d{1,3}$/) }),
  problems: { id: 'settlement_not_found', differenceId: 'difference_not_found' },
} as const;

export const Paged = z.strictObject({ limit: Limit, cursor: Cursor });
export const ListQuery = Paged.extend({ legalEntityId: LegalEntityId.default(defaultEntityId) });
