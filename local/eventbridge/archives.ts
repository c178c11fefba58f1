import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import type { EventFields } from './event-fields.ts';
import { compilePattern, type EventPattern } from './pattern.ts';
import type { EventObject } from './target-input.ts';

export const archiveShape = z.object({
  name: z.string(),
  bus: z.string(),
  description: z.string().optional(),
  pattern: z.string().optional(),
  /** Days; 0 = for ever. */
  retentionDays: z.number(),
  createdAt: z.number(),
});
export type Archive = z.infer<typeof archiveShape>;

export interface ArchivedEvent {
  id: number;
  event: EventObject;
}

const ONE_DAY = 86_400_000;

const jsonShape = z.object({ definition: z.string() });
const eventShape = z.object({ id: z.number(), event: z.string() });
const sizeShape = z.object({ events: z.number(), bytes: z.number().nullable() });

/** Events that are kept to be replayed. */
export class Archives {
  readonly #kernel: Kernel;
  readonly #archives = new Map<string, { archive: Archive; pattern: EventPattern | undefined }>();
  readonly #sql;
  #cancelCleaning = () => {};

  constructor(kernel: Kernel) {
    const { db } = kernel.storage;
    db.exec(`CREATE TABLE IF NOT EXISTS events_archive (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS events_archived (
        id INTEGER PRIMARY KEY AUTOINCREMENT, archive TEXT NOT NULL, time INTEGER NOT NULL, event TEXT NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS events_archived_time ON events_archived (archive, time)`);
    this.#kernel = kernel;
    this.#sql = {
      save: db.prepare('INSERT OR REPLACE INTO events_archive (name, definition) VALUES (?, ?)'),
      keep: db.prepare('INSERT INTO events_archived (archive, time, event) VALUES (?, ?, ?)'),
      expire: db.prepare('DELETE FROM events_archived WHERE archive = ? AND time <= ?'),
      size: db.prepare('SELECT count(*) AS events, sum(length(event)) AS bytes FROM events_archived WHERE archive = ?'),
      page: db.prepare(
        'SELECT id, event FROM events_archived WHERE archive = ? AND id > ? AND time >= ? AND time <= ? ORDER BY id LIMIT ?',
      ),
    };
    for (const row of db.prepare('SELECT definition FROM events_archive').all()) {
      this.#register(archiveShape.parse(JSON.parse(jsonShape.parse(row).definition)));
    }
  }

  all(): Archive[] {
    return [...this.#archives.values()].map(({ archive }) => archive);
  }

  find(name: string): Archive | undefined {
    return this.#archives.get(name)?.archive;
  }

  arn(name: string): string {
    return `arn:aws:events:${this.#kernel.region}:${this.#kernel.account}:archive/${name}`;
  }

  /** Inside a write. @throws AwsError InvalidEventPatternException */
  save(archive: Archive): void {
    this.#register(archive);
    this.#sql.save.run(archive.name, JSON.stringify(archive));
  }

  /** Keeps an event in the archives of its bus that want it; what was replayed is in them already. Inside a write. */
  keep(_group: Group, bus: string, event: EventObject, fields: EventFields, text: string): void {
    if ('replay-name' in event) return;
    for (const { archive, pattern } of this.#archives.values()) {
      if (archive.bus !== bus || (pattern && !pattern.matches(fields))) continue;
      this.#sql.keep.run(archive.name, Date.parse(String(event.time)), text);
    }
  }

  size(name: string): { events: number; bytes: number } {
    const { events, bytes } = sizeShape.parse(this.#sql.size.get(name));
    return { events, bytes: bytes ?? 0 };
  }

  /** Events with a time from `from` to `to`, in order of arrival, that came after the one with the id `after`. */
  page(name: string, after: number, from: number, to: number, limit: number): ArchivedEvent[] {
    return this.#sql.page.all(name, after, from, to, limit).map((row) => {
      const { id, event } = eventShape.parse(row);
      return { id, event: JSON.parse(event) };
    });
  }

  /** Drops once a day what is older than an archive keeps. */
  startCleaning(): void {
    const clean = () => {
      this.#cancelCleaning = this.#kernel.clock.at(this.#kernel.clock.now() + ONE_DAY, clean);
      const cleaned = this.#kernel.storage.write(() => {
        for (const { name, retentionDays } of this.all()) {
          if (retentionDays > 0) this.#sql.expire.run(name, this.#kernel.clock.now() - retentionDays * ONE_DAY);
        }
      });
      this.#kernel.track(cleaned).catch((error: unknown) => this.#kernel.report('events archive', error));
    };
    clean();
  }

  stop(): void {
    this.#cancelCleaning();
  }

  #register(archive: Archive): void {
    const pattern = archive.pattern === undefined ? undefined : compilePattern(archive.pattern);
    this.#archives.set(archive.name, { archive, pattern });
  }
}
