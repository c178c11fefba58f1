import * as z from 'zod';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import { type Delivery, type Fault, faultOf, urlOfQueue } from './target.ts';

export interface OutboxOptions {
  /** Prefix of the table: the service's name. */
  name: string;
  /** Hands a delivery to its target. `attempt` counts from 1. */
  send(delivery: Delivery, attempt: number): Promise<void>;
  deadLetterPrincipal(delivery: Delivery): Principal;
  /** The attributes that name the source: EventBridge calls it `RULE_ARN`, Scheduler `SCHEDULE_ARN`. */
  sourceAttribute: string;
}

// Enough to keep the functions of one machine busy; the rest wait in storage.
const MOST_AT_ONCE = 50;

// One second, then twice as long each time, up to ten minutes: 185 attempts reach past the 24 hours that the service tries for.
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 600_000;

const rowShape = z.object({ id: z.number(), delivery: z.string(), started_at: z.number(), attempts: z.number() });
type Row = z.infer<typeof rowShape>;
const idShape = z.object({ id: z.number() });
const dueShape = z.object({ due: z.number().nullable() });

/**
 * Deliveries that are owed: in storage from the write that caused them until the target accepted them or the dead letter queue did, so
 * that a crash loses none. At least once: one that crashes between the target's answer and the note of it is sent again.
 */
export class Outbox {
  readonly #kernel: Kernel;
  readonly #options: OutboxOptions;
  readonly #underWay = new Set<number>();
  readonly #sql;
  #timer: { time: number; cancel: () => void } | undefined;
  #started = false;

  constructor(kernel: Kernel, options: OutboxOptions) {
    const { db } = kernel.storage;
    const table = `${options.name}_delivery`;
    db.exec(`CREATE TABLE IF NOT EXISTS ${table} (
        id INTEGER PRIMARY KEY AUTOINCREMENT, delivery TEXT NOT NULL, started_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
        due_at INTEGER NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS ${table}_due ON ${table} (due_at)`);
    this.#kernel = kernel;
    this.#options = options;
    this.#sql = {
      insert: db.prepare(`INSERT INTO ${table} (delivery, started_at, attempts, due_at) VALUES (?, ?, 0, ?)`),
      due: db.prepare(`SELECT id FROM ${table} WHERE due_at <= ? ORDER BY due_at, id LIMIT ${MOST_AT_ONCE}`),
      nextDue: db.prepare(`SELECT min(due_at) AS due FROM ${table} WHERE due_at > ?`),
      get: db.prepare(`SELECT * FROM ${table} WHERE id = ?`),
      retry: db.prepare(`UPDATE ${table} SET attempts = ?, due_at = ? WHERE id = ?`),
      done: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
    };
  }

  /** Inside a write. */
  add(group: Group, delivery: Delivery): void {
    const now = this.#kernel.clock.now();
    this.#sql.insert.run(JSON.stringify(delivery), now, now);
    group.afterCommit(() => this.#pump());
  }

  /** From here on deliveries are made, those that were left from before first. */
  start(): void {
    this.#started = true;
    this.#pump();
  }

  stop(): void {
    this.#started = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #pump(): void {
    if (!this.#started) return;
    const now = this.#kernel.clock.now();
    for (const row of this.#sql.due.all(now)) {
      const { id } = idShape.parse(row);
      if (this.#underWay.has(id) || this.#underWay.size >= MOST_AT_ONCE) continue;
      this.#underWay.add(id);
      const attempt = this.#attempt(rowShape.parse(this.#sql.get.get(id)))
        .catch((error: unknown) => this.#kernel.report(`${this.#options.name} delivery`, error))
        .then(() => {
          this.#underWay.delete(id);
          this.#pump();
        });
      this.#kernel.track(attempt);
    }
    this.#arm(dueShape.parse(this.#sql.nextDue.get(now)).due);
  }

  #arm(due: number | null): void {
    if (due === null || (this.#timer && this.#timer.time <= due)) return;
    this.#timer?.cancel();
    const cancel = this.#kernel.clock.at(due, () => {
      this.#timer = undefined;
      this.#pump();
    });
    this.#timer = { time: due, cancel };
  }

  async #attempt(row: Row): Promise<void> {
    const delivery: Delivery = JSON.parse(row.delivery);
    const attempts = row.attempts + 1;
    const fault = delivery.fault ?? (await this.#send(delivery, attempts));
    if (!fault) {
      await this.#kernel.storage.write(() => this.#sql.done.run(row.id));
      return;
    }
    const now = this.#kernel.clock.now();
    const dueAt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
    const exhausted = exhaustedCondition(delivery, attempts, dueAt - row.started_at);
    if (fault.retryable && !exhausted) {
      await this.#kernel.storage.write(() => this.#sql.retry.run(attempts, dueAt, row.id));
      return;
    }
    await this.#bury(delivery, fault, attempts - 1, fault.retryable ? exhausted : undefined);
    await this.#kernel.storage.write(() => this.#sql.done.run(row.id));
  }

  async #send(delivery: Delivery, attempt: number): Promise<Fault | undefined> {
    try {
      await this.#options.send(delivery, attempt);
      return undefined;
    } catch (error) {
      return faultOf(error);
    }
  }

  async #bury(delivery: Delivery, fault: Fault, retries: number, exhausted: string | undefined): Promise<void> {
    const { name, sourceAttribute, deadLetterPrincipal } = this.#options;
    const failure = new Error(`${delivery.source} to ${delivery.target}: ${fault.code}: ${fault.message}`);
    this.#kernel.report(`${name} delivery`, failure);
    if (!delivery.deadLetterArn) return;
    const attributes = {
      [sourceAttribute]: delivery.source,
      TARGET_ARN: delivery.target,
      ERROR_CODE: fault.code,
      ERROR_MESSAGE: fault.message || fault.code,
      RETRY_ATTEMPTS: String(retries),
      ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]),
    );
    const QueueUrl = urlOfQueue(this.#kernel, delivery.deadLetterArn);
    const message = { QueueUrl, MessageBody: delivery.event ?? delivery.input, MessageAttributes };
    await this.#kernel.call('sqs', 'SendMessage', message, deadLetterPrincipal(delivery)).catch((error: unknown) => {
      // As on AWS, what its dead letter queue refuses is lost: but said.
      this.#kernel.report(`${name} dead letter of ${delivery.source}`, error);
    });
  }
}

function exhaustedCondition(delivery: Delivery, attempts: number, age: number): string | undefined {
  if (attempts > delivery.maximumRetryAttempts) return 'MaximumRetryAttempts';
  return age > delivery.maximumAge * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
}
