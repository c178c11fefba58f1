import type { Actor } from '../domain/actor.ts';
import type { LocationId, Sku } from '../domain/ids.ts';
import type { StockAdjusted } from '../domain/stock/entry.ts';
import type { FeedId } from '../domain/stock/feed.ts';
import type { StockLevel } from '../domain/stock/level.ts';
import type { Supply, SupplyId, SupplyStatus } from '../domain/stock/supply.ts';
import type { Transfer, TransferId, TransferStatus } from '../domain/stock/transfer.ts';
import type { Bucket, BucketChange } from '../domain/stock.ts';
import type { Page, Position } from './order-store.ts';

/** The SKU's own row: it exists once the SKU has ever had stock, and numbers its events without gaps. */
export interface StockItem {
  sku: Sku;
  /** Of the last event; 0: never had stock. */
  sequence: number;
  /** Of the last event: times never go back within a SKU. */
  lastAt: string;
  /** The highest number of available units that is low, at any one location. */
  lowAt?: number;
}

export type StockSubject =
  | { kind: 'sku'; sku: Sku; locationId: LocationId }
  | { kind: 'transfer'; id: TransferId }
  | { kind: 'supply'; id: SupplyId };

export interface StockLogEvent {
  subject: StockSubject;
  id: string;
  type: string;
  sequence: number;
  at: string;
  actor: Actor;
  correlationId: string;
  causationId: string;
  data: Record<string, unknown>;
  /** For people; never published. */
  note?: string | undefined;
}

/** The stored answer to a request with an Idempotency-Key: what was answered, in the same bytes. */
export interface StockAnswer {
  owner: string;
  key: string;
  /** SHA-256 of the request, hex. */
  requestHash: string;
  status: number;
  text: string;
  /** Epoch seconds. */
  expiresAt: number;
}

export interface BucketWrite {
  change: BucketChange;
  isNew: boolean;
  /** Refuse unless this many are on hand: a count is of what was read. */
  onHandWas?: number | undefined;
  /** Refuse unless this many are available: units that nobody found would be for sale if promises were given back meanwhile. */
  availableWas?: number | undefined;
  missing?: number | undefined;
  lowAt?: number | undefined;
}

/** One command's effect: written whole or not at all. */
export interface StockCommit {
  at: string;
  items: { before: StockItem; after: StockItem }[];
  buckets: BucketWrite[];
  events: StockLogEvent[];
  /** As it is after the command; before it had the version below. */
  transfer?: Transfer | undefined;
  supplies: Supply[];
  answer?: StockAnswer | undefined;
  /** Which rows of a feed this makes applied, and what was marked before. */
  applied?: AppliedRows | undefined;
}

/** Rows of one batch of a feed that are applied, written in the transaction that applies them: whatever crashes, each is applied once. */
export interface AppliedRows {
  feedId: FeedId;
  batch: string;
  /** Raised by every transaction that applies rows of the batch; 1 for the first. Another one before it is a conflict. */
  version: number;
  rows: readonly number[];
  /** Epoch seconds. */
  expiresAt: number;
}

export type StockCommitOutcome =
  | { outcome: 'committed' }
  /** Something was changed or is being changed by somebody else: read and decide again. */
  | { outcome: 'conflict' }
  | { outcome: 'idempotency_key_taken' };

export interface StockRead {
  items: Map<string, StockItem>;
  /** By `bucketKey`. */
  buckets: Map<string, Bucket>;
}

/** Stock as operators change it: one command, one transaction, with the ledger entry and the kept answer in it. */
export interface StockStore {
  knowsLocation(id: LocationId): Promise<boolean>;
  /** As of now (strongly consistent). */
  read(buckets: readonly { sku: Sku; locationId: LocationId }[]): Promise<StockRead>;
  /** Units that orders brought to a location after a moment, less those that they took from it. */
  movedByOrders(sku: Sku, locationId: LocationId, after: string): Promise<number>;
  /** Units that operators brought to locations after a moment, less those that they took; locations without a movement are left out. */
  movedByOperators(sku: Sku, after: string): Promise<Map<LocationId, number>>;
  transfer(id: TransferId): Promise<Transfer | undefined>;
  supplies(ids: readonly SupplyId[]): Promise<Supply[]>;
  commit(commit: StockCommit): Promise<StockCommitOutcome>;
  answer(owner: string, key: string): Promise<StockAnswer | undefined>;
  /** Keeps a refusal for the key. Does nothing if the key has an answer already. */
  keepAnswer(answer: StockAnswer): Promise<void>;
}

/** What has been announced of buckets that reached a threshold. */
export interface StockLevels {
  /** The bucket with its threshold and the level that was last announced. Undefined when there is none. */
  level(
    sku: Sku,
    locationId: LocationId,
  ): Promise<{ item: StockItem; bucket: Bucket; announced: StockLevel; lowAt?: number } | undefined>;
  /** Notes the level, with the event if it is news, unless it is not `from` any more (false). */
  announce(change: {
    sku: Sku;
    locationId: LocationId;
    from: StockLevel;
    to: StockLevel;
    item: { before: StockItem; after: StockItem } | undefined;
    event: StockLogEvent | undefined;
  }): Promise<boolean>;
  /** Sets or removes the threshold of a SKU, at all its locations. False: no such SKU. */
  setThreshold(sku: Sku, lowAt: number | undefined): Promise<boolean>;
}

/** A line of the ledger of a SKU: a movement by an operator, or units that left or came with an order. */
export interface LedgerLine {
  id: string;
  at: string;
  sku: Sku;
  locationId: LocationId;
  /** Absent: by an order. */
  entry?: { data: StockAdjusted; actor: Actor; note?: string; sequence: number };
  /** By an order: units that came, less those that left. */
  order?: { orderId: string; sequence: number; change: number };
}

export interface LedgerFilter {
  sku: Sku;
  locationId?: LocationId | undefined;
  /** At or after. */
  from?: string | undefined;
  /** Before. */
  to?: string | undefined;
}

type Asked = { limit: number; after?: Position | undefined };

/** A SKU at all its locations. */
export interface StockOfSku {
  sku: Sku;
  /** Its threshold. */
  lowAt?: number;
  category?: string;
  buckets: Bucket[];
}

/** Listings. A page may hold fewer items than asked for and still have a `next`. */
export interface StockQueries {
  /** Newest first. */
  ledger(filter: LedgerFilter, page: Asked): Promise<Page<LedgerLine>>;
  /** By SKU; with a location or a level, only SKUs with a bucket there or at that level somewhere. */
  skus(
    filter: { locationId?: LocationId | undefined; level?: 'low' | 'out' | undefined },
    page: Asked,
  ): Promise<Page<StockOfSku>>;
  /** As of now (strongly consistent); without buckets: it has never had stock. */
  sku(sku: Sku): Promise<StockOfSku>;
  /** Newest first. */
  transfers(
    filter: { status?: TransferStatus | undefined; locationId?: LocationId | undefined },
    page: Asked,
  ): Promise<Page<Transfer>>;
  /** Soonest first. */
  listSupplies(
    filter: { sku?: Sku | undefined; locationId?: LocationId | undefined; status?: SupplyStatus | undefined },
    page: Asked,
  ): Promise<Page<Supply>>;
  /** Everything of a SKU that is still to come, soonest first, strongly consistent in content, not in membership. */
  expectedSupplies(sku: Sku): Promise<Supply[]>;
}
