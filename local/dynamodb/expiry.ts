import type { Group } from '../kernel/storage.ts';
import { attribute, type Item } from './attribute-value.ts';
import type { Engine } from './engine.ts';
import { keyOf } from './keys.ts';
import { replaceItem } from './replace-item.ts';
import type { TableDefinition } from './schema.ts';
import { readRow, type Table } from './table.ts';

// AWS takes an expiry further back than this for a mistake and keeps the item.
const LONGEST_OVERDUE = 5 * 365 * 24 * 60 * 60 * 1000;
const BATCH = 500;

/** Epoch milliseconds after which the item may go, or null for never. */
export function expiry(table: TableDefinition, item: Item, now: number): number | null {
  const seconds = table.timeToLive === undefined ? undefined : attribute(item, table.timeToLive)?.N;
  if (seconds === undefined) return null;
  const time = Math.floor(Number(seconds)) * 1000;
  return time > now - LONGEST_OVERDUE && Number.isSafeInteger(time) ? time : null;
}

/** Deletes what expired before `time`, at no cost in write units, as the service does. */
export async function deleteExpired(engine: Engine, table: Table, time: number): Promise<void> {
  let deleted: number;
  do {
    deleted = await engine.kernel.storage.write((group) => deleteBatch(engine, group, table, time));
  } while (deleted === BATCH);
}

function deleteBatch(engine: Engine, group: Group, table: Table, time: number): number {
  const expired = table
    .sql(`SELECT id, item, size FROM ${table.sqlName} WHERE expires <= ? ORDER BY expires LIMIT ?`)
    .all(time, BATCH)
    .map(readRow);
  for (const old of expired) {
    replaceItem(engine, group, table, keyOf(table.definition, old.item), old, undefined, true);
  }
  return expired.length;
}
