import type { Principal } from '../kernel/kernel.ts';
import { type Item, readItem } from './attribute-value.ts';
import { Bill, DETAILS, readUnits } from './capacity.ts';
import type { Engine, Operation } from './engine.ts';
import { keyText, type PrimaryKey, readKey } from './keys.ts';
import { withExpressions } from './legacy.ts';
import { flag, type Input, oneOf, readList, readRecord, refuseLegacy, tableName, validation } from './request.ts';
import type { Table } from './table.ts';
import { authorizedTable, checkNotNested } from './write-action.ts';

const MOST_KEYS = 100;
const LARGEST_ANSWER = 16 * 1024 * 1024;

export const getItem: Operation = async (engine, given, principal) => {
  const input = withExpressions(given);
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  const name = tableName(input);
  const key = readItem(input.Key, 'Key');
  refuseLegacy(input);
  const { projection, nested } = engine.expressions.read(input, ['ProjectionExpression']);
  const table = authorizedTable(engine, principal, 'dynamodb:GetItem', name, [key]);
  const primaryKey = readKey(table.definition, key);
  checkNotNested(table.definition, nested);
  const found = await engine.kernel.storage.read(() => table.find(primaryKey));
  const bill = new Bill('read');
  bill.add(table, { table: readUnits(found?.size ?? 0, flag(input, 'ConsistentRead')) });
  bill.charge(engine.meter);
  const [capacity] = bill.shown(detail) ?? [];
  const item = found && (projection ? projection.project(found.item) : found.item);
  return { ...(item ? { Item: item } : {}), ...(capacity ? { ConsumedCapacity: capacity } : {}) };
};

/** The keys wanted of one table of a BatchGetItem. */
interface Wanted {
  table: Table;
  name: string;
  request: Input;
  keys: { given: Item; key: PrimaryKey }[];
  consistent: boolean;
  project: (item: Item) => Item;
}

export const batchGetItem: Operation = async (engine, input, principal) => {
  const requests = Object.entries(readRecord(input.RequestItems, 'RequestItems'));
  if (requests.length === 0) {
    throw validation(
      "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  const wanted = requests.map(([name, request]) => readWanted(engine, name, readRecord(request, name), principal));
  if (wanted.reduce((sum, { keys }) => sum + keys.length, 0) > MOST_KEYS) {
    throw validation('Too many items requested for the BatchGetItem call');
  }
  const bill = new Bill('read');
  const answer = await engine.kernel.storage.read(() => fetch(wanted, bill));
  bill.charge(engine.meter);
  const capacity = bill.shown(detail);
  return { ...answer, ...(capacity ? { ConsumedCapacity: capacity } : {}) };
};

function readKeys(name: string, { Keys }: Input): unknown[] {
  const place = `requestItems.${name}.member.keys`;
  return readList({ [place]: Keys }, place, 1, MOST_KEYS);
}

function readWanted(engine: Engine, name: string, request: Input, principal: Principal): Wanted {
  const given = readKeys(name, request).map((key) => readItem(key, 'Key'));
  refuseLegacy(request);
  const { projection, nested } = engine.expressions.read(withExpressions(request), ['ProjectionExpression']);
  const table = authorizedTable(engine, principal, 'dynamodb:BatchGetItem', tableName({ TableName: name }), given);
  const keys = given.map((attributes) => ({ given: attributes, key: readKey(table.definition, attributes) }));
  checkNotNested(table.definition, nested);
  if (new Set(keys.map(({ key }) => keyText(key))).size < keys.length) {
    throw validation('Provided list of item keys contains duplicates');
  }
  const project = projection?.project ?? ((item: Item) => item);
  return { table, name, request, keys, consistent: flag(request, 'ConsistentRead'), project };
}

function fetch(wanted: Wanted[], bill: Bill) {
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, unknown> = {};
  let size = 0;
  for (const { table, name, request, keys, consistent, project } of wanted) {
    const items: Item[] = [];
    const left: Item[] = [];
    for (const { given, key } of keys) {
      if (size >= LARGEST_ANSWER) {
        left.push(given);
        continue;
      }
      const found = table.find(key);
      bill.add(table, { table: readUnits(found?.size ?? 0, consistent) });
      if (!found) continue;
      size += found.size;
      items.push(project(found.item));
    }
    responses[name] = items;
    if (left.length > 0) unprocessed[name] = { ...request, Keys: left };
  }
  return { Responses: responses, UnprocessedKeys: unprocessed };
}
