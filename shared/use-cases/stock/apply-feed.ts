import { type Chunk, chunksOf, type FeedId } from '../../domain/stock/feed.ts';
import { batchesOf } from '../../domain/stock/feed-batches.ts';
import { type ChunkResult, chunkKey, type FeedProgress, type FeedStore } from '../../ports/feeds.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { applyBatch } from './apply-batch.ts';
import { checkFeed } from './check-feed.ts';
import type { StockDeps } from './execute-stock.ts';
import { inLanes } from './lanes.ts';

export interface ApplyFeedDeps extends StockDeps {
  feeds: FeedStore;
  inventory: Pick<Inventory, 'locations'>;
}

export type ApplyFeedOutcome = 'MORE' | 'DONE';

/**
 * Works a submitted feed off: first all of its rows are checked, then they are applied, chunk by chunk. Cut off anywhere, it goes on from what
 * is written: a chunk that was not counted is done again, without the rows that are marked as applied.
 * @param hasTime whether there is time for one more chunk
 */
export async function applyFeed(
  deps: ApplyFeedDeps,
  id: FeedId,
  hasTime: () => boolean,
): Promise<{ outcome: ApplyFeedOutcome }> {
  for (;;) {
    const feed = await deps.feeds.load(id);
    if (feed?.state === 'VALIDATING') {
      if (!(await checkFeed(deps, feed, await locationIds(deps), hasTime))) return { outcome: 'MORE' };
    } else if (feed?.state === 'APPLYING') {
      if (!(await applyChunks(deps, feed, hasTime))) return { outcome: 'MORE' };
    } else return { outcome: 'DONE' };
  }
}

const locationIds = async ({ inventory }: ApplyFeedDeps): Promise<Set<string>> =>
  new Set((await inventory.locations()).map(({ id }) => id));

/** @returns false when there is no time for the rest */
async function applyChunks(deps: ApplyFeedDeps, feed: FeedProgress, hasTime: () => boolean): Promise<boolean> {
  const { feeds } = deps;
  const done = await feeds.done(feed.id);
  const left = chunksOf(feed.parts ?? []).filter((chunk) => !done.has(chunkKey(chunk)));
  const locations = await locationIds(deps);
  for (const chunk of left) {
    if (!hasTime()) return false;
    // Canceled meanwhile, or gone on with by somebody else.
    if ((await feeds.load(feed.id))?.version !== feed.version) return true;
    await feeds.finishChunk(feed, chunk, await applyChunk(deps, feed, chunk, locations));
  }
  await feeds.change(feed, { ...feed, state: 'DONE' });
  return true;
}

/** What the rows of a chunk came to. @throws what says that the store is down: then no row can be applied, and none is refused */
async function applyChunk(
  deps: ApplyFeedDeps,
  feed: FeedProgress,
  chunk: Chunk,
  locations: ReadonlySet<string>,
): Promise<ChunkResult> {
  const { rows, errors, applied } = await deps.feeds.work(feed.id, chunk);
  const wrong = new Set(errors.map(({ row }) => row));
  const left = rows.map((fields, n) => ({ fields, row: chunk.from + n })).filter(({ row }) => !wrong.has(row));
  const sequences = batchesOf(chunk, left);
  const result: ChunkResult = { applied: 0, unchanged: 0, refused: 0, errors: [...errors] };
  await inLanes(sequences, async (sequence) => {
    for (const batch of sequence) {
      const mark = applied.get(batch.key) ?? { version: 0, rows: [] };
      for (const outcome of await applyBatch({ ...deps, locations }, feed, batch, mark)) {
        if (typeof outcome === 'string') result[outcome] += 1;
        else {
          result.refused += 1;
          result.errors.push(outcome);
        }
      }
    }
  });
  result.errors.sort((a, b) => a.row - b.row);
  return result;
}
