import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Waiting } from './fair-order.ts';
import type { MessageAttributes } from './message-digest.ts';

/** What travels with a message besides its body and its own attributes. */
export interface SystemAttributes {
  SenderId: string;
  MessageGroupId?: string | undefined;
  AWSTraceHeader?: string | undefined;
}

export interface NewMessage {
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  system: SystemAttributes;
}

export interface StoredMessage extends NewMessage {
  id: number;
  sentAt: number;
  firstReceivedAt: number | null;
  receiveCount: number;
  /** How many of these ended with the machine, and not with an outcome. */
  released: number;
  /** ARN of the queue that gave the message up, for one in a dead letter queue. */
  deadLetterSource: string | null;
}

export interface QueueCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** The group of a fair queue. As an expression, because it stands among the system attributes. */
const GROUP = "json_extract(system, '$.MessageGroupId')";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sqs_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    system TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    first_received_at INTEGER,
    receive_count INTEGER NOT NULL DEFAULT 0,
    receipt TEXT,
    dead_letter_source TEXT,
    by_mapping INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_at);
  CREATE INDEX IF NOT EXISTS sqs_message_group ON sqs_message (queue, ${GROUP}, visible_at) WHERE ${GROUP} IS NOT NULL;`;

const rowShape = z.object({
  id: z.number(),
  message_id: z.string(),
  body: z.string(),
  attributes: z.string(),
  system: z.string(),
  sent_at: z.number(),
  first_received_at: z.number().nullable(),
  receive_count: z.number(),
  released: z.number(),
  dead_letter_source: z.string().nullable(),
});
const countsShape = z.object({ visible: z.number(), inFlight: z.number(), delayed: z.number() });
const groupShape = z.object({ name: z.string() });
const loadShape = z.object({ name: z.string(), count: z.number() });
const timeShape = z.object({ time: z.number().nullable() });

/** The messages of all queues. Every method is synchronous and belongs inside a write of the storage. Times are epoch milliseconds. */
export class MessageStore {
  readonly #sql;

  constructor(db: DatabaseSync) {
    db.exec(SCHEMA);
    this.#sql = {
      insert: db.prepare(
        'INSERT INTO sqs_message (queue, visible_at, message_id, body, attributes, system, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      visible: db.prepare(
        'SELECT * FROM sqs_message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
      ),
      // From one group to the next by the index, however many messages each has.
      groups: db.prepare(
        `WITH RECURSIVE found (name) AS (
           SELECT min(${GROUP}) FROM sqs_message WHERE queue = :queue AND ${GROUP} IS NOT NULL
           UNION ALL
           SELECT (SELECT min(${GROUP}) FROM sqs_message WHERE queue = :queue AND ${GROUP} IS NOT NULL AND ${GROUP} > found.name)
           FROM found WHERE found.name IS NOT NULL)
         SELECT name FROM found WHERE name IS NOT NULL`,
      ),
      visibleOfGroup: db.prepare(
        `SELECT id, sent_at AS sentAt FROM sqs_message WHERE queue = ? AND ${GROUP} IS NOT NULL AND ${GROUP} = ? AND visible_at <= ?
         ORDER BY visible_at, id LIMIT ?`,
      ),
      inFlightByGroup: db.prepare(
        `SELECT ${GROUP} AS name, count(*) AS count FROM sqs_message
         WHERE queue = ? AND visible_at > ? AND receipt IS NOT NULL AND ${GROUP} IS NOT NULL GROUP BY 1`,
      ),
      byId: db.prepare('SELECT * FROM sqs_message WHERE id = ?'),
      anyVisible: db.prepare('SELECT 1 FROM sqs_message WHERE queue = ? AND visible_at <= ? LIMIT 1'),
      nextVisible: db.prepare('SELECT min(visible_at) AS time FROM sqs_message WHERE queue = ? AND visible_at > ?'),
      take: db.prepare(
        'UPDATE sqs_message SET visible_at = ?, receive_count = receive_count + 1, first_received_at = coalesce(first_received_at, ?), receipt = ?, by_mapping = ? WHERE id = ?',
      ),
      release: db.prepare(
        `UPDATE sqs_message SET visible_at = :now, released = released + 1, receipt = NULL, by_mapping = 0
         WHERE by_mapping = 1 AND visible_at > :now`,
      ),
      bury: db.prepare(
        'UPDATE sqs_message SET queue = ?, visible_at = ?, receipt = NULL, dead_letter_source = ? WHERE id = ?',
      ),
      redrive: db.prepare(
        `UPDATE sqs_message SET queue = ?, visible_at = ?, sent_at = ?, message_id = ?, receive_count = 0, released = 0, first_received_at = NULL,
         receipt = NULL, dead_letter_source = NULL WHERE id = ?`,
      ),
      drop: db.prepare('DELETE FROM sqs_message WHERE id = ?'),
      remove: db.prepare('DELETE FROM sqs_message WHERE id = ? AND queue = ? AND receipt = ?'),
      hide: db.prepare(
        'UPDATE sqs_message SET visible_at = ? WHERE id = ? AND queue = ? AND receipt = ? AND visible_at > ?',
      ),
      held: db.prepare('SELECT 1 FROM sqs_message WHERE id = ? AND queue = ? AND receipt = ?'),
      peek: db.prepare('SELECT * FROM sqs_message WHERE queue = ? ORDER BY id LIMIT ?'),
      purge: db.prepare('DELETE FROM sqs_message WHERE queue = ?'),
      expire: db.prepare('DELETE FROM sqs_message WHERE queue = ? AND sent_at <= ?'),
      counts: db.prepare(
        `SELECT count(*) FILTER (WHERE visible_at <= :now) AS visible, count(*) FILTER (WHERE visible_at > :now AND receipt IS NOT NULL) AS inFlight,
         count(*) FILTER (WHERE visible_at > :now AND receipt IS NULL) AS delayed FROM sqs_message WHERE queue = :queue AND sent_at > :since`,
      ),
    };
  }

  insert(queue: string, message: NewMessage, now: number, visibleAt: number): void {
    const attributes = JSON.stringify(message.attributes);
    const system = JSON.stringify(message.system);
    this.#sql.insert.run(queue, visibleAt, message.messageId, message.body, attributes, system, now);
  }

  /** The oldest messages, visible or not, left as they are. */
  peek(queue: string, limit: number): { body: string; sentAt: number; receiveCount: number }[] {
    return this.#sql.peek.all(queue, limit).map((row) => {
      const { body, sent_at: sentAt, receive_count: receiveCount } = rowShape.parse(row);
      return { body, sentAt, receiveCount };
    });
  }

  hasVisible(queue: string, now: number): boolean {
    return this.#sql.anyVisible.get(queue, now) !== undefined;
  }

  /** When the next message that is hidden at `after` becomes visible. */
  nextVisible(queue: string, after: number): number | undefined {
    return timeShape.parse(this.#sql.nextVisible.get(queue, after)).time ?? undefined;
  }

  visible(queue: string, now: number, limit: number): StoredMessage[] {
    return this.#sql.visible.all(queue, now, limit).map((row) => stored(rowShape.parse(row)));
  }

  /** The oldest visible messages of each group, up to `limit` of each. */
  visibleByGroup(queue: string, now: number, limit: number): Waiting[] {
    return this.#sql.groups.all({ queue }).flatMap((row) => {
      const { name: group } = groupShape.parse(row);
      const rows = this.#sql.visibleOfGroup.all(queue, group, now, limit);
      return rows.map(({ id, sentAt }) => ({ id: Number(id), sentAt: Number(sentAt), group }));
    });
  }

  byIds(ids: readonly number[]): StoredMessage[] {
    return ids.map((id) => stored(rowShape.parse(this.#sql.byId.get(id))));
  }

  inFlightByGroup(queue: string, now: number): Map<string, number> {
    const rows = this.#sql.inFlightByGroup.all(queue, now).map((row) => loadShape.parse(row));
    return new Map(rows.map(({ name, count }) => [name, count]));
  }

  /**
   * Hides a message until `visibleAt` and answers the receipt handle of this receive: only the latest one deletes.
   * @param byMapping for an event source mapping of this machine
   */
  take(message: StoredMessage, now: number, visibleAt: number, byMapping: boolean): string {
    const receipt = randomUUID();
    this.#sql.take.run(visibleAt, now, receipt, byMapping ? 1 : 0, message.id);
    return Buffer.from(`${message.id} ${receipt}`).toString('base64');
  }

  /** Gives back what event source mappings had taken. It counts as received, but not as a try. */
  releaseMappings(now: number): void {
    this.#sql.release.run({ now });
  }

  /** Moves a message that was received too often. It keeps its id, its age and its receive count. */
  bury(message: StoredMessage, deadLetterQueue: string, now: number, sourceArn: string): void {
    this.#sql.bury.run(deadLetterQueue, now, sourceArn, message.id);
  }

  /** Moves a message out of a dead letter queue: from then on it is a new one. */
  redrive(message: StoredMessage, queue: string, now: number): void {
    this.#sql.redrive.run(queue, now, now, randomUUID(), message.id);
  }

  drop(message: StoredMessage): void {
    this.#sql.drop.run(message.id);
  }

  /** Deletes by receipt handle; a handle of an earlier receive deletes nothing. False: this is no receipt handle. */
  remove(queue: string, receiptHandle: string): boolean {
    const handle = readHandle(receiptHandle);
    if (!handle) return false;
    this.#sql.remove.run(handle.id, queue, handle.receipt);
    return true;
  }

  changeVisibility(
    queue: string,
    receiptHandle: string,
    now: number,
    visibleAt: number,
  ): 'changed' | 'not in flight' | 'gone' | 'no handle' {
    const handle = readHandle(receiptHandle);
    if (!handle) return 'no handle';
    if (this.#sql.hide.run(visibleAt, handle.id, queue, handle.receipt, now).changes > 0) return 'changed';
    return this.#sql.held.get(handle.id, queue, handle.receipt) ? 'not in flight' : 'gone';
  }

  purge(queue: string): void {
    this.#sql.purge.run(queue);
  }

  /** Drops what was sent at or before `until`. */
  expire(queue: string, until: number): void {
    this.#sql.expire.run(queue, until);
  }

  counts(queue: string, now: number, since: number): QueueCounts {
    return countsShape.parse(this.#sql.counts.get({ queue, now, since }));
  }
}

function stored(row: z.infer<typeof rowShape>): StoredMessage {
  return {
    id: row.id,
    messageId: row.message_id,
    body: row.body,
    attributes: JSON.parse(row.attributes),
    system: JSON.parse(row.system),
    sentAt: row.sent_at,
    firstReceivedAt: row.first_received_at,
    receiveCount: row.receive_count,
    released: row.released,
    deadLetterSource: row.dead_letter_source,
  };
}

function readHandle(handle: string): { id: number; receipt: string } | undefined {
  const match = /^(\d+) ([0-9a-f-]{36})$/.exec(Buffer.from(handle, 'base64').toString());
  return match ? { id: Number(match[1]), receipt: match[2]! } : undefined;
}
