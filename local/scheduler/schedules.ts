import * as z from 'zod';
import { Outbox } from '../delivery/outbox.ts';
import { type Delivery, sendToTarget } from '../delivery/target.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import type { Schedule } from './expression.ts';
import { nextTime, readSchedule, type StoredSchedule, scheduleShape, storedShape, toDelivery } from './schedule.ts';
import { Ticker } from './ticker.ts';

const rowShape = z.object({ arn: z.string(), stored: z.string() });
const nameShape = z.object({ name: z.string() });
// A date in storage is milliseconds already.
const definitionShape = scheduleShape.extend({ StartDate: z.number().optional(), EndDate: z.number().optional() });

/** The schedules and their groups, and what makes them run. */
export class Schedules {
  readonly outbox: Outbox;
  readonly ticker: Ticker;
  readonly #kernel: Kernel;
  readonly #schedules = new Map<string, { stored: StoredSchedule; schedule: Schedule }>();
  readonly #groups = new Set(['default']);
  readonly #provisioned = new Set<string>();
  readonly #sql;

  constructor(kernel: Kernel) {
    const { db } = kernel.storage;
    db.exec(`CREATE TABLE IF NOT EXISTS scheduler_schedule (arn TEXT PRIMARY KEY, stored TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS scheduler_group (name TEXT PRIMARY KEY) STRICT`);
    this.#kernel = kernel;
    this.#sql = {
      save: db.prepare('INSERT OR REPLACE INTO scheduler_schedule (arn, stored) VALUES (?, ?)'),
      remove: db.prepare('DELETE FROM scheduler_schedule WHERE arn = ?'),
      saveGroup: db.prepare('INSERT OR REPLACE INTO scheduler_group (name) VALUES (?)'),
    };
    this.outbox = new Outbox(kernel, {
      name: 'scheduler',
      sourceAttribute: 'SCHEDULE_ARN',
      send: (delivery, attempt) => this.#send(delivery, attempt),
      deadLetterPrincipal: asRole,
    });
    this.ticker = new Ticker(kernel, 'scheduler', (group, arn, dueAt) => this.#tick(group, arn, dueAt));
    for (const row of db.prepare('SELECT name FROM scheduler_group').all()) this.#groups.add(nameShape.parse(row).name);
    for (const row of db.prepare('SELECT arn, stored FROM scheduler_schedule').all()) {
      const { arn, stored } = rowShape.parse(row);
      const { definition, ...rest } = storedShape.parse(JSON.parse(stored));
      const read = definitionShape.parse(definition);
      const { schedule } = readSchedule({ ...read, StartDate: undefined, EndDate: undefined });
      this.#schedules.set(arn, { stored: { ...rest, definition: read }, schedule });
    }
  }

  arn(group: string, name: string): string {
    return `arn:aws:scheduler:${this.#kernel.region}:${this.#kernel.account}:schedule/${group}/${name}`;
  }

  groupArn(name: string): string {
    return `arn:aws:scheduler:${this.#kernel.region}:${this.#kernel.account}:schedule-group/${name}`;
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /** Inside a write. */
  saveGroup(name: string): void {
    this.#sql.saveGroup.run(name);
    this.#groups.add(name);
  }

  find(arn: string): StoredSchedule | undefined {
    return this.#schedules.get(arn)?.stored;
  }

  all(): StoredSchedule[] {
    return [...this.#schedules.values()].map(({ stored }) => stored);
  }

  /** Inside a write. @throws AwsError ValidationException. Answers the schedule's ARN. */
  save(input: unknown, fromTemplate: boolean): string {
    const { definition, schedule } = readSchedule(input);
    const arn = this.arn(definition.GroupName, definition.Name);
    const now = this.#kernel.clock.now();
    const stored = { definition, createdAt: this.find(arn)?.createdAt ?? now, fromTemplate };
    this.#sql.save.run(arn, JSON.stringify(stored));
    this.#schedules.set(arn, { stored, schedule });
    if (fromTemplate) this.#provisioned.add(arn);
    if (definition.State === 'DISABLED') this.ticker.remove(arn);
    else {
      const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = definition;
      const timing = JSON.stringify([ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate]);
      this.ticker.set(arn, timing, stored.createdAt, () => nextTime(schedule, stored, now));
    }
    return arn;
  }

  /** Inside a write. */
  remove(arn: string): void {
    this.#sql.remove.run(arn);
    this.#schedules.delete(arn);
    this.ticker.remove(arn);
  }

  /** Removes the schedules of an earlier template that this one no longer has. Inside a write. */
  removeLeftOver(): void {
    for (const [arn, { stored }] of [...this.#schedules]) {
      if (stored.fromTemplate && !this.#provisioned.has(arn)) this.remove(arn);
    }
  }

  #tick(group: Group, arn: string, dueAt: number): number | undefined {
    const found = this.#schedules.get(arn);
    if (!found) return undefined;
    const { definition } = found.stored;
    this.outbox.add(group, toDelivery(this.#kernel, arn, definition, dueAt));
    const next = nextTime(found.schedule, found.stored, this.#kernel.clock.now());
    if (next === undefined && definition.ActionAfterCompletion === 'DELETE') this.remove(arn);
    return next;
  }

  async #send(delivery: Delivery, attempt: number): Promise<void> {
    const input = delivery.input.replaceAll('<aws.scheduler.attempt-number>', String(attempt));
    await sendToTarget(this.#kernel, { ...delivery, input }, asRole(delivery));
  }
}

function asRole({ source, roleArn = '' }: Delivery): Principal {
  return { kind: 'role', arn: roleArn, session: source.slice(source.lastIndexOf('/') + 1) };
}
