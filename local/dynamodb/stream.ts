import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Json } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import type { StreamRecord } from '../kernel/streams.ts';
import { type Item, itemSize } from './attribute-value.ts';
import type { ViewType } from './schema.ts';

export interface Change {
  time: number;
  keys: Item;
  /** Images as JSON. */
  before: string | null;
  after: string | null;
  /** Deleted by the service because its time to live was over. */
  expired: boolean;
}

export const RETENTION = 24 * 60 * 60 * 1000;

// Sequence numbers are times in microseconds, counted up where two fall together: they go on rising over restarts and
// trimming without a counter on disk. AWS's have 21 digits or more.
const SEQUENCE_PREFIX = '10000';
const PER_MILLISECOND = 1000;

const KEPT_RECORDS = 100;

export function sequenceText(sequence: number): string {
  return SEQUENCE_PREFIX + String(sequence).padStart(16, '0');
}

/** The inverse of `sequenceText`; undefined for what is no sequence number. */
export function parseSequence(text: string): number | undefined {
  return /^10000\d{16}$/.test(text) ? Number(text.slice(SEQUENCE_PREFIX.length)) : undefined;
}

/** The oldest sequence number that a record of `time` can have. */
export function sequenceAt(time: number): number {
  return time * PER_MILLISECOND;
}

/** The changes of one table, in one shard, in the order they were made. */
export class Stream {
  readonly arn: string;
  readonly label: string;
  readonly viewType: ViewType;
  /** The newest record that is on disk: those after it belong to a group that may still fail. */
  committed: number;
  readonly #region: string;
  readonly #listeners = new Set<() => void>();
  readonly #sqlName: string;
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  #last: number;
  #isAnnouncing = false;
  /** What was read last: a table's readers ask for the same one after the other. */
  #recent: { after: number; upTo: number; limit: number; records: readonly StreamRecord[] } | undefined;

  constructor(db: DatabaseSync, tableId: number, tableArn: string, label: string, viewType: ViewType, region: string) {
    this.#db = db;
    this.#region = region;
    this.label = label;
    this.arn = `${tableArn}/stream/${label}`;
    this.viewType = viewType;
    this.#sqlName = `ddb_stream_${tableId}`;
    db.exec(
      `CREATE TABLE IF NOT EXISTS ${this.#sqlName}
         (sequence INTEGER PRIMARY KEY, time INTEGER, keys TEXT, before TEXT, after TEXT, expired INTEGER)`,
    );
    this.#insert = db.prepare(`INSERT INTO ${this.#sqlName} VALUES (?, ?, ?, ?, ?, ?)`);
    this.#select = db.prepare(
      `SELECT * FROM ${this.#sqlName} WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
    );
    this.#last = Number(db.prepare(`SELECT max(sequence) AS last FROM ${this.#sqlName}`).get()?.last ?? 0);
    this.committed = this.#last;
  }

  append(group: Group, change: Change): void {
    this.#last = Math.max(this.#last + 1, sequenceAt(change.time));
    const sequence = this.#last;
    const keys = JSON.stringify(change.keys);
    const before = kept(change.before, hasOld(this.viewType));
    const after = kept(change.after, hasNew(this.viewType));
    this.#insert.run(sequence, change.time, keys, before, after, change.expired ? 1 : 0);
    group.afterCommit(() => {
      this.committed = Math.max(this.committed, sequence);
      this.#announce();
    });
  }

  /** Once for all records of a group: their effects run one after the other, in one turn. */
  #announce(): void {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    queueMicrotask(() => {
      this.#isAnnouncing = false;
      for (const listener of this.#listeners) listener();
    });
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Committed records after `sequence`, oldest first. */
  read(sequence: number, limit: number): readonly StreamRecord[] {
    const upTo = this.committed;
    if (sequence >= upTo) return [];
    const recent = this.#recent;
    if (recent?.after === sequence && recent.upTo === upTo && recent.limit === limit) return recent.records;
    const records = this.#select.all(sequence, upTo, limit).map((row) => this.#record(row));
    // What a reader far behind catches up on is not kept: it may be thousands of items.
    this.#recent = records.length <= KEPT_RECORDS ? { after: sequence, upTo, limit, records } : undefined;
    return records;
  }

  /** Time of the oldest record. */
  oldest(): number | undefined {
    const row = this.#db.prepare(`SELECT time FROM ${this.#sqlName} ORDER BY sequence LIMIT 1`).get();
    return row && Number(row.time);
  }

  trim(before: number): void {
    this.#recent = undefined;
    this.#db.prepare(`DELETE FROM ${this.#sqlName} WHERE sequence < ?`).run(sequenceAt(before));
  }

  drop(): void {
    this.#db.exec(`DROP TABLE ${this.#sqlName}`);
  }

  #record(row: Record<string, unknown>): StreamRecord {
    const keys: Item = JSON.parse(String(row.keys));
    const after = row.after !== null && hasNew(this.viewType) ? image(row.after) : undefined;
    const before = row.before !== null && hasOld(this.viewType) ? image(row.before) : undefined;
    const sequence = sequenceText(Number(row.sequence));
    return {
      eventID: createHash('md5').update(`${this.arn}${sequence}`).digest('hex'),
      eventName: row.before === null ? 'INSERT' : row.after === null ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      eventSourceARN: this.arn,
      dynamodb: {
        // Lambda and GetRecords both give whole seconds.
        ApproximateCreationDateTime: Math.floor(Number(row.time) / 1000),
        Keys: json(keys),
        ...(after && { NewImage: json(after) }),
        ...(before && { OldImage: json(before) }),
        SequenceNumber: sequence,
        SizeBytes: itemSize(keys) + (after ? itemSize(after) : 0) + (before ? itemSize(before) : 0),
        StreamViewType: this.viewType,
      },
      ...(row.expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    };
  }
}

const hasNew = (viewType: ViewType): boolean => viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
const hasOld = (viewType: ViewType): boolean => viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';

/** An image that the view does not show is kept as a mark that there was one: `INSERT`, `MODIFY` and `REMOVE` are told apart by it. */
const kept = (image: string | null, isShown: boolean): string | null => (image === null || isShown ? image : '');

const image = (text: unknown): Item => JSON.parse(String(text));

function json(item: Item): Record<string, Json> {
  return item as Record<string, Json>;
}
