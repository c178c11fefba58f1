import * as z from 'zod';
import { ListEntry } from '../domain/fraud/list-entry.ts';
import { FraudRule, FraudThresholds } from '../domain/fraud/rules.ts';

/** What answers about screening hold. Loose: a client accepts fields that a later version adds. */
export const FraudRulesResource = z.looseObject({
  rules: z.array(FraudRule),
  thresholds: FraudThresholds,
  version: z.int().min(0),
  updatedAt: z.iso.datetime().optional(),
});

export const ListEntryResource = ListEntry.loose();
