import type { Kernel } from '../../kernel/kernel.ts';
import type { QueueRecord, QueueSource } from '../../kernel/streams.ts';
import { type LambdaFunction, rolePrincipal } from '../function.ts';
import type { Invoker } from '../invoker.ts';
import { batchLength, type Item, invokeWithBatch } from './batch.ts';
import { failedItems } from './batch-response.ts';
import { messageFilter } from './filter.ts';
import type { QueueMappingConfig } from './mapping-config.ts';

/** SQS hands out ten messages at a time. */
const RECEIVE_LIMIT = 10;

/**
 * Feeds a function from a queue. A message leaves the queue when the function is done with it; one that failed comes back by itself when its
 * visibility time-out ends, and the queue's redrive policy decides how often.
 */
export class QueueMapping {
  readonly config: QueueMappingConfig;
  readonly fn: LambdaFunction;
  #kernel: Kernel;
  #invoker: Invoker;
  #queues: QueueSource;
  #passes: (record: QueueRecord) => boolean;
  #running = 0;
  #polling = false;
  /** Messages became visible while a poll was under way: it may have missed them. */
  #pollAgain = false;
  #wakeCollector: (() => void) | undefined;
  #stopped = false;
  #unsubscribe: (() => void) | undefined;

  constructor(kernel: Kernel, invoker: Invoker, queues: QueueSource, fn: LambdaFunction, config: QueueMappingConfig) {
    this.#kernel = kernel;
    this.#invoker = invoker;
    this.#queues = queues;
    this.fn = fn;
    this.config = config;
    this.#passes = messageFilter(config.patterns);
  }

  /** @throws AwsError `AccessDeniedException` unless the function's role may consume the queue */
  start(): void {
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
      this.#kernel.authorizer.authorize(rolePrincipal(this.fn), `sqs:${action}`, this.config.sourceArn);
    }
    this.#unsubscribe = this.#queues.onQueueVisible(this.config.sourceArn, () => this.#pump());
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#wakeCollector?.();
  }

  #pump(): void {
    if (this.#polling) {
      this.#pollAgain = true;
      this.#wakeCollector?.();
      return;
    }
    this.#polling = true;
    this.#poll()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#polling = false;
      });
  }

  /** Takes batches as long as there are messages and the function has room. */
  async #poll(): Promise<void> {
    while (!this.#stopped && this.#running < this.config.maximumConcurrency) {
      this.#pollAgain = false;
      const { items, drained } = await this.#collect();
      // What was taken meanwhile comes back when its visibility time-out ends.
      if (this.#stopped) return;
      while (items.length > 0) this.#startBatch(items.splice(0, batchLength(items, this.config.batchSize)));
      if (drained && !this.#pollAgain) return;
    }
  }

  /** One batch: as many messages as are there, waiting for more of them up to the batching window. `drained`: the queue had no more. */
  async #collect(): Promise<{ items: Item<QueueRecord>[]; drained: boolean }> {
    const { batchSize, windowMs } = this.config;
    const { clock } = this.#kernel;
    const items: Item<QueueRecord>[] = [];
    let closes = clock.now();
    for (;;) {
      const limit = Math.min(RECEIVE_LIMIT, batchSize - items.length);
      const records = await this.#receive(limit);
      if (items.length === 0) closes = clock.now() + windowMs;
      for (const record of await this.#dropFiltered(records)) {
        items.push({ record, text: JSON.stringify(record), arrived: clock.now() });
      }
      const drained = records.length < limit;
      if (items.length === 0 || items.length >= batchSize || this.#stopped) return { items, drained };
      if (!drained) continue;
      if (clock.now() >= closes) return { items, drained };
      await this.#untilVisibleOr(closes);
    }
  }

  #receive(limit: number): Promise<QueueRecord[]> {
    const { sourceArn } = this.config;
    return this.#kernel.track(this.#queues.receiveFromQueue(sourceArn, limit, rolePrincipal(this.fn)));
  }

  /** What no filter lets through is deleted, as Lambda does: nobody else would ever take it. */
  async #dropFiltered(records: QueueRecord[]): Promise<QueueRecord[]> {
    const passed = records.filter(this.#passes);
    if (passed.length < records.length) await this.#delete(records.filter((record) => !passed.includes(record)));
    return passed;
  }

  #untilVisibleOr(time: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#kernel.clock.at(time, resolve);
      this.#wakeCollector = () => {
        this.#wakeCollector = undefined;
        cancel();
        resolve();
      };
    });
  }

  #startBatch(items: Item<QueueRecord>[]): void {
    this.#running += 1;
    this.#process(items)
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#running -= 1;
        if (!this.#stopped) this.#pump();
      });
  }

  async #process(items: Item<QueueRecord>[]): Promise<void> {
    const result = await invokeWithBatch(this.#invoker, this.fn, items);
    if (this.#stopped || result === 'throttled') return;
    const records = items.map(({ record }) => record);
    if (result.functionError) return this.#failed(new Error(result.payload));
    const identifiers = records.map(({ messageId }) => messageId);
    const failed = this.config.reportsItemFailures ? failedItems(result.payload, identifiers) : new Set<string>();
    if (failed === 'all') return this.#failed(new Error(`batchItemFailures make no sense: ${result.payload}`));
    await this.#delete(records.filter(({ messageId }) => !failed.has(messageId)));
  }

  async #delete(records: QueueRecord[]): Promise<void> {
    if (records.length === 0) return;
    const handles = records.map(({ receiptHandle }) => receiptHandle);
    await this.#kernel.track(this.#queues.deleteFromQueue(this.config.sourceArn, handles, rolePrincipal(this.fn)));
  }

  #failed(error: unknown): void {
    this.#kernel.report(`event source mapping of ${this.fn.name}`, error);
  }
}
