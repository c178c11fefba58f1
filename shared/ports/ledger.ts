import type { AccountCodes } from '../domain/ledger/chart.ts';
import type { ProviderMovement } from '../domain/ledger/money-events.ts';
import type { AccountTotal, LedgerPosting } from '../domain/ledger/posting.ts';
import type { Page, Position } from './order-store.ts';

/** What one event does to the books: all of it is written, once, or nothing. */
export interface EventPostings {
  eventId: string;
  postings: LedgerPosting[];
  movement?: (ProviderMovement & { orderId: string; legalEntityId: string; at: string }) | undefined;
}

/** Writes the books. */
export interface LedgerJournal {
  /**
   * Writes entries and adds them to the totals in the same transactions. What was written before is left as it is.
   * @returns how many events were new
   * @throws StoreContention when others wrote the same totals through every attempt: the same call may be made again
   */
  post(events: readonly EventPostings[]): Promise<number>;
}

/** A day of a legal entity's books. */
export interface LedgerDay {
  legalEntityId: string;
  day: string;
  /** How many there are. */
  entries: number;
  /** How often it was closed: an entry that comes late closes it once more. */
  revision: number;
}

/** Reads the books. Days are included at both ends. */
export interface LedgerReader {
  /** Of all days before. */
  totalsBefore(legalEntityId: string, day: string): Promise<AccountTotal[]>;
  totals(legalEntityId: string, from: string, to: string): Promise<AccountTotal[]>;
  /** Entries of a period, oldest first. */
  entries(
    period: { legalEntityId: string; from: string; to: string },
    page: { limit: number; after?: Position | undefined },
  ): Promise<Page<LedgerPosting>>;
  /** Oldest first. */
  entriesOfOrder(orderId: string): Promise<LedgerPosting[]>;
  codes(legalEntityId: string): Promise<AccountCodes>;
}

/** Who closes days. */
export interface LedgerClosing {
  /** Days with entries that were written since they were last closed, oldest first. */
  openDays(before: string, limit: number): Promise<LedgerDay[]>;
  /** Tells of a closed day with an event, in one transaction. False: an entry has come meanwhile, or somebody else has closed it. */
  close(day: LedgerDay, totals: readonly AccountTotal[], meta: { eventId: string; at: string }): Promise<boolean>;
}

export interface AccountCodeStore {
  codes(legalEntityId: string): Promise<AccountCodes>;
  putCodes(legalEntityId: string, codes: AccountCodes): Promise<void>;
}

/** Whose books an order's money is in, and by whose clock its days end. */
export interface LedgerSellers {
  sellersOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, { legalEntityId: string; timeZone: string }>>;
}
