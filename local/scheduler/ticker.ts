import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';

/**
 * Runs inside the write that also notes the next time, so that a tick is neither lost nor doubled by a crash: `dueAt` is when it was due.
 * Answers when the next one is.
 */
export type OnTick = (group: Group, key: string, dueAt: number, anchor: number) => number | undefined;

const dueShape = z.object({ key: z.string(), due_at: z.number(), anchor: z.number() });
const nextShape = z.object({ due: z.number().nullable() });
const entryShape = z.object({ definition: z.string() });

/** Durable due times, on one timer. What fell due while the machine was down ticks once, at the start. */
export class Ticker {
  readonly #kernel: Kernel;
  readonly #onTick: OnTick;
  readonly #name: string;
  readonly #sql;
  #started = false;
  #timer: { time: number; cancel: () => void } | undefined;

  constructor(kernel: Kernel, name: string, onTick: OnTick) {
    const { db } = kernel.storage;
    const table = `${name}_tick`;
    db.exec(`CREATE TABLE IF NOT EXISTS ${table} (
        key TEXT PRIMARY KEY, definition TEXT NOT NULL, anchor INTEGER NOT NULL, due_at INTEGER) STRICT;
      CREATE INDEX IF NOT EXISTS ${table}_due ON ${table} (due_at)`);
    this.#kernel = kernel;
    this.#name = name;
    this.#onTick = onTick;
    this.#sql = {
      set: db.prepare(`INSERT OR REPLACE INTO ${table} (key, definition, anchor, due_at) VALUES (?, ?, ?, ?)`),
      remove: db.prepare(`DELETE FROM ${table} WHERE key = ?`),
      get: db.prepare(`SELECT definition FROM ${table} WHERE key = ?`),
      due: db.prepare(`SELECT key, due_at, anchor FROM ${table} WHERE due_at <= ? ORDER BY due_at, key`),
      dueAt: db.prepare(`SELECT due_at AS due FROM ${table} WHERE key = ?`),
      next: db.prepare(`SELECT min(due_at) AS due FROM ${table} WHERE due_at > ?`),
      advance: db.prepare(`UPDATE ${table} SET due_at = ? WHERE key = ?`),
    };
  }

  /**
   * Sets when `key` is due. While `definition` stays the same the time that is noted stands, so that a restart moves nothing.
   * Inside a write.
   */
  set(key: string, definition: string, anchor: number, first: () => number | undefined): void {
    const entry = this.#sql.get.get(key);
    if (entry && entryShape.parse(entry).definition === definition) return;
    this.#sql.set.run(key, definition, anchor, first() ?? null);
    this.#arm();
  }

  /** Inside a write. */
  remove(key: string): void {
    this.#sql.remove.run(key);
  }

  /** Epoch milliseconds of the next tick, if there is one. */
  dueAt(key: string): number | undefined {
    const row = this.#sql.dueAt.get(key);
    return (row && nextShape.parse(row).due) ?? undefined;
  }

  start(): void {
    this.#started = true;
    this.#tick();
  }

  stop(): void {
    this.#started = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    if (!this.#started) return;
    const now = this.#kernel.clock.now();
    const due = this.#sql.due.all(now).map((row) => dueShape.parse(row));
    for (const { key, due_at, anchor } of due) {
      const ticked = this.#kernel.storage.write((group) => {
        this.#sql.advance.run(this.#onTick(group, key, due_at, anchor) ?? null, key);
      });
      this.#kernel.track(ticked).catch((error: unknown) => this.#kernel.report(`${this.#name} ${key}`, error));
    }
    this.#arm();
  }

  #arm(): void {
    if (!this.#started) return;
    const { due } = nextShape.parse(this.#sql.next.get(this.#kernel.clock.now()));
    if (due === null || (this.#timer && this.#timer.time <= due)) return;
    this.#timer?.cancel();
    const cancel = this.#kernel.clock.at(due, () => {
      this.#timer = undefined;
      this.#tick();
    });
    this.#timer = { time: due, cancel };
  }
}
