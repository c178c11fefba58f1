import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';
import { checkQueueName, noSuchQueue, type Queue, type QueueSettings, queueArn, queueNameFromUrl } from './queue.ts';

const rowShape = z.object({
  name: z.string(),
  settings: z.string(),
  created_at: z.number(),
  modified_at: z.number(),
});

/** The queues there are: in storage, with a copy in memory for every call to look in. */
export class QueueRegistry {
  readonly #kernel: Kernel;
  readonly #queues = new Map<string, Queue>();
  readonly #sql;

  constructor(kernel: Kernel) {
    const { db } = kernel.storage;
    db.exec(`CREATE TABLE IF NOT EXISTS sqs_queue (
      name TEXT PRIMARY KEY, settings TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL) STRICT`);
    this.#kernel = kernel;
    this.#sql = {
      save: db.prepare(
        'INSERT OR REPLACE INTO sqs_queue (name, settings, created_at, modified_at) VALUES (?, ?, ?, ?)',
      ),
      delete: db.prepare('DELETE FROM sqs_queue WHERE name = ?'),
    };
    for (const row of db.prepare('SELECT * FROM sqs_queue').all()) {
      const { name, settings, created_at, modified_at } = rowShape.parse(row);
      const queue = { name, settings: JSON.parse(settings), createdAt: created_at, modifiedAt: modified_at };
      this.#queues.set(name, { ...queue, arn: queueArn(kernel, name) });
    }
  }

  /** Inside a write. */
  save(name: string, settings: QueueSettings): Queue {
    checkQueueName(name);
    const now = this.#kernel.clock.now();
    const createdAt = this.#queues.get(name)?.createdAt ?? now;
    const queue = { name, arn: queueArn(this.#kernel, name), settings, createdAt, modifiedAt: now };
    this.#sql.save.run(name, JSON.stringify(settings), createdAt, now);
    this.#queues.set(name, queue);
    return queue;
  }

  /** Inside a write. */
  delete(name: string): void {
    this.#sql.delete.run(name);
    this.#queues.delete(name);
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  findByArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** @throws AwsError QueueDoesNotExist */
  byArn(arn: string): Queue {
    const queue = this.findByArn(arn);
    if (!queue) throw noSuchQueue();
    return queue;
  }

  /** @throws AwsError QueueDoesNotExist */
  byUrl(url: string): Queue {
    const queue = this.#queues.get(queueNameFromUrl(this.#kernel, url));
    if (!queue) throw noSuchQueue();
    return queue;
  }
}
