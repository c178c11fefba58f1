import { type Chunk, chunksOf, FeedCheck, type RowError, readRow, rowCommand } from '../../domain/stock/feed.ts';
import { batchesOf } from '../../domain/stock/feed-batches.ts';
import type { FeedProgress, FeedStore } from '../../ports/feeds.ts';
import { decideRows, type RowCommand } from './apply-batch.ts';
import type { StockDeps } from './execute-stock.ts';
import { inLanes } from './lanes.ts';

export interface CheckFeedDeps extends StockDeps {
  feeds: FeedStore;
}

/** Chunks that are read ahead while a feed is checked. */
const readAhead = 8;

/**
 * Looks for what is wrong with the rows by themselves, and then, where one that is wrong is to stop all, for those that stock as it is now
 * would refuse. Done again after a crash, it may find other locations: its errors replace those of before.
 * @returns false when there is no time for the rest
 */
export async function checkFeed(
  deps: CheckFeedDeps,
  feed: FeedProgress,
  locations: ReadonlySet<string>,
  hasTime: () => boolean,
): Promise<boolean> {
  if (feed.checkedChunks !== undefined) return checkStock(deps, feed, locations, hasTime);
  const { feeds } = deps;
  const check = new FeedCheck(feed, locations);
  const chunks = chunksOf(feed.parts ?? []);
  for (let next = 0; next < chunks.length; next += readAhead) {
    const some = chunks.slice(next, next + readAhead);
    const read = await Promise.all(some.map(async (chunk) => ({ chunk, rows: await feeds.rows(feed.id, chunk) })));
    for (const { chunk, rows } of read) {
      for (const [n, row] of rows.entries()) check.add({ part: chunk.part, row: chunk.from + n }, row);
    }
  }
  const errors = new Map<Chunk, RowError[]>();
  for (const chunk of chunks) {
    const found = check.errorsOf(chunk);
    if (found.length > 0) errors.set(chunk, found);
  }
  if (!(await feeds.keepErrors(feed, errors))) return true;
  const after =
    feed.onError === 'skip'
      ? { ...feed, state: 'APPLYING' as const }
      : check.count > 0
        ? { ...feed, state: 'REJECTED' as const }
        : { ...feed, checkedChunks: 0 };
  await feeds.change(feed, after, { failed: check.count });
  return true;
}

/**
 * Chunk by chunk, what was looked at is written with what was found. Nothing is held meanwhile: what somebody takes between the look and its row
 * refuses the row after all.
 */
async function checkStock(
  deps: CheckFeedDeps,
  started: FeedProgress,
  locations: ReadonlySet<string>,
  hasTime: () => boolean,
): Promise<boolean> {
  const { feeds } = deps;
  let feed = started;
  for (const [n, chunk] of chunksOf(feed.parts ?? []).entries()) {
    if (n < (feed.checkedChunks ?? 0)) continue;
    if (!hasTime()) return false;
    const { rows, applied } = await feeds.work(feed.id, chunk);
    // Some rows are applied: it came this far before, and is to go on.
    if (applied.size > 0) break;
    const errors = await refusedNow(deps, feed, chunk, rows, locations);
    const after = { ...feed, checkedChunks: n + 1, failed: feed.failed + errors.length };
    const found = new Map(errors.length > 0 ? [[chunk, errors]] : []);
    if (!(await feeds.change(feed, after, { failed: after.failed, errors: found }))) return true;
    feed = { ...after, version: feed.version + 1 };
  }
  await feeds.change(feed, { ...feed, state: feed.failed > 0 ? 'REJECTED' : 'APPLYING' });
  return true;
}

/** A SKU stands once at a location: what one row does is no matter to another. */
async function refusedNow(
  deps: CheckFeedDeps,
  feed: FeedProgress,
  chunk: Chunk,
  rows: readonly string[][],
  locations: ReadonlySet<string>,
): Promise<RowError[]> {
  const { part } = chunk;
  const errors: RowError[] = [];
  const numbered = rows.map((fields, n) => ({ fields, row: chunk.from + n }));
  await inLanes(batchesOf(chunk, numbered).flat(), async (batch) => {
    const commands = batch.rows.flatMap(({ row, fields }): RowCommand[] => {
      const read = readRow(feed, fields, locations);
      if (read.ok) return [{ row, command: rowCommand(feed, { part, row }, read.row) }];
      errors.push({ part, row, code: read.code, message: read.message });
      return [];
    });
    const read = await deps.stock.read(commands.map(({ command: { sku, locationId } }) => ({ sku, locationId })));
    for (const { row, decided } of await decideRows(deps, commands, read)) {
      if (decided.ok) continue;
      errors.push({ part, row, code: decided.rejection.code, message: decided.rejection.message });
    }
  });
  return errors.sort((a, b) => a.row - b.row);
}
