import { createHash } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import type { Storage } from '../kernel/storage.ts';
import type { HistoryEvent } from './history.ts';

export type MachineType = 'STANDARD' | 'EXPRESS';
export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface MachineRow {
  arn: string;
  name: string;
  type: MachineType;
  role: string;
  /** The definition as given, substitutions done. */
  definition: string;
  revision: string;
  /** Epoch milliseconds. */
  created: number;
  source: 'template' | 'api';
}

export interface ExecutionRow {
  id: number;
  arn: string;
  machineArn: string;
  name: string;
  type: MachineType;
  status: Status;
  role: string;
  /** Hash of the definition the execution runs by to its end, whatever becomes of the machine. */
  definition: string;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  /** Epoch milliseconds. */
  started: number;
  stopped: number | null;
  redriveCount: number;
  /** Of the last redrive. */
  redriven: number | null;
}

export interface Ending {
  status: Status;
  output?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  stopped: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sfn_definitions (hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_machines (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL, definition TEXT NOT NULL,
    revision TEXT NOT NULL, created INTEGER NOT NULL, source TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_executions (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, machineArn TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    status TEXT NOT NULL, role TEXT NOT NULL, definition TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
    started INTEGER NOT NULL, stopped INTEGER);
  CREATE INDEX IF NOT EXISTS sfn_executions_by_machine ON sfn_executions (machineArn, started, id);
  CREATE INDEX IF NOT EXISTS sfn_executions_running ON sfn_executions (id) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS sfn_executions_stopped ON sfn_executions (stopped) WHERE stopped IS NOT NULL;
  CREATE TABLE IF NOT EXISTS sfn_frames (
    execution INTEGER NOT NULL, path TEXT NOT NULL, frame TEXT NOT NULL, PRIMARY KEY (execution, path)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_history (
    execution INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, events TEXT NOT NULL,
    PRIMARY KEY (execution, first)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_redrives (execution INTEGER PRIMARY KEY, count INTEGER NOT NULL, time INTEGER NOT NULL, token TEXT) STRICT;
`;

const EXECUTIONS = `SELECT e.*, coalesce(r.count, 0) AS redriveCount, r.time AS redriven
  FROM sfn_executions e LEFT JOIN sfn_redrives r ON r.execution = e.id`;

type Row = Record<string, SQLOutputValue>;

/** The rows of machines and executions. Its writing methods belong inside `storage.write`, its reading ones inside `storage.read`. */
export class Store {
  readonly storage: Storage;
  readonly #hashes = new Map<string, string>();
  readonly #statements = new Map<string, ReturnType<Storage['db']['prepare']>>();

  constructor(storage: Storage) {
    this.storage = storage;
    storage.db.exec(SCHEMA);
  }

  #sql(text: string) {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.storage.db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  putMachine(machine: MachineRow): void {
    this.#sql(
      `INSERT INTO sfn_machines VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (arn) DO UPDATE SET
        name = excluded.name, type = excluded.type, role = excluded.role, definition = excluded.definition, revision = excluded.revision`,
    ).run(
      machine.arn,
      machine.name,
      machine.type,
      machine.role,
      machine.definition,
      machine.revision,
      machine.created,
      machine.source,
    );
  }

  deleteMachine(arn: string): void {
    this.#sql('DELETE FROM sfn_machines WHERE arn = ?').run(arn);
  }

  machines(): MachineRow[] {
    return this.#sql('SELECT * FROM sfn_machines ORDER BY name').all().map(machineRow);
  }

  /** Keeps the text under its hash, which is what executions refer to. */
  putDefinition(text: string): string {
    let hash = this.#hashes.get(text);
    if (!hash) {
      hash = createHash('sha256').update(text).digest('hex');
      this.#hashes.set(text, hash);
    }
    this.#sql('INSERT OR IGNORE INTO sfn_definitions VALUES (?, ?)').run(hash, text);
    return hash;
  }

  definition(hash: string): string | undefined {
    const row = this.#sql('SELECT text FROM sfn_definitions WHERE hash = ?').get(hash);
    return row === undefined ? undefined : String(row.text);
  }

  insertExecution(row: Omit<ExecutionRow, 'id'>): number {
    const { lastInsertRowid } = this.#sql(
      'INSERT INTO sfn_executions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(
      row.arn,
      row.machineArn,
      row.name,
      row.type,
      row.status,
      row.role,
      row.definition,
      row.input,
      row.output,
      row.error,
      row.cause,
      row.started,
      row.stopped,
    );
    return Number(lastInsertRowid);
  }

  execution(arn: string): ExecutionRow | undefined {
    const row = this.#sql(`${EXECUTIONS} WHERE e.arn = ?`).get(arn);
    return row === undefined ? undefined : executionRow(row);
  }

  running(): ExecutionRow[] {
    return this.#sql(`${EXECUTIONS} WHERE e.status = 'RUNNING' ORDER BY e.id`).all().map(executionRow);
  }

  /** Newest first. `before` is the last row of the page before. */
  executionsOf(
    machineArn: string,
    status: Status | undefined,
    limit: number,
    before: { started: number; id: number },
  ): ExecutionRow[] {
    return this.#sql(
      `${EXECUTIONS} WHERE e.machineArn = ? AND (e.started, e.id) < (?, ?) AND (? IS NULL OR e.status = ?)
        ORDER BY e.started DESC, e.id DESC LIMIT ?`,
    )
      .all(machineArn, before.started, before.id, status ?? null, status ?? null, limit)
      .map(executionRow);
  }

  endExecution(id: number, ending: Ending): void {
    this.#sql('UPDATE sfn_executions SET status = ?, output = ?, error = ?, cause = ?, stopped = ? WHERE id = ?').run(
      ending.status,
      ending.output ?? null,
      ending.error ?? null,
      ending.cause ?? null,
      ending.stopped,
      id,
    );
    // Where an execution stood that did not succeed is kept: it may be redriven.
    if (ending.status === 'SUCCEEDED') this.#deleteFrames(id);
  }

  #deleteFrames(execution: number): void {
    this.#sql('DELETE FROM sfn_frames WHERE execution = ?').run(execution);
  }

  redriveOf(execution: number): { time: number; token: string | null } | undefined {
    const row = this.#sql('SELECT time, token FROM sfn_redrives WHERE execution = ?').get(execution);
    return row && { time: Number(row.time), token: typeof row.token === 'string' ? row.token : null };
  }

  /** The execution is under way again. */
  redrive(execution: number, count: number, time: number, token: string | undefined): void {
    this.#sql('INSERT OR REPLACE INTO sfn_redrives VALUES (?, ?, ?, ?)').run(execution, count, time, token ?? null);
    this.#sql(
      `UPDATE sfn_executions SET status = 'RUNNING', error = NULL, cause = NULL, stopped = NULL WHERE id = ?`,
    ).run(execution);
  }

  putFrame(execution: number, path: string, frame: string): void {
    this.#sql('INSERT OR REPLACE INTO sfn_frames VALUES (?, ?, ?)').run(execution, path, frame);
  }

  /** Deletes the frames below `path`: `/` is the character before `0`, so all of them sort between `path/` and `path0`. */
  deleteFramesBelow(execution: number, path: string): void {
    this.#sql('DELETE FROM sfn_frames WHERE execution = ? AND path > ? AND path < ?').run(
      execution,
      `${path}/`,
      `${path}0`,
    );
  }

  frames(execution: number): { path: string; frame: string }[] {
    return this.#sql('SELECT path, frame FROM sfn_frames WHERE execution = ?')
      .all(execution)
      .map((row) => ({ path: String(row.path), frame: String(row.frame) }));
  }

  appendHistory(execution: number, events: readonly HistoryEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    this.#sql('INSERT INTO sfn_history VALUES (?, ?, ?, ?)').run(execution, first.id, last.id, JSON.stringify(events));
  }

  history(execution: number): HistoryEvent[] {
    return this.#sql('SELECT events FROM sfn_history WHERE execution = ? ORDER BY first')
      .all(execution)
      .flatMap((row): HistoryEvent[] => JSON.parse(String(row.events)));
  }

  lastEvent(execution: number): number {
    const row = this.#sql('SELECT max(last) AS last FROM sfn_history WHERE execution = ?').get(execution);
    return Number(row?.last ?? 0);
  }

  /** Forgets up to `limit` executions that ended before `time`, with their history. Returns how many. */
  prune(time: number, limit: number): number {
    const rows = this.#sql('SELECT id FROM sfn_executions WHERE stopped < ? LIMIT ?').all(time, limit);
    for (const { id } of rows) {
      this.#sql('DELETE FROM sfn_history WHERE execution = ?').run(Number(id));
      this.#sql('DELETE FROM sfn_redrives WHERE execution = ?').run(Number(id));
      this.#deleteFrames(Number(id));
      this.#sql('DELETE FROM sfn_executions WHERE id = ?').run(Number(id));
    }
    if (rows.length > 0) {
      this.#sql('DELETE FROM sfn_definitions WHERE hash NOT IN (SELECT definition FROM sfn_executions)').run();
    }
    return rows.length;
  }
}

function machineRow(row: Row): MachineRow {
  return {
    arn: String(row.arn),
    name: String(row.name),
    type: row.type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    role: String(row.role),
    definition: String(row.definition),
    revision: String(row.revision),
    created: Number(row.created),
    source: row.source === 'api' ? 'api' : 'template',
  };
}

const STATUSES: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

function executionRow(row: Row): ExecutionRow {
  const status = STATUSES.find((each) => each === row.status);
  if (!status) throw new Error(`execution ${String(row.arn)} has an unknown status ${String(row.status)}`);
  const text = (value: SQLOutputValue | undefined) => (typeof value === 'string' ? value : null);
  return {
    id: Number(row.id),
    arn: String(row.arn),
    machineArn: String(row.machineArn),
    name: String(row.name),
    type: row.type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    status,
    role: String(row.role),
    definition: String(row.definition),
    input: String(row.input),
    output: text(row.output),
    error: text(row.error),
    cause: text(row.cause),
    started: Number(row.started),
    stopped: row.stopped === null || row.stopped === undefined ? null : Number(row.stopped),
    redriveCount: Number(row.redriveCount),
    redriven: row.redriven === null || row.redriven === undefined ? null : Number(row.redriven),
  };
}
