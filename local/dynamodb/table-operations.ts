import { AwsError } from '../kernel/errors.ts';
import { readDefinition, readStream } from './definition.ts';
import type { Operation } from './engine.ts';
import {
  flag,
  optionalInteger,
  optionalString,
  readRecord,
  refuseUnknown,
  requiredString,
  tableName,
  validation,
} from './request.ts';
import { describeTable } from './table-description.ts';
import { readTags } from './tags.ts';

const MOST_NAMES = 100;

/** What CreateTable honors. Without meaning on one machine: encryption at rest and the class of storage. */
const CREATE = new Set([
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'StreamSpecification',
  'DeletionProtectionEnabled',
  'Tags',
  'SSESpecification',
  'TableClass',
]);

export const createTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:CreateTable', engine.catalog.arnOf(name));
  refuseUnknown(input, CREATE);
  for (const kind of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
    const indexes = input[kind];
    if (!Array.isArray(indexes) || indexes.length > 0) continue;
    throw validation(`One or more parameter values were invalid: List of ${kind} is empty`);
  }
  const definition = readDefinition(input, name, 'PROVISIONED');
  const stream = readStream(input);
  const tags = readTags(input.Tags ?? []);
  if (engine.catalog.find(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
  return engine.kernel.storage.write(() => {
    const table = engine.catalog.create({
      ...definition,
      ...(stream ? { stream } : {}),
      ...(flag(input, 'DeletionProtectionEnabled') ? { deletionProtection: true } : {}),
    });
    engine.tags.add(table, tags);
    return { TableDescription: describeTable(table, 'CREATING') };
  });
};

export const deleteTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:DeleteTable', engine.catalog.arnOf(name));
  const table = engine.catalog.get(name, true);
  if (table.definition.deletionProtection) {
    throw validation(
      `1 validation error detected: Table '${name}' can't be deleted while DeletionProtectionEnabled is set to True`,
    );
  }
  return engine.kernel.storage.write(() => {
    const description = describeTable(table, 'DELETING');
    engine.tags.drop(table);
    engine.catalog.delete(table);
    return { TableDescription: description };
  });
};

export const describe: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:DescribeTable', engine.catalog.arnOf(name));
  const table = engine.catalog.get(name, true);
  return engine.kernel.storage.read(() => ({ Table: describeTable(table) }));
};

export const listTables: Operation = async (engine, input, principal) => {
  engine.kernel.authorizer.authorize(principal, 'dynamodb:ListTables', '*');
  const after = optionalString(input, 'ExclusiveStartTableName') ?? '';
  const limit = optionalInteger(input, 'Limit', 1, MOST_NAMES) ?? MOST_NAMES;
  const names = engine.catalog
    .all()
    .map(({ name }) => name)
    .filter((name) => name > after);
  const page = names.slice(0, limit);
  return { TableNames: page, ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
};

export const updateTimeToLive: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:UpdateTimeToLive', engine.catalog.arnOf(name));
  const table = engine.catalog.get(name);
  const specification = readRecord(input.TimeToLiveSpecification, 'TimeToLiveSpecification');
  const attribute = requiredString(specification, 'AttributeName');
  const enabled = flag(specification, 'Enabled');
  const { timeToLive, ...rest } = table.definition;
  if (enabled === (timeToLive !== undefined)) {
    throw validation(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
  }
  await engine.kernel.storage.write(() =>
    engine.catalog.change(table, enabled ? { ...rest, timeToLive: attribute } : rest),
  );
  engine.housekeeping.timeToLiveChanged(table);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } };
};

export const describeTimeToLive: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:DescribeTimeToLive', engine.catalog.arnOf(name));
  const { timeToLive } = engine.catalog.get(name).definition;
  return {
    TimeToLiveDescription: timeToLive
      ? { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive }
      : { TimeToLiveStatus: 'DISABLED' },
  };
};
