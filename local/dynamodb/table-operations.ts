import { AwsError } from '../kernel/errors.ts';
import type { Operation } from './engine.ts';
import {
  flag,
  type Input,
  optionalInteger,
  optionalString,
  readRecord,
  requiredString,
  tableName,
  validation,
} from './request.ts';
import { type IndexDefinition, type KeyAttribute, type KeySchema, readDefinition, readStream } from './schema.ts';
import type { Table } from './table.ts';

const MOST_NAMES = 100;

/** Refuses what a table of this machine would not do: it has no throughput to provision, and no local indexes. */
export function checkProvided(input: Input): void {
  if (input.BillingMode !== 'PAY_PER_REQUEST') {
    throw validation('The one-machine cloud provides tables with BillingMode PAY_PER_REQUEST only');
  }
  if (input.LocalSecondaryIndexes !== undefined) {
    throw validation('The one-machine cloud does not provide local secondary indexes: use a global one');
  }
}

export const createTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:CreateTable', engine.catalog.arnOf(name));
  checkProvided(input);
  const definition = readDefinition(input, name);
  const stream = readStream(input);
  if (engine.catalog.find(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
  const table = await engine.kernel.storage.write(() =>
    engine.catalog.create(stream ? { ...definition, stream } : definition),
  );
  return { TableDescription: describe(table) };
};

export const deleteTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:DeleteTable', engine.catalog.arnOf(name));
  const table = engine.catalog.get(name, true);
  const description = describe(table);
  await engine.kernel.storage.write(() => engine.catalog.delete(table));
  return { TableDescription: { ...description, TableStatus: 'DELETING' } };
};

export const describeTable: Operation = async (engine, input, principal) => {
  const name = tableName(input);
  engine.kernel.authorizer.authorize(principal, 'dynamodb:DescribeTable', engine.catalog.arnOf(name));
  const table = engine.catalog.get(name, true);
  return engine.kernel.storage.read(() => ({ Table: describe(table) }));
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

function describe(table: Table) {
  const { definition, stream } = table;
  const { count, size } = table.sql(`SELECT count(*) AS count, sum(size) AS size FROM ${table.sqlName}`).get() ?? {};
  const attributes = new Map<string, string>();
  for (const schema of [definition, ...definition.indexes]) {
    for (const { name, type } of keyAttributes(schema)) attributes.set(name, type);
  }
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.tableId,
    TableStatus: 'ACTIVE',
    CreationDateTime: table.created / 1000,
    AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: describeKeys(definition),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ItemCount: Number(count),
    TableSizeBytes: Number(size ?? 0),
    DeletionProtectionEnabled: false,
    ...(table.indexes.length > 0
      ? { GlobalSecondaryIndexes: definition.indexes.map((index) => describeIndex(table, index)) }
      : {}),
    ...(stream
      ? {
          StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
          LatestStreamArn: stream.arn,
          LatestStreamLabel: stream.label,
        }
      : {}),
  };
}

function describeIndex(table: Table, index: IndexDefinition) {
  return {
    IndexName: index.name,
    IndexArn: `${table.arn}/index/${index.name}`,
    IndexStatus: 'ACTIVE',
    KeySchema: describeKeys(index),
    Projection: {
      ProjectionType: index.projection,
      ...(index.include.length > 0 ? { NonKeyAttributes: index.include } : {}),
    },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  };
}

function keyAttributes({ hash, range }: KeySchema): KeyAttribute[] {
  return range ? [hash, range] : [hash];
}

export function describeKeys(schema: KeySchema) {
  return keyAttributes(schema).map(({ name }, position) => ({
    AttributeName: name,
    KeyType: position === 0 ? 'HASH' : 'RANGE',
  }));
}
