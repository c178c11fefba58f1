import type { Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import { attribute, type Item, readItem } from './attribute-value.ts';
import { Bill, DETAILS } from './capacity.ts';
import type { Engine, Operation } from './engine.ts';
import { checkIndexKeys, keyText, type PrimaryKey, readItemKey, readKey } from './keys.ts';
import { replaceItem } from './replace-item.ts';
import { type Input, oneOf, readList, readRecord, tableName, validation } from './request.ts';
import type { SizedItem, Table } from './table.ts';
import { authorizedTable, checkedSize, refuseItemCollections } from './write-action.ts';

const MOST_WRITES = 25;

interface BatchedWrite {
  table: Table;
  name: string;
  request: unknown;
  key: PrimaryKey;
  /** undefined deletes. */
  item: SizedItem | undefined;
}

/** Up to 25 puts and deletes, each by itself: those that meet a transaction under way are left to the caller as UnprocessedItems. */
export const batchWriteItem: Operation = async (engine, input, principal) => {
  const requests = Object.entries(readRecord(input.RequestItems, 'RequestItems'));
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  const writes = requests.flatMap(([name]) => readWrites(engine, name, requests, principal));
  if (writes.length === 0 || writes.length > MOST_WRITES) {
    throw validation(
      writes.length === 0
        ? "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1"
        : 'Too many items requested for the BatchWriteItem call',
    );
  }
  for (const { table } of writes) refuseItemCollections(input, table);
  const bill = new Bill('write');
  const unprocessed = await engine.kernel.storage.write((group) => apply(engine, group, writes, bill));
  bill.charge(engine.meter);
  const capacity = bill.shown(detail);
  return { UnprocessedItems: unprocessed, ...(capacity ? { ConsumedCapacity: capacity } : {}) };
};

function readWrites(engine: Engine, name: string, requests: [string, unknown][], principal: Principal): BatchedWrite[] {
  const members = readMembers(name, requests).map((member) => readRecord(member, 'WriteRequest'));
  const given = members.map((member) => readMember(member));
  const table = authorizedTable(
    engine,
    principal,
    'dynamodb:BatchWriteItem',
    tableName({ TableName: name }),
    given.map(({ item, key }) => item ?? key),
  );
  const writes = given.map(({ item, key }, index): BatchedWrite => {
    const request = members[index];
    if (!item) return { table, name, request, key: readKey(table.definition, key), item };
    const itemKey = keyOfItem(table, item);
    checkIndexKeys(table.definition.indexes, item, false);
    const sized = { item, size: checkedSize(item) };
    return { table, name, request, key: itemKey, item: sized };
  });
  if (new Set(writes.map(({ key }) => keyText(key))).size < writes.length) {
    throw validation('Provided list of item keys contains duplicates');
  }
  return writes;
}

/** The key of an item to be put, which a batch does not tell from a key that is given. */
function keyOfItem({ definition }: Table, item: Item): PrimaryKey {
  for (const { name, type } of definition.range ? [definition.hash, definition.range] : [definition.hash]) {
    if (attribute(item, name)?.[type] === undefined) {
      throw validation('The provided key element does not match the schema');
    }
  }
  return readItemKey(definition, item);
}

function readMembers(name: string, requests: [string, unknown][]): unknown[] {
  const all = Object.fromEntries(requests);
  const members = readList(all, name);
  if (members.length < 1 || members.length > MOST_WRITES) {
    throw validation(
      `1 validation error detected: Value '${JSON.stringify(all)}' at 'requestItems' failed to satisfy constraint: ` +
        'Map value must satisfy constraint: [Member must have length less than or equal to 25, ' +
        'Member must have length greater than or equal to 1]',
    );
  }
  return members;
}

function readMember(member: Input): { item: Item; key: Item } | { item: undefined; key: Item } {
  const { PutRequest, DeleteRequest } = member;
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (DeleteRequest !== undefined) {
    return { item: undefined, key: readItem(readRecord(DeleteRequest, 'DeleteRequest').Key, 'Key') };
  }
  const item = readItem(readRecord(PutRequest, 'PutRequest').Item, 'Item');
  return { item, key: item };
}

function apply(engine: Engine, group: Group, writes: BatchedWrite[], bill: Bill): Record<string, unknown[]> {
  const unprocessed: Record<string, unknown[]> = {};
  for (const { table, name, request, key, item } of writes) {
    if (engine.inFlight.has(group, table, key)) {
      unprocessed[name] = [...(unprocessed[name] ?? []), request];
      continue;
    }
    bill.add(table, replaceItem(engine, group, table, key, table.find(key), item));
  }
  return unprocessed;
}
