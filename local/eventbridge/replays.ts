import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Archives } from './archives.ts';
import type { Bus } from './bus.ts';

export const replayShape = z.object({
  name: z.string(),
  description: z.string().optional(),
  archive: z.string(),
  bus: z.string(),
  /** Event times, epoch milliseconds, both included. */
  from: z.number(),
  to: z.number(),
  filterArns: z.array(z.string()).optional(),
  state: z.enum(['RUNNING', 'COMPLETED']),
  /** Id of the last archived event that was replayed. */
  cursor: z.number(),
  lastReplayed: z.number().optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
});
export type Replay = z.infer<typeof replayShape>;

// One write each: large enough to be quick, small enough for others to get their turn in between.
const EVENTS_AT_ONCE = 100;

const jsonShape = z.object({ definition: z.string() });

/** Puts archived events on their bus again, marked with `replay-name`. One that a crash interrupts goes on where it was. */
export class Replays {
  readonly #kernel: Kernel;
  readonly #archives: Archives;
  readonly #bus: Bus;
  readonly #sql;

  constructor(kernel: Kernel, archives: Archives, bus: Bus) {
    const { db } = kernel.storage;
    db.exec('CREATE TABLE IF NOT EXISTS events_replay (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT');
    this.#kernel = kernel;
    this.#archives = archives;
    this.#bus = bus;
    this.#sql = {
      save: db.prepare('INSERT OR REPLACE INTO events_replay (name, definition) VALUES (?, ?)'),
      get: db.prepare('SELECT definition FROM events_replay WHERE name = ?'),
      all: db.prepare('SELECT definition FROM events_replay ORDER BY name'),
    };
  }

  find(name: string): Replay | undefined {
    const row = this.#sql.get.get(name);
    return row && replayShape.parse(JSON.parse(jsonShape.parse(row).definition));
  }

  all(): Replay[] {
    return this.#sql.all.all().map((row) => replayShape.parse(JSON.parse(jsonShape.parse(row).definition)));
  }

  arn(name: string): string {
    return `arn:aws:events:${this.#kernel.region}:${this.#kernel.account}:replay/${name}`;
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  async begin(replay: Replay): Promise<void> {
    await this.#kernel.storage.write((group) => {
      if (this.find(replay.name)) {
        throw new AwsError('ResourceAlreadyExistsException', `Replay ${replay.name} already exists.`);
      }
      this.#save(replay);
      group.afterCommit(() => this.#run(replay));
    });
  }

  resume(): void {
    for (const replay of this.all()) if (replay.state === 'RUNNING') this.#run(replay);
  }

  #run(replay: Replay): void {
    const ran = this.#replayAll(replay).catch((error: unknown) => this.#kernel.report(`replay ${replay.name}`, error));
    this.#kernel.track(ran);
  }

  async #replayAll(start: Replay): Promise<void> {
    for (let replay = start; replay.state === 'RUNNING'; ) {
      const current = replay;
      replay = await this.#kernel.storage.write((group) => {
        const { archive, cursor, from, to, bus, filterArns, name } = current;
        const page = this.#archives.page(archive, cursor, from, to, EVENTS_AT_ONCE);
        for (const { event } of page) this.#bus.publish(group, bus, { ...event, 'replay-name': name }, filterArns);
        const last = page.at(-1);
        const next: Replay = last
          ? { ...current, cursor: last.id, lastReplayed: Date.parse(String(last.event.time)) }
          : { ...current, state: 'COMPLETED', endedAt: this.#kernel.clock.now() };
        this.#save(next);
        return next;
      });
    }
  }

  #save(replay: Replay): void {
    this.#sql.save.run(replay.name, JSON.stringify(replay));
  }
}
