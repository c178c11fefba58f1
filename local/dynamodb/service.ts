import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Service } from '../kernel/kernel.ts';
import type { StreamSource } from '../kernel/streams.ts';
import { batchWriteItem } from './batch-write.ts';
import type { Meter } from './capacity.ts';
import { Catalog } from './catalog.ts';
import type { Engine, Operation } from './engine.ts';
import { deleteExpired } from './expiry.ts';
import { ExpressionCache } from './expressions/expressions.ts';
import { Housekeeping } from './housekeeping.ts';
import { InFlight } from './in-flight.ts';
import { query, scan } from './query.ts';
import { batchGetItem, getItem } from './read-item.ts';
import { readRecord } from './request.ts';
import { tableResources } from './resources.ts';
import { parseSequence, type Stream } from './stream.ts';
import { describeStream, getRecords, getShardIterator, listStreams } from './stream-operations.ts';
import {
  createTable,
  deleteTable,
  describe,
  describeTimeToLive,
  listTables,
  updateTimeToLive,
} from './table-operations.ts';
import { listTagsOfResource, Tags, tagResource, untagResource } from './tags.ts';
import { transactGetItems, transactWriteItems } from './transaction.ts';
import { updateTable } from './update-table.ts';
import { deleteItem, putItem, updateItem } from './write-item.ts';

const OPERATIONS: Record<string, Operation> = {
  CreateTable: createTable,
  DeleteTable: deleteTable,
  DescribeTable: describe,
  UpdateTable: updateTable,
  ListTables: listTables,
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsOfResource: listTagsOfResource,
  GetItem: getItem,
  PutItem: putItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
  Scan: scan,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  TransactWriteItems: transactWriteItems,
  TransactGetItems: transactGetItems,
  ListStreams: listStreams,
  DescribeStream: describeStream,
  GetShardIterator: getShardIterator,
  GetRecords: getRecords,
};

export interface DynamoDb extends Service, StreamSource {
  /** Capacity units consumed since the start, by table (indexes counted with their table). */
  meter(): Meter;
}

/** DynamoDB over SQLite: its API with its errors, transactions that conflict, streams, time to live and consumed capacity. */
export function createDynamoDb(kernel: Kernel): DynamoDb {
  const catalog = new Catalog(kernel);
  const engine: Engine = {
    kernel,
    catalog,
    expressions: new ExpressionCache(),
    inFlight: new InFlight(),
    housekeeping: new Housekeeping(kernel, catalog, (table, time) => deleteExpired(engine, table, time)),
    meter: { readUnits: 0, writeUnits: 0, byTable: {} },
    tags: new Tags(kernel.storage.db),
  };
  return {
    name: 'dynamodb',
    operations: Object.keys(OPERATIONS),
    json: { targetPrefixes: ['DynamoDB_20120810', 'DynamoDBStreams_20120810'], version: '1.0' },
    resources: tableResources(engine),
    async call(operation, input, principal) {
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (!run) throw new AwsError('UnknownOperationException', `DynamoDB ${operation} is not provided here`);
      return run(engine, readRecord(input ?? {}, 'input'), principal);
    },
    start: () => engine.housekeeping.start(),
    async stop() {
      engine.housekeeping.stop();
    },
    readStream(streamArn, afterSequence, limit) {
      const after = afterSequence === undefined ? 0 : parseSequence(afterSequence);
      if (after === undefined) throw new Error(`Not a sequence number of this service: ${afterSequence}`);
      return streamOf(catalog, streamArn).read(after, limit);
    },
    onStreamAppend: (streamArn, listener) => streamOf(catalog, streamArn).onAppend(listener),
    meter: () => structuredClone(engine.meter),
  };
}

function streamOf(catalog: Catalog, arn: string): Stream {
  const stream = catalog.findByStream(arn)?.stream;
  if (!stream)
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
  return stream;
}
