import type { LedgerAccount } from '../../../domain/ledger/chart.ts';
import { listShards } from '../keys.ts';

/**
 * Rows of the ledger, in the table `orders`, in partitions of their own.
 *
 * pk LEDGER#<legal entity>        sk DAY#<day>   how many entries; found by gsi2 as long as it is not closed
 *                                 sk TOTAL#D#<day>#<currency>#<account>, TOTAL#M#<month>#<currency>#<account>
 *                                 sk CODES   the legal entity's account codes
 *                                 sk LOG, EVENT#<n>   what was told of closed days
 * pk LEDGER#ORDER#<order>         sk <event>     entries, found by gsi1: legal entity, day
 * pk LEDGER#CREDIT#<account>       sk <event>     likewise
 * pk LEDGER#SETTLEMENT#<id>       sk <entry>     likewise
 *                                 sk -, PART#<n>, CHUNK#<part>#<n>, ERRORS#<n>, RESULT#<n>, TOLD, EVENT#<n>   the file and what became of it
 * pk LEDGER#FILE#<legal entity>#<hash of a file>   which settlement it is
 * pk LEDGER#PSPREF#<reference>    sk <kind>      what a provider's files should say, and have said; found by gsi2 as long as the two differ
 */
export const ledgerPk = {
  any: 'LEDGER#*',
  books: (legalEntityId: string) => `LEDGER#${legalEntityId}`,
  order: (orderId: string) => `LEDGER#ORDER#${orderId}`,
  credit: (creditId: string) => `LEDGER#CREDIT#${creditId}`,
  settlement: (settlementId: string) => `LEDGER#SETTLEMENT#${settlementId}`,
  file: (legalEntityId: string, hash: string) => `LEDGER#FILE#${legalEntityId}#${hash}`,
  reference: (reference: string) => `LEDGER#PSPREF#${reference}`,
} as const;

export const ledgerSk = {
  day: (day: string) => `DAY#${day}`,
  dayTotals: (day: string) => `TOTAL#D#${day}#`,
  monthTotals: (month: string) => `TOTAL#M#${month}#`,
  codes: 'CODES',
  log: 'LOG',
} as const;

export const totalSk = (prefix: string, currency: string, account: LedgerAccount): string =>
  `${prefix}${currency}#${account}`;

/** A day's entries may be thousands a second: more than one partition of an index takes. */
export const entryShardOf = (id: string): number => (id.codePointAt(id.length - 1) ?? 0) % listShards;

export const ledgerPartitions = {
  entries: (legalEntityId: string, day: string, shard: number) => `LEDGER#${legalEntityId}#${day}#${shard}`,
  openDays: 'LEDGER#OPEN_DAYS',
  settlements: (legalEntityId: string) => `LEDGER#SETTLEMENTS#${legalEntityId}`,
  unsettled: (legalEntityId: string, shard: number) => `LEDGER#UNSETTLED#${legalEntityId}#${shard}`,
} as const;

export const ledgerIndexKeys = {
  entry: (legalEntityId: string, day: string, at: string, id: string) => ({
    gsi1pk: ledgerPartitions.entries(legalEntityId, day, entryShardOf(id)),
    gsi1sk: `${at}#${id}`,
  }),
  openDay: (day: string, legalEntityId: string) => ({
    gsi2pk: ledgerPartitions.openDays,
    gsi2sk: `${day}#${legalEntityId}`,
  }),
  unsettled: (legalEntityId: string, at: string, reference: string) => ({
    gsi2pk: ledgerPartitions.unsettled(legalEntityId, entryShardOf(reference)),
    gsi2sk: `${at}#${reference}`,
  }),
} as const;
