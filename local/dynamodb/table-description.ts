import type { IndexDefinition, KeyAttribute, KeySchema, Throughput } from './schema.ts';
import type { Table } from './table.ts';

/** `CREATING` and the like are what AWS says of a change that it has only begun; here it is done with the answer. */
export type TableStatus = 'ACTIVE' | 'CREATING' | 'UPDATING' | 'DELETING';

/** A table as DescribeTable shows it. Belongs into a `storage.read` or `storage.write`. */
export function describeTable(table: Table, status: TableStatus = 'ACTIVE') {
  const { definition, stream } = table;
  const { count, size } = table.sql(`SELECT count(*) AS count, sum(size) AS size FROM ${table.sqlName}`).get() ?? {};
  const { throughput } = definition;
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.tableId,
    TableStatus: status,
    CreationDateTime: table.created / 1000,
    AttributeDefinitions: attributesOf(table),
    KeySchema: describeKeys(definition),
    ...(throughput ? {} : { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } }),
    ProvisionedThroughput: describeThroughput(throughput),
    ItemCount: Number(count),
    TableSizeBytes: Number(size ?? 0),
    DeletionProtectionEnabled: definition.deletionProtection ?? false,
    ...describeIndexes(table, status),
    ...(stream
      ? {
          StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
          LatestStreamArn: stream.arn,
          LatestStreamLabel: stream.label,
        }
      : {}),
  };
}

function attributesOf({ definition }: Table) {
  const attributes = new Map<string, string>();
  for (const schema of [definition, ...definition.indexes]) {
    for (const { name, type } of keyAttributes(schema)) attributes.set(name, type);
  }
  return [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

function describeIndexes(table: Table, status: TableStatus) {
  const { indexes } = table.definition;
  const global = indexes
    .filter(({ local }) => !local)
    .map((index) => ({
      ...describeIndex(table, index),
      IndexStatus: status === 'CREATING' ? 'CREATING' : 'ACTIVE',
      ProvisionedThroughput: describeThroughput(index.throughput),
    }));
  const local = indexes.filter((index) => index.local).map((index) => describeIndex(table, index));
  return {
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  };
}

function describeIndex(table: Table, index: IndexDefinition) {
  return {
    IndexName: index.name,
    IndexArn: `${table.arn}/index/${index.name}`,
    KeySchema: describeKeys(index),
    Projection: {
      ProjectionType: index.projection,
      ...(index.projection === 'INCLUDE' ? { NonKeyAttributes: index.include } : {}),
    },
  };
}

function describeThroughput(throughput: Throughput | undefined) {
  const { read = 0, write = 0 } = throughput ?? {};
  return { NumberOfDecreasesToday: 0, ReadCapacityUnits: read, WriteCapacityUnits: write };
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
