import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import { type Item, itemSize, readItem, typeOf } from './attribute-value.ts';
import type { Engine } from './engine.ts';
import type { ExpressionParameter, Expressions } from './expressions/expressions.ts';
import { checkIndexKeys, type PrimaryKey, readItemKey, readKey } from './keys.ts';
import { type Input, oneOf, refuseLegacy, tableName, validation } from './request.ts';
import { keyNames, type TableDefinition } from './schema.ts';
import type { SizedItem, Table } from './table.ts';

const LARGEST_ITEM = 400 * 1024;

/** A write of one item, read from a request and checked, to be run by itself or in a transaction. */
export interface WriteAction {
  table: Table;
  key: PrimaryKey;
  expressions: Expressions;
  returnOldOnFailure: boolean;
  /** The item as the action leaves it; undefined deletes. `old` stays as it is. Throws ValidationException. */
  next(old: SizedItem | undefined): SizedItem | undefined;
}

export type ActionKind = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';

export function readAction(
  engine: Engine,
  kind: ActionKind,
  input: Input,
  principal: Principal,
  enclosing?: 'TransactWriteItems',
): WriteAction {
  const { name, given, expressions } = readParameters(engine, kind, input, enclosing !== undefined);
  const table = authorizedTable(engine, principal, `dynamodb:${kind}`, name, [given], enclosing);
  const action = {
    table,
    expressions,
    returnOldOnFailure:
      oneOf(input, 'ReturnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE'] as const, 'NONE') === 'ALL_OLD',
  };
  if (kind === 'PutItem') {
    const key = readItemKey(table.definition, given);
    checkNotNested(table.definition, expressions.nested);
    checkIndexKeys(table.definition.indexes, given, false);
    const next = { item: given, size: checkedSize(given) };
    return { ...action, key, next: () => next };
  }
  const key = readKey(table.definition, given);
  const next = kind === 'UpdateItem' ? updater(table.definition, given, expressions) : undefined;
  checkNotNested(table.definition, expressions.nested);
  if (next) return { ...action, key, next };
  if (kind === 'DeleteItem') return { ...action, key, next: () => undefined };
  if (!expressions.condition) {
    throw validation(
      "1 validation error detected: Value null at 'conditionExpression' failed to satisfy constraint: Member must not be null",
    );
  }
  return { ...action, key, next: (old) => old };
}

/** What can be read, and refused, without a look at the table. */
function readParameters(engine: Engine, kind: ActionKind, input: Input, enclosed: boolean) {
  try {
    const name = tableName(input);
    const given = readItem(kind === 'PutItem' ? input.Item : input.Key, kind === 'PutItem' ? 'Item' : 'Key');
    refuseLegacy(input);
    const allowed = kind === 'UpdateItem' ? UPDATE_EXPRESSIONS : CONDITION_ONLY;
    return { name, given, expressions: engine.expressions.read(input, allowed) };
  } catch (error) {
    throw enclosed ? error : inWordsOfSingleWrites(error);
  }
}

const UPDATE_EXPRESSIONS: ExpressionParameter[] = ['UpdateExpression', 'ConditionExpression'];
const CONDITION_ONLY: ExpressionParameter[] = ['ConditionExpression'];

const PREFIX = '1 validation error detected: ';

/**
 * PutItem, UpdateItem and DeleteItem by themselves put a prefix before the words for what is wrong with a request alone, and do not
 * say which value it was: as moto's tests that are verified on AWS have it.
 */
function inWordsOfSingleWrites(error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code !== 'ValidationException' || error.message.startsWith(PREFIX))
    return error;
  const what = /^ExpressionAttributeValues contains invalid value: (.*) for key \S+$/s.exec(error.message)?.[1];
  return validation(PREFIX + (what ?? error.message));
}

/** The size of an item to be put, which must not be above 400 KB. */
export function checkedSize(item: Item): number {
  const size = itemSize(item);
  if (size > LARGEST_ITEM) throw validation('Item size has exceeded the maximum allowed size');
  return size;
}

function updater(table: TableDefinition, key: Item, expressions: Expressions): WriteAction['next'] {
  const { update, values } = expressions;
  if (!update) return (old) => old ?? { item: key, size: itemSize(key) };
  for (const name of keyNames(table)) {
    if (update.paths.some(([head]) => head === name)) {
      throw validation(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
  }
  for (const index of table.indexes) {
    for (const attribute of index.range ? [index.hash, index.range] : [index.hash]) {
      const type = update.types.get(attribute.name);
      if (type === undefined || type === attribute.type) continue;
      throw validation(
        `One or more parameter values were invalid: Type mismatch for Index Key ${attribute.name} ` +
          `Expected: ${attribute.type} Actual: ${type} IndexName: ${index.name}`,
      );
    }
  }
  return (old) => {
    const item = update.apply(old?.item ?? key, values);
    checkIndexKeys(table.indexes, item, true);
    const size = itemSize(item);
    if (size > LARGEST_ITEM) throw validation('Item size to update has exceeded the maximum allowed size');
    return { item, size };
  };
}

/** Refuses to tell the size of what a local index groups, which nothing here limits. Tables without one have nothing to tell. */
export function refuseItemCollections(input: Input, { indexes }: Table): void {
  if (input.ReturnItemCollectionMetrics === 'SIZE' && indexes.some(({ definition }) => definition.local)) {
    throw validation('The one-machine cloud does not provide ReturnItemCollectionMetrics');
  }
}

/** Refuses `key.part` and `key[0]`: keys are scalars. */
export function checkNotNested(table: TableDefinition, nested: string[]): void {
  if (nested.length === 0) return;
  const words = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";
  for (const name of keyNames(table)) {
    if (nested.includes(name)) throw validation(`${words}Key: ${name}`);
  }
  for (const name of table.indexes.flatMap(keyNames)) {
    if (nested.includes(name)) throw validation(`${words}IndexKey: ${name}`);
  }
}

/** The table, after asking whether the principal may do `action` to the partitions of `items`. */
export function authorizedTable(
  engine: Engine,
  principal: Principal,
  action: string,
  name: string,
  items: Item[],
  enclosing?: string,
): Table {
  const hash = engine.catalog.find(name)?.definition.hash.name;
  const leading = new Set<string>();
  for (const item of items) {
    const value = hash === undefined ? undefined : item[hash];
    if (value) leading.add(value.S ?? value.N ?? value.B ?? typeOf(value));
  }
  engine.kernel.authorizer.authorize(principal, action, engine.catalog.arnOf(name), {
    ...(leading.size > 0 ? { 'dynamodb:LeadingKeys': [...leading] } : {}),
    ...(enclosing ? { 'dynamodb:EnclosingOperation': enclosing } : {}),
  });
  return engine.catalog.get(name);
}
