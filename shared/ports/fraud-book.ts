import type { VelocityKind } from '../domain/fraud/facts.ts';
import type { ListEntry, ListEntryId } from '../domain/fraud/list-entry.ts';
import type { FraudRules } from '../domain/fraud/rules.ts';
import type { OrderId } from '../domain/ids.ts';
import type { Page, Position } from './order-store.ts';

export interface FraudConfig {
  rules: FraudRules;
  /** Entries of the lists. */
  entries: number;
}

/** For who must know whether an order is to be screened at all. */
export interface ScreeningWanted {
  /** There is a rule, an entry of a list or a provider to screen by. What is answered may be half a minute old. */
  isWanted(): Promise<boolean>;
}

/** One order, counted by one of its subjects. Times in seconds. */
export interface Counted {
  kind: VelocityKind;
  /** Hash of the customer, the card … */
  subject: string;
  orderId: OrderId;
  /** ISO 8601 UTC. */
  placedAt: string;
  /** The longest window that any rule asks for: kept so long. */
  keptFor: number;
}

/** For who screens orders. */
export interface FraudBook {
  config(): Promise<FraudConfig>;
  /** Those of `ids` that are there. */
  entriesAmong(ids: readonly ListEntryId[]): Promise<ListEntry[]>;
  /** Counts an order once, however often it is said. */
  record(counted: Counted): Promise<void>;
  /** Orders of the subject placed since then, at most `most` of them are counted. @param since ISO 8601 UTC */
  countSince(kind: VelocityKind, subject: string, since: string, most: number): Promise<number>;
  /** The customer has an order that was placed before this one. */
  hasEarlierOrder(customerId: string, placedAt: string, orderId: OrderId): Promise<boolean>;
}

/** For who decides how orders are screened. */
export interface FraudSettings {
  config(): Promise<FraudConfig>;
  /** Replaces them all. */
  putRules(rules: Pick<FraudRules, 'rules' | 'thresholds'>, updatedAt: string): Promise<FraudRules>;
  /** Replaces the entry about the same. */
  putEntry(entry: ListEntry): Promise<'created' | 'replaced'>;
  /** False if there is none. */
  deleteEntry(id: ListEntryId): Promise<boolean>;
  entries(page: { kind?: ListEntry['kind'] | undefined; limit: number; after?: Position }): Promise<Page<ListEntry>>;
}
