import type { BucketCommand } from '../../domain/stock/commands.ts';
import { decideStock } from '../../domain/stock/decide.ts';
import { type Feed, feedExpiresAt, type RowError, readRow, rowCommand } from '../../domain/stock/feed.ts';
import type { Batch, NumberedRow } from '../../domain/stock/feed-batches.ts';
import type { FeedStore } from '../../ports/feeds.ts';
import type { AppliedRows, StockCommit, StockItem, StockRead } from '../../ports/stock-store.ts';
import { isoNow } from '../../ports/system.ts';
import { isNothing, movedSince, type StockDeps, writesOf } from './execute-stock.ts';

export interface ApplyBatchDeps extends StockDeps {
  feeds: Pick<FeedStore, 'applied'>;
  /** Locations are never removed: those that were read once need not be asked for again, row by row. */
  locations: ReadonlySet<string>;
}

export type RowOutcome = 'applied' | 'unchanged' | RowError;
type Mark = Pick<AppliedRows, 'version' | 'rows'>;

/** Tries of several rows together before each half is tried by itself: one SKU that everybody wants must not stop the others. */
const triesTogether = 3;
const triesAlone = 12;
const firstPause = 10;
const longestPause = 800;

/**
 * Applies rows of a feed in one transaction, with the mark that they are: one read, one write. A row that is refused costs the others
 * nothing. Where somebody else changes the same stock at the same time, again from the read; after some tries in halves, down to single rows.
 * @param mark which rows are applied already
 * @returns what became of each row; `store_busy`: others changed its bucket at every try
 */
export async function applyBatch(deps: ApplyBatchDeps, feed: Feed, batch: Batch, mark: Mark): Promise<RowOutcome[]> {
  const outcomes = new Map<number, RowOutcome>();
  const marked = { mark };
  await applyRows(deps, feed, batch, batch.rows, marked, outcomes);
  return [...outcomes.values()];
}

async function applyRows(
  deps: ApplyBatchDeps,
  feed: Feed,
  batch: Batch,
  rows: readonly NumberedRow[],
  marked: { mark: Mark },
  outcomes: Map<number, RowOutcome>,
): Promise<void> {
  const { system, feeds } = deps;
  const tries = rows.length === 1 ? triesAlone : triesTogether;
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await system.sleep(system.random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
    const after = await attemptOnce(deps, feed, batch, rows, marked.mark, outcomes);
    if (after !== 'conflict') {
      marked.mark = after;
      return;
    }
    // It may be another execution that applied rows of this batch.
    marked.mark = await feeds.applied(feed.id, batch.key);
  }
  if (rows.length === 1) {
    const message = 'The stock is being changed by many at once: send the row again.';
    for (const { row } of rows) outcomes.set(row, { part: batch.part, row, code: 'store_busy', message });
    return;
  }
  const half = Math.ceil(rows.length / 2);
  await applyRows(deps, feed, batch, rows.slice(0, half), marked, outcomes);
  await applyRows(deps, feed, batch, rows.slice(half), marked, outcomes);
}

/** @returns the mark as it is afterwards, or that somebody else was faster */
async function attemptOnce(
  deps: ApplyBatchDeps,
  feed: Feed,
  batch: Batch,
  rows: readonly NumberedRow[],
  mark: Mark,
  outcomes: Map<number, RowOutcome>,
): Promise<Mark | 'conflict'> {
  const done = new Set(mark.rows);
  const commands: RowCommand[] = [];
  for (const { row, fields } of rows) {
    const read = readRow(feed, fields, deps.locations);
    const place = { part: batch.part, row };
    if (done.has(row)) outcomes.set(row, 'applied');
    else if (read.ok) commands.push({ row, command: rowCommand(feed, place, read.row) });
    else outcomes.set(row, { ...place, code: read.code, message: read.message });
  }
  if (commands.length === 0) return mark;
  const read = await deps.stock.read(commands.map(({ command: { sku, locationId } }) => ({ sku, locationId })));
  const { commit, applied } = await decideAll(deps, feed, batch.part, commands, read, outcomes);
  if (applied.length === 0) return mark;
  const after = { version: mark.version + 1, rows: [...mark.rows, ...applied] };
  const marking = { feedId: feed.id, batch: batch.key, ...after, expiresAt: feedExpiresAt(feed) };
  const { outcome } = await deps.stock.commit({ ...commit, applied: marking });
  return outcome === 'committed' ? after : 'conflict';
}

export interface RowCommand {
  row: number;
  command: BucketCommand;
}

/** What each row comes to by itself, with stock as it was read. */
export async function decideRows({ stock, system }: StockDeps, commands: readonly RowCommand[], read: StockRead) {
  const moved = await movedSince(
    stock,
    commands.map(({ command }) => command),
    read,
  );
  const now = [isoNow(system), ...[...read.items.values()].map(({ lastAt }) => lastAt)].sort().at(-1) ?? '';
  return commands.map(({ row, command }, n) => {
    const state = { now, buckets: read.buckets, supplies: new Map(), movedSince: moved[n] ?? 0 };
    return { row, state, decided: decideStock(state, command) };
  });
}

/** Decides on each row as a command of its own, and sums their writes up: a bucket stands in one row, a SKU in many. */
async function decideAll(
  deps: ApplyBatchDeps,
  feed: Feed,
  part: number,
  commands: readonly RowCommand[],
  read: StockRead,
  outcomes: Map<number, RowOutcome>,
): Promise<{ commit: StockCommit; applied: number[] }> {
  const decisions = await decideRows(deps, commands, read);
  const now = decisions[0]?.state.now ?? '';
  const items = new Map<string, { before: StockItem; after: StockItem }>();
  const current = new Map(read.items);
  const commit: StockCommit = { at: now, items: [], buckets: [], events: [], supplies: [] };
  const applied: number[] = [];
  for (const { row, state, decided } of decisions) {
    if (!decided.ok) {
      outcomes.set(row, { part, row, code: decided.rejection.code, message: decided.rejection.message });
      continue;
    }
    outcomes.set(row, isNothing(decided) ? 'unchanged' : 'applied');
    if (isNothing(decided)) continue;
    const meta = { actor: feed.createdBy, correlationId: feed.id, causationId: `${feed.id}:${part}:${row}` };
    const { commit: own } = writesOf(deps, state, { buckets: read.buckets, items: current }, decided, meta);
    for (const { before, after } of own.items) {
      items.set(after.sku, { before: items.get(after.sku)?.before ?? before, after });
      current.set(after.sku, after);
    }
    commit.buckets.push(...own.buckets);
    commit.events.push(...own.events);
    applied.push(row);
  }
  return { commit: { ...commit, items: [...items.values()] }, applied };
}
