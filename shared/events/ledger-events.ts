import * as z from 'zod';
import { LedgerAccount } from '../domain/ledger/chart.ts';
import { LegalEntityId } from '../domain/legal-entity.ts';
import { Amount, Currency } from '../domain/money.ts';

const accountTotal = z.looseObject({
  account: LedgerAccount,
  /** In the legal entity's own chart of accounts. */
  code: z.string(),
  currency: Currency,
  debit: Amount,
  credit: Amount,
});

/** What happens to the books. Loose, as the order's events are: a reader accepts fields that a later version adds. */
export const ledgerEventData = {
  'ledger.day_closed': z.looseObject({
    legalEntityId: LegalEntityId,
    day: z.iso.date(),
    /** From 1: a day that gets an entry late is closed again, and the higher revision replaces the lower one. */
    revision: z.int().positive(),
    /** How many entries the day has. */
    entries: z.int().positive(),
    totals: z.array(accountTotal),
  }),
  'settlement.submitted': z.looseObject({
    settlementId: z.string(),
    legalEntityId: LegalEntityId,
    provider: z.string(),
    rows: z.int().positive(),
  }),
  'settlement.reconciled': z.looseObject({
    settlementId: z.string(),
    legalEntityId: LegalEntityId,
    provider: z.string(),
    /** Rows that the books agree with. */
    matched: z.int().min(0),
    /** Rows that another file had. */
    repeated: z.int().min(0),
    differences: z.int().min(0),
    totals: z.array(z.looseObject({ currency: z.string(), gross: z.int(), fee: z.int(), net: z.int() })),
  }),
} as const;

export type LedgerEventType = keyof typeof ledgerEventData;

/** An event as it stands in the log of a legal entity's books. */
export interface LedgerEventRow {
  id: string;
  type: LedgerEventType;
  sequence: number;
  at: string;
  correlationId: string;
  causationId: string;
  data: Record<string, unknown>;
}

/** What the partition of an event of this kind begins with. */
export const partitionOfLedgerEvent = 'LEDGER#';

/** Whose log an event stands in. */
export const subjectOfLedgerEvent = ({ data }: Pick<LedgerEventRow, 'data'>): string =>
  data.settlementId === undefined ? `ledger_${String(data.legalEntityId)}` : String(data.settlementId);

export const isLedgerEventType = (type: string): type is LedgerEventType => Object.hasOwn(ledgerEventData, type);
