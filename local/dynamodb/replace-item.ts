import type { Group } from '../kernel/storage.ts';
import { attribute, type Item, sameItem, sameValue } from './attribute-value.ts';
import { type Cost, writeUnits } from './capacity.ts';
import type { Engine } from './engine.ts';
import { expiry } from './expiry.ts';
import { indexKeyOf, type PrimaryKey, sameKeyPart } from './keys.ts';
import { keepNames, keyNames, projectedSize } from './schema.ts';
import type { Index, SizedItem, StoredItem, Table } from './table.ts';

/**
 * The one way an item changes: the item, its index entries and its stream record, in the caller's `storage.write`. `next`
 * undefined deletes. A change to nothing else than what is there writes nothing and leaves no record, as on AWS, but costs the same.
 */
export function replaceItem(
  engine: Engine,
  group: Group,
  table: Table,
  key: PrimaryKey,
  old: StoredItem | undefined,
  next: SizedItem | undefined,
  expired = false,
): Cost {
  const cost: Cost = { table: writeUnits(Math.max(old?.size ?? 0, next?.size ?? 0)) };
  if (old && next ? sameItem(old.item, next.item) : !old && !next) return cost;

  const text = next ? JSON.stringify(next.item) : null;
  const rowId = storeItem(engine, table, key, old, next, text);
  for (const index of table.indexes) {
    const units = updateIndex(table, index, key, rowId, old?.item, next?.item);
    if (units === 0) continue;
    cost.indexes ??= new Map();
    cost.indexes.set(index.definition.name, units);
  }
  if (table.stream) {
    const keys = keepNames((next ?? old)!.item, keyNames(table.definition));
    const time = engine.kernel.clock.now();
    table.stream.append(group, { time, keys, before: old?.text ?? null, after: text, expired });
    engine.housekeeping.streamed(time);
  }
  return cost;
}

function storeItem(
  engine: Engine,
  table: Table,
  key: PrimaryKey,
  old: StoredItem | undefined,
  next: SizedItem | undefined,
  text: string | null,
): number {
  if (!next || text === null) {
    table.delete(old!.rowId);
    return old!.rowId;
  }
  const expires = expiry(table.definition, next.item, engine.kernel.clock.now());
  if (expires !== null) engine.housekeeping.expiring(expires);
  if (!old) return table.insert(key, text, next.size, expires);
  table.update(old.rowId, text, next.size, expires);
  return old.rowId;
}

/** Returns the write units the index consumed: none when nothing it holds has changed, those of two writes when its key has. */
function updateIndex(
  table: Table,
  index: Index,
  key: PrimaryKey,
  rowId: number,
  old: Item | undefined,
  next: Item | undefined,
): number {
  const before = old && indexKeyOf(index.definition, old);
  const after = next && indexKeyOf(index.definition, next);
  if (before && after && sameKeyPart(before.hash, after.hash) && sameKeyPart(before.range, after.range)) {
    if (sameProjection(old, next!, index.projected)) return 0;
    return writeUnits(Math.max(projectedSize(old, index.projected), projectedSize(next!, index.projected)));
  }
  let units = 0;
  if (before) {
    table.removeFromIndex(index, before, key);
    units += writeUnits(projectedSize(old!, index.projected));
  }
  if (after) {
    table.addToIndex(index, after, key, rowId);
    units += writeUnits(projectedSize(next!, index.projected));
  }
  return units;
}

function sameProjection(a: Item, b: Item, names: Set<string> | undefined): boolean {
  // That the items differ is known.
  if (!names) return false;
  for (const name of names) {
    const [left, right] = [attribute(a, name), attribute(b, name)];
    if (left === right) continue;
    if (!left || !right || !sameValue(left, right)) return false;
  }
  return true;
}
