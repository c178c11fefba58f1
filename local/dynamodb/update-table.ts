import { AwsError } from '../kernel/errors.ts';
import { checkDefinition, readIndex, readStream, readTypes } from './definition.ts';
import type { Operation } from './engine.ts';
import {
  flag,
  type Input,
  optionalRecord,
  readList,
  readRecord,
  refuseUnknown,
  requiredString,
  tableName,
  validation,
} from './request.ts';
import type { IndexDefinition, KeyType, TableDefinition } from './schema.ts';
import { describeTable } from './table-description.ts';
import { readBilling, readThroughput } from './throughput.ts';

const HONORED = new Set([
  'TableName',
  'AttributeDefinitions',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexUpdates',
  'StreamSpecification',
  'DeletionProtectionEnabled',
]);

/** Changes a table in one go: when it answers, an index that was added holds everything. */
export const updateTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:UpdateTable', engine.catalog.arnOf(name));
  refuseUnknown(input, HONORED);
  if (![...HONORED].slice(2).some((parameter) => input[parameter] !== undefined && input[parameter] !== null)) {
    throw validation(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or ' +
        'SSESpecification or ReplicaUpdates is required',
    );
  }
  const table = engine.catalog.get(name, true);
  const definition = updated(table.definition, input);
  return engine.kernel.storage.write(() => {
    engine.catalog.change(table, definition);
    return { TableDescription: describeTable(table, 'UPDATING') };
  });
};

function updated(before: TableDefinition, input: Input): TableDefinition {
  const { throughput: throughputBefore, stream: _, deletionProtection: protectedBefore, ...rest } = before;
  const throughput = readBilling(input, throughputBefore ? 'PROVISIONED' : 'PAY_PER_REQUEST', throughputBefore);
  const stream = optionalRecord(input, 'StreamSpecification') ? changedStream(before, input) : before.stream;
  const isProtected =
    input.DeletionProtectionEnabled === undefined ? protectedBefore : flag(input, 'DeletionProtectionEnabled');
  const next: TableDefinition = {
    ...rest,
    ...(throughput ? { throughput } : {}),
    ...(stream ? { stream } : {}),
    ...(isProtected ? { deletionProtection: true } : {}),
  };
  return withIndexes(next, input);
}

function changedStream(before: TableDefinition, input: Input) {
  const stream = readStream(input);
  if (stream && before.stream) throw validation(`Table already has an enabled stream: TableName: ${before.name}`);
  if (!stream && !before.stream) throw validation(`Table has no stream to disable: TableName: ${before.name}`);
  return stream;
}

function withIndexes(table: TableDefinition, input: Input): TableDefinition {
  const updates = input.GlobalSecondaryIndexUpdates === undefined ? [] : readList(input, 'GlobalSecondaryIndexUpdates');
  const given = input.AttributeDefinitions === undefined ? new Map<string, KeyType>() : readTypes(input);
  const types = typesOf(table);
  for (const [name, type] of given) {
    if ((types.get(name) ?? type) !== type) {
      throw validation(`One or more parameter values were invalid: The type of key attribute ${name} can not change`);
    }
    types.set(name, type);
  }
  const indexes = new Map(table.indexes.map((index) => [index.name, index]));
  for (const member of updates) updateIndex(table, indexes, types, readRecord(member, 'GlobalSecondaryIndexUpdates'));
  const next = { ...table, indexes: [...indexes.values()].map((index) => billed(index, table)) };
  checkDefinition(next, given);
  return next;
}

/** The index with throughput if its table has some, and without if not. */
function billed({ throughput, ...index }: IndexDefinition, table: TableDefinition): IndexDefinition {
  if (!table.throughput) return index;
  if (throughput) return { ...index, throughput };
  throw validation(
    `One or more parameter values were invalid: ProvisionedThroughput must be specified for index: ${index.name}`,
  );
}

function updateIndex(
  table: TableDefinition,
  indexes: Map<string, IndexDefinition>,
  types: Map<string, KeyType>,
  update: Input,
): void {
  const [kind, ...others] = ['Create', 'Update', 'Delete'].filter((each) => optionalRecord(update, each));
  if (kind === undefined || others.length > 0) {
    throw validation(
      'One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, ' +
        'GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
    );
  }
  const change = readRecord(update[kind], kind);
  const name = requiredString(change, 'IndexName');
  const known = indexes.get(name);
  if (kind === 'Create') {
    if (known) throw validation('Attempting to create an index which already exists');
    indexes.set(name, readIndex(change, types, table.throughput));
    return;
  }
  if (!known) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  if (kind === 'Delete') {
    indexes.delete(name);
    return;
  }
  const throughput = readThroughput(change);
  if (!throughput || !table.throughput) {
    throw validation(
      'One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ' +
        'BillingMode is PAY_PER_REQUEST',
    );
  }
  indexes.set(name, { ...known, throughput });
}

function typesOf(table: TableDefinition): Map<string, KeyType> {
  const types = new Map<string, KeyType>();
  for (const { hash, range } of [table, ...table.indexes]) {
    types.set(hash.name, hash.type);
    if (range) types.set(range.name, range.type);
  }
  return types;
}
