import { randomUUID } from 'node:crypto';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import { inFairOrder } from './fair-order.ts';
import { type MessageAttributes, messageSize } from './message-digest.ts';
import { MessageStore, type QueueCounts, type StoredMessage } from './message-store.ts';
import { LARGEST_MESSAGE, type Queue } from './queue.ts';
import type { QueueRegistry } from './queue-registry.ts';
import { Visibility } from './visibility.ts';

export interface Outgoing {
  body: string;
  attributes?: MessageAttributes | undefined;
  /** Seconds; the queue's own delay if left out. */
  delay?: number | undefined;
  /** On a standard queue it names a tenant: see `inFairOrder`. */
  groupId?: string | undefined;
  traceHeader?: string | undefined;
}

export interface Received {
  message: StoredMessage;
  receiptHandle: string;
  /** Of this receive: counting from 1. */
  receiveCount: number;
  firstReceivedAt: number;
}

const ONE_DAY = 86_400_000;

// What XML 1.0 has no character for, in which the service once answered: the rule outlived the protocol.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Messages in and out of queues, by the rules of a standard queue. Nobody's rights are checked here: that is the API's to do. */
export class Broker {
  readonly visibility: Visibility;
  readonly #kernel: Kernel;
  readonly #queues: QueueRegistry;
  readonly #messages: MessageStore;
  #cancelCleaning = () => {};

  constructor(kernel: Kernel, queues: QueueRegistry) {
    this.#kernel = kernel;
    this.#queues = queues;
    this.#messages = new MessageStore(kernel.storage.db);
    this.visibility = new Visibility(kernel.clock, (queue, after) => this.#messages.nextVisible(queue, after));
  }

  /** The oldest messages of a queue, for who only looks. */
  peek(queue: string, limit: number): ReturnType<MessageStore['peek']> {
    return this.#messages.peek(queue, limit);
  }

  /** Inside a write. Answers the message's id. */
  send(group: Group, queue: Queue, message: Outgoing, principal: Principal): string {
    const attributes = message.attributes ?? {};
    if (message.body.length === 0) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    }
    if (FORBIDDEN_CHARACTERS.test(message.body)) {
      throw new AwsError(
        'InvalidMessageContents',
        'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
      );
    }
    const limit = queue.settings.MaximumMessageSize;
    if (messageSize(message.body, attributes) > limit) {
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      );
    }
    const now = this.#kernel.clock.now();
    const visibleAt = now + (message.delay ?? queue.settings.DelaySeconds) * 1000;
    const messageId = randomUUID();
    const system = {
      SenderId: senderId(this.#kernel, principal),
      MessageGroupId: message.groupId,
      AWSTraceHeader: message.traceHeader,
    };
    this.#messages.insert(queue.name, { messageId, body: message.body, attributes, system }, now, visibleAt);
    group.afterCommit(() => this.visibility.visibleAt(queue.name, visibleAt));
    return messageId;
  }

  /** Whether a receive could find something: spares the empty ones a transaction. */
  mayReceive(queue: Queue): boolean {
    return this.#messages.hasVisible(queue.name, this.#kernel.clock.now());
  }

  /**
   * Takes up to `limit` visible messages and hides them for `timeout` seconds. On the way, messages past the retention period are
   * dropped and those received too often move to the dead letter queue. Inside a write.
   * @param byMapping for an event source mapping of this machine
   */
  receive(group: Group, queue: Queue, limit: number, timeout: number, byMapping = false): Received[] {
    const now = this.#kernel.clock.now();
    const visibleAt = now + timeout * 1000;
    const received = new Map<number, Received>();
    for (let skipped = true; skipped && received.size < limit; ) {
      skipped = false;
      for (const message of this.#next(queue, now, limit)) {
        if (received.has(message.id) || received.size === limit) continue;
        if (this.#leavesQueue(group, queue, message, now)) {
          skipped = true;
          continue;
        }
        const receiptHandle = this.#messages.take(message, now, visibleAt, byMapping);
        const firstReceivedAt = message.firstReceivedAt ?? now;
        received.set(message.id, { message, receiptHandle, receiveCount: message.receiveCount + 1, firstReceivedAt });
      }
    }
    if (received.size > 0) group.afterCommit(() => this.visibility.visibleAt(queue.name, visibleAt));
    return [...received.values()];
  }

  /** The oldest visible messages; where they belong to groups, fairly. */
  #next(queue: Queue, now: number, limit: number): StoredMessage[] {
    const oldest = this.#messages.visible(queue.name, now, limit);
    if (!oldest.some(({ system }) => system.MessageGroupId !== undefined)) return oldest;
    const ofNoGroup = oldest.flatMap(({ id, sentAt, system }) =>
      system.MessageGroupId === undefined ? [{ id, sentAt, group: undefined }] : [],
    );
    const waiting = [...ofNoGroup, ...this.#messages.visibleByGroup(queue.name, now, limit)];
    const chosen = inFairOrder(waiting, this.#messages.inFlightByGroup(queue.name, now), limit);
    return this.#messages.byIds(chosen.map(({ id }) => id));
  }

  /** Inside a write. */
  delete(queue: Queue, receiptHandle: string): void {
    if (!this.#messages.remove(queue.name, receiptHandle)) throw invalidHandle(receiptHandle);
  }

  /** `timeout` in seconds from now. Inside a write. */
  changeVisibility(group: Group, queue: Queue, receiptHandle: string, timeout: number): void {
    const now = this.#kernel.clock.now();
    const visibleAt = now + timeout * 1000;
    const outcome = this.#messages.changeVisibility(queue.name, receiptHandle, now, visibleAt);
    if (outcome === 'no handle') throw invalidHandle(receiptHandle);
    if (outcome === 'not in flight') {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    if (outcome === 'gone') {
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    group.afterCommit(() => this.visibility.visibleAt(queue.name, visibleAt));
  }

  /** Inside a write. */
  purge(queue: Queue): void {
    this.#messages.purge(queue.name);
  }

  counts(queue: Queue): QueueCounts {
    const now = this.#kernel.clock.now();
    return this.#messages.counts(queue.name, now, now - retention(queue));
  }

  /**
   * Moves every visible message of a dead letter queue to `destination`, or each to the queue that gave it up. Answers how many.
   * Inside a write.
   */
  redrive(group: Group, deadLetterQueue: Queue, destination: Queue | undefined): number {
    const now = this.#kernel.clock.now();
    const messages = this.#messages.visible(deadLetterQueue.name, now, Number.MAX_SAFE_INTEGER);
    let moved = 0;
    for (const message of messages) {
      const queue = destination ?? this.#queues.findByArn(message.deadLetterSource ?? '');
      if (!queue) continue;
      this.#messages.redrive(message, queue.name, now);
      group.afterCommit(() => this.visibility.visibleAt(queue.name, now));
      moved += 1;
    }
    return moved;
  }

  /**
   * At the start: what the mappings of the process before had taken when it ended, nobody works on any more. Lambda's pollers do not die with a
   * machine of ours; so here a crash neither costs the visibility time-out nor counts as a try, which after a few of them would be a dead letter.
   */
  releaseMappings(): void {
    const released = this.#kernel.storage.write(() => this.#messages.releaseMappings(this.#kernel.clock.now()));
    this.#kernel.track(released).catch((error: unknown) => this.#kernel.report('sqs start', error));
  }

  /** Drops once a day what is past the retention period of queues that nobody reads; receives drop the rest. */
  startCleaning(): void {
    const clean = () => {
      this.#cancelCleaning = this.#kernel.clock.at(this.#kernel.clock.now() + ONE_DAY, clean);
      const cleaned = this.#kernel.storage.write(() => {
        const now = this.#kernel.clock.now();
        for (const queue of this.#queues.all()) this.#messages.expire(queue.name, now - retention(queue));
      });
      this.#kernel.track(cleaned).catch((error: unknown) => this.#kernel.report('sqs cleaning', error));
    };
    clean();
  }

  stop(): void {
    this.#cancelCleaning();
    this.visibility.stop();
  }

  #leavesQueue(group: Group, queue: Queue, message: StoredMessage, now: number): boolean {
    if (message.sentAt <= now - retention(queue)) {
      this.#messages.drop(message);
      return true;
    }
    const { redrive } = queue.settings;
    if (!redrive || message.receiveCount - message.released < redrive.maxReceiveCount) return false;
    const deadLetterQueue = this.#queues.findByArn(redrive.deadLetterTargetArn);
    if (!deadLetterQueue) return false;
    this.#messages.bury(message, deadLetterQueue.name, now, queue.arn);
    group.afterCommit(() => this.visibility.visibleAt(deadLetterQueue.name, now));
    return true;
  }
}

/** @throws AwsError BatchRequestTooLong when the messages of one batch exceed together what one message may. */
export function checkBatchSize(messages: Outgoing[]): void {
  const size = messages.reduce((sum, { body, attributes }) => sum + messageSize(body, attributes ?? {}), 0);
  if (size <= LARGEST_MESSAGE) return;
  throw new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${LARGEST_MESSAGE} bytes. You have sent ${size} bytes.`,
  );
}

function retention(queue: Queue): number {
  return queue.settings.MessageRetentionPeriod * 1000;
}

function invalidHandle(handle: string): AwsError {
  return new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
}

function senderId(kernel: Kernel, principal: Principal): string {
  switch (principal.kind) {
    case 'operator':
      return kernel.account;
    case 'role':
      return `${principal.arn.slice(principal.arn.lastIndexOf('/') + 1)}:${principal.session}`;
    case 'service':
      return principal.service;
  }
}
