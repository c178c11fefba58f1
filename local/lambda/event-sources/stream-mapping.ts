import { createHash, randomUUID } from 'node:crypto';
import type { Kernel } from '../../kernel/kernel.ts';
import type { StreamRecord, StreamSource } from '../../kernel/streams.ts';
import { deliver } from '../destinations.ts';
import { type LambdaFunction, rolePrincipal } from '../function.ts';
import type { InvocationResult, Invoker } from '../invoker.ts';
import type { Checkpoints, Positions } from './checkpoints.ts';
import { recordFilter } from './filter.ts';
import type { StreamMappingConfig } from './mapping-config.ts';
import { type GivenUpBecause, type StreamItem, StreamLane } from './stream-lane.ts';

const READ_AT_ONCE = 1000;
/** Records held in memory while lanes are busy; beyond that the rest stays in the stream. */
const MOST_WAITING = 10_000;
/** A table's stream has one shard here. */
const SHARD = 'shardId-00000000000000000000-00000000';

/**
 * Feeds a function from a table's stream. One reader deals the records to `ParallelizationFactor` lanes by the item's whole key, because the
 * order of one item (partition and sort key) is all that Lambda keeps when the factor is above one.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export class StreamMapping {
  readonly config: StreamMappingConfig;
  readonly fn: LambdaFunction;
  #kernel: Kernel;
  #streams: StreamSource;
  #checkpoints: Checkpoints;
  #lanes: StreamLane[];
  #passes: (record: StreamRecord) => boolean;
  /** Sequence number up to which the reader has dealt out. */
  #read: string | undefined;
  #passedOver = 0;
  #stopped = false;
  #unsubscribe: (() => void) | undefined;

  constructor(
    kernel: Kernel,
    invoker: Invoker,
    streams: StreamSource,
    checkpoints: Checkpoints,
    fn: LambdaFunction,
    config: StreamMappingConfig,
  ) {
    this.#kernel = kernel;
    this.#streams = streams;
    this.#checkpoints = checkpoints;
    this.fn = fn;
    this.config = config;
    this.#passes = recordFilter(config.patterns);
    const owner = {
      kernel,
      invoker,
      fn,
      config,
      stopped: () => this.#stopped,
      progressed: () => this.#progressed(),
      giveUp: (items: StreamItem[], because: GivenUpBecause, attempts: number, result?: InvocationResult) =>
        this.#giveUp(items, because, attempts, result),
    };
    this.#lanes = Array.from({ length: config.parallelizationFactor }, () => new StreamLane(owner, null));
  }

  /** @throws AwsError `AccessDeniedException` unless the function's role may read the stream */
  start(): void {
    const { sourceArn } = this.config;
    for (const action of ['DescribeStream', 'GetRecords', 'GetShardIterator']) {
      this.#kernel.authorizer.authorize(rolePrincipal(this.fn), `dynamodb:${action}`, sourceArn);
    }
    // Lambda asks for it too when a mapping is made; the action takes no resource.
    this.#kernel.authorizer.authorize(rolePrincipal(this.fn), 'dynamodb:ListStreams', '*');
    this.#resume();
    this.#unsubscribe = this.#streams.onStreamAppend(sourceArn, () => this.#pump());
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
  }

  #resume(): void {
    const saved = this.#checkpoints.load(this.config.uuid);
    if (!saved) {
      if (this.config.startingPosition === 'LATEST') this.#skipToEnd();
      this.#save();
      return;
    }
    const oldest = saved.reduce((least, position) => (precedes(position, least) ? position : least), saved[0] ?? null);
    this.#read = oldest ?? undefined;
    // With another ParallelizationFactor than last time keys are dealt differently: all go on from the oldest position.
    const same = saved.length === this.#lanes.length;
    for (const [index, lane] of this.#lanes.entries()) lane.done = same ? (saved[index] ?? null) : oldest;
  }

  #skipToEnd(): void {
    for (;;) {
      const records = this.#streams.readStream(this.config.sourceArn, this.#read, READ_AT_ONCE);
      if (records.length === 0) return;
      this.#read = records.at(-1)!.dynamodb.SequenceNumber;
    }
  }

  #pump(): void {
    if (this.#stopped) return;
    while (this.#lanes.reduce((sum, lane) => sum + lane.length, 0) < MOST_WAITING) {
      const records = this.#streams.readStream(this.config.sourceArn, this.#read, READ_AT_ONCE);
      for (const record of records) this.#deal(record);
      if (records.length < READ_AT_ONCE) break;
    }
    for (const lane of this.#lanes) lane.wake();
    // Records that the filter holds back move no lane: without this a restart would read them all again.
    if (this.#passedOver >= READ_AT_ONCE) this.#save();
  }

  #deal(record: StreamRecord): void {
    const sequence = record.dynamodb.SequenceNumber;
    const lane = this.#lanes[this.#laneOf(record)]!;
    if (precedes(lane.done, sequence) && this.#passes(record)) {
      lane.add({ record, text: JSON.stringify(record), arrived: this.#kernel.clock.now() });
    } else this.#passedOver += 1;
    this.#read = sequence;
  }

  #laneOf(record: StreamRecord): number {
    if (this.#lanes.length === 1) return 0;
    const key = Object.entries(record.dynamodb.Keys).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash('sha256').update(JSON.stringify(key)).digest().readUInt32BE() % this.#lanes.length;
  }

  #progressed(): void {
    if (this.#stopped) return;
    this.#save();
    if (this.#lanes.every((lane) => lane.length < this.config.batchSize)) this.#pump();
  }

  /** An empty lane has done everything that the reader has seen. */
  #save(): void {
    this.#passedOver = 0;
    const read = this.#read ?? null;
    const positions: Positions = this.#lanes.map((lane) => (lane.empty ? read : lane.done));
    this.#checkpoints
      .save(this.config.uuid, positions)
      .catch((error) => this.#kernel.report(`checkpoint of ${this.fn.name}`, error));
  }

  async #giveUp(
    items: StreamItem[],
    because: GivenUpBecause,
    attempts: number,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { onFailure } = this.config;
    if (!onFailure) {
      const range = `${items[0]!.record.dynamodb.SequenceNumber}..${items.at(-1)!.record.dynamodb.SequenceNumber}`;
      this.#kernel.report(
        `event source mapping of ${this.fn.name}`,
        new Error(`${because}: records ${range} given up`),
      );
      return;
    }
    const now = new Date(this.#kernel.clock.now()).toISOString();
    const record = this.#failureRecord(now, items, because, attempts, result);
    const toBucket = onFailure.startsWith('arn:aws:s3:');
    const payload = `{"Records":[${items.map(({ text }) => text).join(',')}]}`;
    const delivery = {
      target: onFailure,
      body: JSON.stringify(toBucket ? { ...record, payload } : record),
      objectKey: objectKey(this.config.uuid, now),
    };
    await deliver(this.#kernel, delivery, rolePrincipal(this.fn), () => this.#stopped);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: where the records are; only a bucket gets them whole. */
  #failureRecord(
    now: string,
    items: StreamItem[],
    because: GivenUpBecause,
    attempts: number,
    result: InvocationResult | undefined,
  ) {
    const first = items[0]!.record.dynamodb;
    const last = items.at(-1)!.record.dynamodb;
    return {
      requestContext: {
        requestId: result?.requestId ?? randomUUID(),
        functionArn: this.fn.arn,
        condition: because,
        approximateInvokeCount: attempts,
      },
      ...(result && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(result.functionError && { functionError: result.functionError }),
        },
      }),
      version: '1.0',
      timestamp: now,
      DDBStreamBatchInfo: {
        shardId: SHARD,
        startSequenceNumber: first.SequenceNumber,
        endSequenceNumber: last.SequenceNumber,
        approximateArrivalOfFirstRecord: new Date(first.ApproximateCreationDateTime * 1000).toISOString(),
        approximateArrivalOfLastRecord: new Date(last.ApproximateCreationDateTime * 1000).toISOString(),
        batchSize: items.length,
        streamArn: this.config.sourceArn,
      },
    };
  }
}

/** `aws/lambda/<mapping>/<shard>/<yyyy>/<mm>/<dd>/<time>-<uuid>` as Lambda names failure records in a bucket. */
function objectKey(uuid: string, now: string): string {
  const time = now.slice(0, 19).replaceAll(':', '.');
  return `aws/lambda/${uuid}/${SHARD}/${now.slice(0, 10).replaceAll('-', '/')}/${time}-${randomUUID()}`;
}

/** Sequence numbers are decimal numbers of up to 40 digits; `null` is before the first. */
function precedes(one: string | null, other: string | null): boolean {
  if (other === null) return false;
  if (one === null) return true;
  return one.length === other.length ? one < other : BigInt(one) < BigInt(other);
}
