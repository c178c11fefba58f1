import { expect, test } from 'vitest';
import { memoryStock } from '../../../shared/adapters/memory/stock.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { bucketKey } from '../../../shared/domain/stock/decision.ts';
import { type Feed, FeedId } from '../../../shared/domain/stock/feed.ts';
import { batchesOf } from '../../../shared/domain/stock/feed-batches.ts';
import type { Bucket } from '../../../shared/domain/stock.ts';
import type { AppliedRows, StockCommit, StockStore } from '../../../shared/ports/stock-store.ts';
import { applyBatch, type RowOutcome } from '../../../shared/use-cases/stock/apply-batch.ts';
import { bucket, seeded, testSystem } from '../../model/world.ts';

const dc = LocationId.parse('dc-1');
const feed: Feed = {
  id: FeedId.parse(`feed_${'0'.repeat(26)}`),
  mode: 'delta',
  source: 'POS',
  format: 'json',
  onError: 'skip',
  createdBy: { id: 'w', role: 'warehouse' },
  createdAt: '2026-01-05T09:00:00.000Z',
};
const count = 30;
const sku = (n: number) => Sku.parse(`sku-${n}`);
const rows = (quantity: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => ({ row: n + 1, fields: [sku(n), dc, String(quantity(n)), ''] }));

function world(onHand: number) {
  const buckets = new Map<string, Bucket>();
  for (let n = 0; n < count; n++) buckets.set(bucketKey(sku(n), dc), bucket(sku(n), dc, onHand));
  const memory = memoryStock(buckets, []);
  const marks = new Map<string, AppliedRows>();
  let commits = 0;
  /** @param refuses commits that somebody else is faster than */
  const storeThat = (refuses: (commit: StockCommit) => boolean): StockStore => ({
    ...memory.store,
    async commit(commit) {
      commits += 1;
      if (refuses(commit)) return { outcome: 'conflict' };
      const done = await memory.store.commit(commit);
      if (done.outcome === 'committed' && commit.applied) marks.set(commit.applied.batch, commit.applied);
      return done;
    },
  });
  const apply = async (
    quantity: (n: number) => number,
    refuses: (commit: StockCommit) => boolean = () => false,
    mark: Pick<AppliedRows, 'version' | 'rows'> = { version: 0, rows: [] },
  ): Promise<RowOutcome[]> => {
    const [[batch] = []] = batchesOf({ part: 1, index: 0 }, rows(quantity));
    if (!batch) throw new Error('no batch');
    const feeds = { applied: async (_: FeedId, key: string) => marks.get(key) ?? { version: 0, rows: [] } };
    const system = testSystem(seeded(1));
    return applyBatch({ stock: storeThat(refuses), system, feeds, locations: new Set([dc]) }, feed, batch, mark);
  };
  return { apply, commits: () => commits, available: (n: number) => buckets.get(bucketKey(sku(n), dc))?.available };
}

const touches =
  (n: number) =>
  ({ buckets }: StockCommit): boolean =>
    buckets.some(({ change }) => change.sku === sku(n));

test('thirty rows are one transaction; a row that is refused costs the others nothing', async () => {
  const { apply, commits, available } = world(5);
  const outcomes = await apply((n) => (n === 7 ? -6 : -5));
  expect(commits()).toBe(1);
  expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(count - 1);
  expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toMatchObject([
    { part: 1, row: 8, code: 'insufficient_stock' },
  ]);
  expect([available(7), available(8)]).toEqual([5, 0]);
});

test('a SKU that others change at every try is told as busy; all the others are applied, once', async () => {
  const { apply, available } = world(0);
  const outcomes = await apply(() => 2, touches(13));
  expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toMatchObject([{ row: 14, code: 'store_busy' }]);
  for (let n = 0; n < count; n++) expect(available(n)).toBe(n === 13 ? 0 : 2);
});

test('another execution applies half of the batch meanwhile: each row moves once', async () => {
  const { apply, available } = world(0);
  let first = true;
  let others: Promise<RowOutcome[]> | undefined;
  const outcomes = await apply(
    () => 2,
    () => {
      if (!first) return false;
      first = false;
      others = apply(() => 2);
      return true;
    },
  );
  expect(new Set([...outcomes, ...((await others) ?? [])])).toEqual(new Set(['applied']));
  for (let n = 0; n < count; n++) expect(available(n)).toBe(2);
});

test('rows that are marked as applied move nothing', async () => {
  const { apply, commits, available } = world(1);
  const outcomes = await apply(() => 2, undefined, {
    version: 1,
    rows: Array.from({ length: count }, (_, n) => n + 1),
  });
  expect(new Set(outcomes)).toEqual(new Set(['applied']));
  expect([commits(), available(0)]).toEqual([0, 1]);
});
