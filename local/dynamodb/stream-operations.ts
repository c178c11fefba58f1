import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import type { StreamRecord } from '../kernel/streams.ts';
import type { Engine, Operation } from './engine.ts';
import { type Input, oneOf, optionalInteger, optionalString, requiredString, validation } from './request.ts';
import { parseSequence, RETENTION, type Stream, sequenceAt, sequenceText } from './stream.ts';
import type { Table } from './table.ts';
import { describeKeys } from './table-description.ts';

// All changes of a table go through one file, so one shard keeps them all in order.
const SHARD = 'shardId-00000000000000000000-00000001';
const ITERATOR_LIFE = 15 * 60 * 1000;
const MOST_RECORDS = 1000;
const MOST_STREAMS = 100;

export const listStreams: Operation = async (engine, input, principal) => {
  engine.kernel.authorizer.authorize(principal, 'dynamodb:ListStreams', '*');
  const only = optionalString(input, 'TableName');
  const after = optionalString(input, 'ExclusiveStartStreamArn') ?? '';
  const limit = optionalInteger(input, 'Limit', 1, MOST_STREAMS) ?? MOST_STREAMS;
  const streams = engine.catalog
    .all()
    .filter(({ name, stream }) => stream && stream.arn > after && (only === undefined || only === name))
    .map(({ name, stream }) => ({ StreamArn: stream!.arn, TableName: name, StreamLabel: stream!.label }));
  const page = streams.slice(0, limit);
  return { Streams: page, ...(streams.length > limit ? { LastEvaluatedStreamArn: page.at(-1)!.StreamArn } : {}) };
};

export const describeStream: Operation = async (engine, input, principal) => {
  const { table, stream } = find(engine, 'dynamodb:DescribeStream', input, principal);
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: 'ENABLED',
      StreamViewType: stream.viewType,
      TableName: table.name,
      CreationRequestDateTime: table.created / 1000,
      KeySchema: describeKeys(table.definition),
      Shards: [
        { ShardId: SHARD, SequenceNumberRange: { StartingSequenceNumber: sequenceText(sequenceAt(table.created)) } },
      ],
    },
  };
};

export const getShardIterator: Operation = async (engine, input, principal) => {
  const { stream } = find(engine, 'dynamodb:GetShardIterator', input, principal);
  if (requiredString(input, 'ShardId') !== SHARD) {
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found: Shard does not exist');
  }
  requiredString(input, 'ShardIteratorType');
  const after = startOf(engine, stream, input);
  return { ShardIterator: encodeIterator(engine, stream, after) };
};

/** The sequence number to read after. */
function startOf(engine: Engine, stream: Stream, input: Input): number {
  const types = ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const;
  const type = oneOf(input, 'ShardIteratorType', types, 'TRIM_HORIZON');
  if (type === 'TRIM_HORIZON') return 0;
  if (type === 'LATEST') return stream.committed;
  const sequence = parseSequence(requiredString(input, 'SequenceNumber'));
  if (sequence === undefined) throw validation('Invalid SequenceNumber');
  if (sequence < sequenceAt(engine.kernel.clock.now() - RETENTION)) {
    throw new AwsError(
      'TrimmedDataAccessException',
      'The operation attempted to read past the oldest stream record in a shard.',
    );
  }
  return type === 'AT_SEQUENCE_NUMBER' ? sequence - 1 : sequence;
}

function encodeIterator(engine: Engine, stream: Stream, after: number): string {
  const position = JSON.stringify([stream.arn, after, engine.kernel.clock.now() + ITERATOR_LIFE]);
  return Buffer.from(position).toString('base64');
}

function decodeIterator(text: string): { arn: string; after: number; expires: number } {
  try {
    const [arn, after, expires]: unknown[] = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof arn === 'string' && typeof after === 'number' && typeof expires === 'number') {
      return { arn, after, expires };
    }
  } catch {
    // Not one of ours: refused below like any other.
  }
  throw validation('Invalid ShardIterator');
}

export const getRecords: Operation = async (engine, input, principal) => {
  const { arn, after, expires } = decodeIterator(requiredString(input, 'ShardIterator'));
  const { stream } = find(engine, 'dynamodb:GetRecords', { StreamArn: arn }, principal);
  if (expires < engine.kernel.clock.now()) {
    throw new AwsError('ExpiredIteratorException', 'The provided iterator has expired.');
  }
  const limit = optionalInteger(input, 'Limit', 1, MOST_RECORDS) ?? MOST_RECORDS;
  const records = stream.read(after, limit);
  const last = records.at(-1);
  const next = last ? parseSequence(last.dynamodb.SequenceNumber)! : after;
  return { Records: records.map(shown), NextShardIterator: encodeIterator(engine, stream, next) };
};

/** The API writes the service's identity with capitals, and leaves the stream's ARN to the caller who named it. */
function shown({ eventSourceARN: _arn, userIdentity, ...record }: StreamRecord) {
  if (!userIdentity) return record;
  return { ...record, userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } };
}

function find(engine: Engine, action: string, input: Input, principal: Principal): { table: Table; stream: Stream } {
  const arn = requiredString(input, 'StreamArn');
  engine.kernel.authorizer.authorize(principal, action, arn);
  const table = engine.catalog.findByStream(arn);
  if (!table?.stream) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
  }
  return { table, stream: table.stream };
}
