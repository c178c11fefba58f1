import type { Kernel } from '../../kernel/kernel.ts';
import type { StreamRecord } from '../../kernel/streams.ts';
import { backOff } from '../destinations.ts';
import type { LambdaFunction } from '../function.ts';
import type { InvocationResult, Invoker } from '../invoker.ts';
import { batchLength, type Item, invokeWithBatch } from './batch.ts';
import { failedItems } from './batch-response.ts';
import type { StreamMappingConfig } from './mapping-config.ts';

export type StreamItem = Item<StreamRecord>;

export type GivenUpBecause = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface LaneOwner {
  kernel: Kernel;
  invoker: Pick<Invoker, 'invoke'>;
  fn: LambdaFunction;
  config: StreamMappingConfig;
  stopped(): boolean;
  /** Everything up to the lane's `done` is finished. */
  progressed(): void;
  /** Settles when the records' fate is recorded where an operator sees it. */
  giveUp(items: StreamItem[], because: GivenUpBecause, attempts: number, result?: InvocationResult): Promise<void>;
}

interface Batch {
  items: StreamItem[];
  /** Attempts with these records at the front that failed. */
  failures: number;
}

/** Lambda does not publish how long it waits between attempts on a stream; a minute at most keeps an outage from costing much. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Processes the records of some keys in order, one batch at a time. A batch that fails holds up what comes behind it: that is what keeps
 * the order.
 */
export class StreamLane {
  /** Sequence number of the last record that is finished (`null` = none yet). */
  done: string | null;
  #owner: LaneOwner;
  #waiting: StreamItem[] = [];
  #busy = false;
  #cancelWindow: (() => void) | undefined;

  constructor(owner: LaneOwner, done: string | null) {
    this.#owner = owner;
    this.done = done;
  }

  get empty(): boolean {
    return !this.#busy && this.#waiting.length === 0;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(item: StreamItem): void {
    this.#waiting.push(item);
  }

  /** Starts a batch if there is one to start. */
  wake(): void {
    if (this.#busy || this.#owner.stopped()) return;
    const items = this.#takeBatch();
    if (items.length === 0) return;
    this.#busy = true;
    this.#process({ items, failures: 0 })
      .catch((error) => this.#owner.kernel.report(`event source mapping of ${this.#owner.fn.name}`, error))
      .finally(() => {
        this.#busy = false;
        this.#owner.progressed();
        this.wake();
      });
  }

  #takeBatch(): StreamItem[] {
    const { config, kernel } = this.#owner;
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    const first = this.#waiting[0];
    if (!first) return [];
    const length = batchLength(this.#waiting, config.batchSize);
    const closes = first.arrived + config.windowMs;
    const full = length === config.batchSize || length < this.#waiting.length;
    if (!full && closes > kernel.clock.now()) {
      this.#cancelWindow = kernel.clock.at(closes, () => this.wake());
      return [];
    }
    return this.#waiting.splice(0, length);
  }

  async #process(batch: Batch): Promise<void> {
    const work = [batch];
    let mishaps = 0;
    for (let next = work.pop(); next && !this.#owner.stopped(); next = work.pop()) {
      try {
        const rest = await this.#attempt(next);
        work.push(...rest.reverse());
      } catch (error) {
        // Not the function's failure but this machine's: the records are neither done nor given up, so they are tried until that is known.
        const { kernel, fn } = this.#owner;
        kernel.report(`event source mapping of ${fn.name}`, error);
        await backOff(kernel.clock, mishaps++, LONGEST_WAIT_MS);
        work.push(next);
      }
    }
  }

  /** One attempt. Returns what is still to do, in order. */
  async #attempt(batch: Batch): Promise<Batch[]> {
    const { kernel, invoker, fn, config } = this.#owner;
    const expired = this.#expired(batch.items);
    if (expired > 0) {
      await this.#giveUp(batch.items.slice(0, expired), 'RecordAgeExceeded', batch.failures);
      return this.#batches({ items: batch.items.slice(expired), failures: batch.failures });
    }
    const result = await invokeWithBatch(invoker, fn, batch.items);
    if (this.#owner.stopped()) return [];
    if (result === 'throttled') {
      await backOff(kernel.clock, 0, LONGEST_WAIT_MS);
      return [batch];
    }
    const succeeded = countSucceeded(batch.items, result, config.reportsItemFailures);
    this.#finish(batch.items.slice(0, succeeded));
    if (succeeded === batch.items.length) return [];
    kernel.report(`event source mapping of ${fn.name}`, new Error(result.payload));
    return this.#afterFailure({ items: batch.items.slice(succeeded), failures: batch.failures }, succeeded > 0, result);
  }

  /** Splitting a batch costs no retry, and neither does a step forward: the front record then has failed once. */
  async #afterFailure(batch: Batch, progress: boolean, result: InvocationResult): Promise<Batch[]> {
    const { config, kernel } = this.#owner;
    if (config.bisect && batch.items.length > 1) {
      if (progress) return [{ items: batch.items, failures: 0 }];
      const middle = Math.ceil(batch.items.length / 2);
      return [
        { items: batch.items.slice(0, middle), failures: batch.failures },
        { items: batch.items.slice(middle), failures: batch.failures },
      ];
    }
    const failures = progress ? 1 : batch.failures + 1;
    if (config.maximumRetries >= 0 && failures > config.maximumRetries) {
      await this.#giveUp(batch.items, 'RetryAttemptsExhausted', failures, result);
      return [];
    }
    await backOff(kernel.clock, failures - 1, LONGEST_WAIT_MS);
    return [{ items: batch.items, failures }];
  }

  async #giveUp(
    items: StreamItem[],
    because: GivenUpBecause,
    attempts: number,
    result?: InvocationResult,
  ): Promise<void> {
    await this.#owner.giveUp(items, because, attempts, result);
    if (!this.#owner.stopped()) this.#finish(items);
  }

  #finish(items: StreamItem[]): void {
    const last = items.at(-1);
    if (!last) return;
    this.done = last.record.dynamodb.SequenceNumber;
    this.#owner.progressed();
  }

  #batches(batch: Batch): Batch[] {
    return batch.items.length > 0 ? [batch] : [];
  }

  /** How many records at the front are too old to be tried (again). */
  #expired(items: StreamItem[]): number {
    const { maximumAgeSeconds } = this.#owner.config;
    if (maximumAgeSeconds < 0) return 0;
    const oldest = this.#owner.kernel.clock.now() / 1000 - maximumAgeSeconds;
    const young = items.findIndex(({ record }) => record.dynamodb.ApproximateCreationDateTime >= oldest);
    return young < 0 ? items.length : young;
  }
}

/** Records before the lowest failed sequence number are done; those after it run again even if they succeeded. */
function countSucceeded(items: StreamItem[], result: InvocationResult, reportsItemFailures: boolean): number {
  if (result.functionError) return 0;
  if (!reportsItemFailures) return items.length;
  const identifiers = items.map(({ record }) => record.dynamodb.SequenceNumber);
  const failed = failedItems(result.payload, identifiers);
  if (failed === 'all') return 0;
  const first = identifiers.findIndex((identifier) => failed.has(identifier));
  return first < 0 ? items.length : first;
}
