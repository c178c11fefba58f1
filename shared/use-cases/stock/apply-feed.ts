import {
  type Chunk,
  chunksOf,
  type Feed,
  FeedCheck,
  type FeedId,
  type FeedRow,
  type RowError,
  readRow,
  rowCommand,
} from '../../domain/stock/feed.ts';
import { type ChunkResult, chunkKey, type FeedProgress, type FeedStore } from '../../ports/feeds.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { executeStock, type StockDeps } from './execute-stock.ts';

export interface ApplyFeedDeps extends StockDeps {
  feeds: FeedStore;
  inventory: Pick<Inventory, 'locations'>;
}

export type ApplyFeedOutcome = 'MORE' | 'DONE';

/** Rows under way at once. Rows of one SKU follow one another: each numbers the SKU's events, side by side they would only conflict. */
const lanes = 16;

/**
 * Works a submitted feed off: first all of its rows are checked, then they are applied, chunk by chunk. Cut off anywhere, it goes on from what
 * is written: a chunk that was not counted is done again, and each of its rows has a key of its own, under which it moves units once.
 * @param hasTime whether there is time for one more chunk
 */
export async function applyFeed(
  deps: ApplyFeedDeps,
  id: FeedId,
  hasTime: () => boolean,
): Promise<{ outcome: ApplyFeedOutcome }> {
  for (;;) {
    const feed = await deps.feeds.load(id);
    if (feed?.state === 'VALIDATING') await validate(deps, feed);
    else if (feed?.state === 'APPLYING') {
      if (!(await applyChunks(deps, feed, hasTime))) return { outcome: 'MORE' };
    } else return { outcome: 'DONE' };
  }
}

const locationIds = async ({ inventory }: ApplyFeedDeps): Promise<Set<string>> =>
  new Set((await inventory.locations()).map(({ id }) => id));

/** Done again after a crash, it may find other locations: its errors replace those of before. */
async function validate(deps: ApplyFeedDeps, feed: FeedProgress): Promise<void> {
  const check = new FeedCheck(feed, await locationIds(deps));
  const chunks = chunksOf(feed.parts ?? []);
  for (const chunk of chunks) {
    const rows = await deps.feeds.rows(feed.id, chunk);
    for (const [n, row] of rows.entries()) check.add({ part: chunk.part, row: chunk.from + n }, row);
  }
  const errors = new Map<Chunk, RowError[]>();
  for (const chunk of chunks) {
    const found = check.errorsOf(chunk);
    if (found.length > 0) errors.set(chunk, found);
  }
  if (!(await deps.feeds.keepErrors(feed, errors))) return;
  const isRejected = feed.onError === 'reject' && check.count > 0;
  await deps.feeds.change(feed, { ...feed, state: isRejected ? 'REJECTED' : 'APPLYING' }, check.count);
}

/** @returns false when there is no time for the rest */
async function applyChunks(deps: ApplyFeedDeps, feed: FeedProgress, hasTime: () => boolean): Promise<boolean> {
  const { feeds } = deps;
  const done = await feeds.done(feed.id);
  const left = chunksOf(feed.parts ?? []).filter((chunk) => !done.has(chunkKey(chunk)));
  const locations = await locationIds(deps);
  for (const chunk of left) {
    if (!hasTime()) return false;
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
  const wrong = await deps.feeds.errorsOf(feed.id, chunk);
  const isWrong = new Set(wrong.map(({ row }) => row));
  const rows = (await deps.feeds.rows(feed.id, chunk)).map((fields, n) => ({ fields, row: chunk.from + n }));
  const bySku = [
    ...Map.groupBy(
      rows.filter(({ row }) => !isWrong.has(row)),
      ({ fields }) => fields[0],
    ).values(),
  ];
  // Locations are never removed: those that were read once need not be asked for again, row by row.
  const stock = { ...deps.stock, knowsLocation: async (id: string) => locations.has(id) };
  const result: ChunkResult = { applied: 0, unchanged: 0, refused: 0, errors: [...wrong] };
  const lane = async (): Promise<void> => {
    for (let group = bySku.pop(); group; group = bySku.pop()) {
      for (const { fields, row } of group) {
        const outcome = await applyRow({ ...deps, stock }, feed, { part: chunk.part, row }, fields, locations);
        if (typeof outcome === 'string') result[outcome] += 1;
        else {
          result.refused += 1;
          result.errors.push(outcome);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  result.errors.sort((a, b) => a.row - b.row);
  return result;
}

async function applyRow(
  deps: StockDeps,
  feed: Feed,
  place: { part: number; row: number },
  fields: FeedRow,
  locations: ReadonlySet<string>,
): Promise<'applied' | 'unchanged' | RowError> {
  const read = readRow(feed, fields, locations);
  if (!read.ok) return { ...place, code: read.code, message: read.message };
  const key = `${place.part}:${place.row}`;
  const causation = `${feed.id}:${key}`;
  try {
    const executed = await executeStock(deps, rowCommand(feed, place, read.row), {
      actor: feed.createdBy,
      correlationId: feed.id,
      causationId: causation,
      idempotency: { owner: feed.id, key, requestHash: causation, status: 200 },
    });
    if (executed.outcome === 'rejected') {
      return { ...place, code: executed.rejection.code, message: executed.rejection.message };
    }
    return executed.outcome === 'done' && executed.events.length === 0 ? 'unchanged' : 'applied';
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StoreContention')) throw error;
    return { ...place, code: 'store_busy', message: 'The stock is being changed by many at once: send the row again.' };
  }
}
