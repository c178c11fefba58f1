import type { LocationId } from '../../domain/ids.ts';
import { bucketKey } from '../../domain/stock/decision.ts';
import type { StockLevel } from '../../domain/stock/level.ts';
import type { Supply } from '../../domain/stock/supply.ts';
import type { Transfer } from '../../domain/stock/transfer.ts';
import type { Bucket } from '../../domain/stock.ts';
import type {
  AppliedRows,
  StockAnswer,
  StockCommit,
  StockCommitOutcome,
  StockItem,
  StockLevels,
  StockLogEvent,
  StockStore,
} from '../../ports/stock-store.ts';
import { type MemoryShards, memoryShards } from './shards.ts';

/** What an order did to what is on hand. */
export interface OrderMovement {
  sku: string;
  locationId: string;
  at: string;
  change: number;
}

export interface MemoryStock {
  store: StockStore;
  levels: StockLevels;
  items: Map<string, StockItem>;
  /** Of SKUs, transfers and supplies, in the order of their commits. */
  log: StockLogEvent[];
  transfers: Map<string, Transfer>;
  supplies: Map<string, Supply>;
}

/** Stock commands in memory, with the guards of the DynamoDB adapter, on the buckets that orders change, too. */
export function memoryStock(
  buckets: Map<string, Bucket>,
  byOrders: readonly OrderMovement[],
  isLocation: (id: string) => boolean = () => true,
  shards: MemoryShards = memoryShards(buckets),
): MemoryStock {
  const items = new Map<string, StockItem>();
  const log: StockLogEvent[] = [];
  const transfers = new Map<string, Transfer>();
  const supplies = new Map<string, Supply>();
  const answers = new Map<string, StockAnswer>();
  const announced = new Map<string, StockLevel>();
  const applied = new Map<string, AppliedRows>();

  const isCurrent = ({ items: changed, transfer, supplies: documents, applied: batch }: StockCommit): boolean =>
    (!batch || (applied.get(`${batch.feedId} ${batch.batch}`)?.version ?? 0) === batch.version - 1) &&
    changed.every(({ before }) => isSameItem(items.get(before.sku), before)) &&
    (!transfer || (transfers.get(transfer.id)?.version ?? 0) === transfer.version - 1) &&
    documents.every((one) => (supplies.get(one.id)?.version ?? 0) === one.version - 1);

  const commit = async (one: StockCommit): Promise<StockCommitOutcome> => {
    const { answer } = one;
    if (answer && answers.has(`${answer.owner} ${answer.key}`)) return { outcome: 'idempotency_key_taken' };
    if (!isCurrent(one)) return { outcome: 'conflict' };
    const next = one.buckets.map(({ change, isNew, onHandWas, availableWas, missing }) => {
      const bucket = buckets.get(bucketKey(change.sku, change.locationId));
      if (isNew === (bucket !== undefined)) return undefined;
      if (onHandWas !== undefined && bucket?.onHand !== onHandWas) return undefined;
      if (availableWas !== undefined && bucket?.available !== availableWas) return undefined;
      const set = { updatedAt: one.at, ...(missing !== undefined && { missing }) };
      return shards.plan(bucketKey(change.sku, change.locationId), change, set);
    });
    if (next.some((planned) => !planned)) return { outcome: 'conflict' };
    for (const planned of next) planned?.carryOut();
    for (const { after } of one.items) items.set(after.sku, after);
    log.push(...one.events);
    if (one.transfer) transfers.set(one.transfer.id, one.transfer);
    for (const supply of one.supplies) supplies.set(supply.id, supply);
    if (answer) answers.set(`${answer.owner} ${answer.key}`, answer);
    if (one.applied) applied.set(`${one.applied.feedId} ${one.applied.batch}`, one.applied);
    return { outcome: 'committed' };
  };

  const store: StockStore = {
    commit,
    knowsLocation: async (id) => isLocation(id),
    read: async (asked) => {
      const found = asked.flatMap(({ sku, locationId }) => buckets.get(bucketKey(sku, locationId)) ?? []);
      return {
        items: new Map(asked.flatMap(({ sku }) => (items.has(sku) ? [[sku, items.get(sku)!] as const] : []))),
        buckets: new Map(found.map((bucket) => [bucketKey(bucket.sku, bucket.locationId), bucket])),
      };
    },
    movedByOrders: async (sku, locationId, after) =>
      byOrders
        .filter((one) => one.sku === sku && one.locationId === locationId && one.at > after)
        .reduce((sum, { change }) => sum + change, 0),
    async movedByOperators(sku, after) {
      const moved = new Map<LocationId, number>();
      for (const { subject, at, data } of log) {
        if (subject.kind !== 'sku' || subject.sku !== sku || at <= after) continue;
        moved.set(subject.locationId, (moved.get(subject.locationId) ?? 0) + Number(data.change ?? 0));
      }
      return moved;
    },
    transfer: async (id) => transfers.get(id),
    supplies: async (ids) => ids.flatMap((id) => supplies.get(id) ?? []),
    answer: async (owner, key) => answers.get(`${owner} ${key}`),
    async keepAnswer(answer) {
      const key = `${answer.owner} ${answer.key}`;
      if (!answers.has(key)) answers.set(key, answer);
    },
  };

  const levels: StockLevels = {
    async level(sku, locationId) {
      const item = items.get(sku);
      const bucket = buckets.get(bucketKey(sku, locationId));
      if (!item || !bucket) return undefined;
      const { lowAt } = item;
      const level = announced.get(bucketKey(sku, locationId)) ?? 'in';
      return { item, bucket, announced: level, ...(lowAt !== undefined && { lowAt }) };
    },
    async announce({ sku, locationId, from, to, item, event }) {
      const key = bucketKey(sku, locationId);
      if ((announced.get(key) ?? 'in') !== from) return false;
      if (item && !isSameItem(items.get(sku), item.before)) return false;
      if (item) items.set(sku, item.after);
      if (event) log.push(event);
      announced.set(key, to);
      return true;
    },
    async setThreshold(sku, lowAt) {
      const item = items.get(sku);
      if (!item) return false;
      const { lowAt: _, ...rest } = item;
      items.set(sku, { ...rest, ...(lowAt !== undefined && { lowAt }) });
      return true;
    },
  };
  return { store, levels, items, log, transfers, supplies };
}

const isSameItem = (stored: StockItem | undefined, read: StockItem): boolean =>
  (stored?.sequence ?? 0) === read.sequence && stored?.lowAt === read.lowAt;
