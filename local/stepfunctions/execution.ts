import type { Json, Kernel, Principal } from '../kernel/kernel.ts';
import { Branch } from './branch.ts';
import type { Machine } from './definition.ts';
import { Canceled, StatesError } from './errors.ts';
import { type Frame, newFrame } from './frame.ts';
import { History, type Thread } from './history.ts';
import { textOf } from './payload.ts';
import type { Room } from './room.ts';
import { Activity, Scope } from './scope.ts';
import type { Ending, ExecutionRow, Store } from './store.ts';

/** An EXPRESS execution ends after five minutes, whatever its definition says (Developer Guide, "Quotas"). */
const EXPRESS_SECONDS = 300;

export interface Machinery {
  kernel: Kernel;
  store: Store;
  random: () => number;
  /** Called at each state entered. */
  countState: () => void;
  room: Room;
}

/** An execution under way. Everything it does comes from its branches (branch.ts); here it begins, is written down, and ends. */
export class Execution {
  readonly machinery: Machinery;
  readonly machine: Machine;
  readonly row: Omit<ExecutionRow, 'id'>;
  /** Undefined for a synchronous EXPRESS execution, of which nothing is stored before its end: nobody would resume it. */
  readonly id: number | undefined;
  readonly input: Json;
  readonly activity: Activity;
  readonly history: History;
  readonly #scope = new Scope();
  readonly #saved = new Map<string, Frame>();
  /** Resolves with the ending once that is on disk; stays open when the cloud stops first. */
  readonly ended: Promise<Ending>;
  #resolveEnded: (ending: Ending) => void = () => {};
  #stopTimer = () => {};
  #over = false;

  constructor(machinery: Machinery, machine: Machine, row: Omit<ExecutionRow, 'id'>, id: number | undefined) {
    this.machinery = machinery;
    this.machine = machine;
    this.row = row;
    this.id = id;
    this.input = JSON.parse(row.input);
    this.activity = new Activity(machinery.kernel);
    this.history = new History(this.durable && id !== undefined ? machinery.store.lastEvent(id) : 0);
    if (this.durable && id !== undefined) {
      for (const { path, frame } of machinery.store.frames(id)) this.#saved.set(path, JSON.parse(frame));
    }
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Only STANDARD executions are written at each transition. */
  get durable(): boolean {
    return this.row.type === 'STANDARD';
  }

  get principal(): Principal {
    return { kind: 'role', arn: this.row.role, session: this.row.name };
  }

  savedFrame(path: string): Frame | undefined {
    return this.#saved.get(path);
  }

  /** Runs from where the stored frames say, or from the beginning. */
  start(): void {
    const { clock } = this.machinery.kernel;
    const seconds = Math.min(
      this.machine.TimeoutSeconds ?? Number.POSITIVE_INFINITY,
      this.durable ? Number.POSITIVE_INFINITY : EXPRESS_SECONDS,
    );
    if (Number.isFinite(seconds)) {
      this.#stopTimer = clock.at((this.row.redriven ?? this.row.started) + seconds * 1000, () => {
        const timeout: Thread = { lastEvent: this.history.lastId };
        this.#end(timeout, 'TIMED_OUT', { error: 'States.Timeout' });
      });
    }
    void this.#run();
  }

  async #run(): Promise<void> {
    let frame = this.savedFrame('');
    const resumed = frame !== undefined;
    frame ??= newFrame('', this.machine.StartAt, this.input, 0);
    try {
      if (!resumed) {
        this.history.record({ lastEvent: 0 }, 'ExecutionStarted', this.row.started, {
          executionStartedEventDetails: {
            input: this.row.input,
            inputDetails: { truncated: false },
            roleArn: this.row.role,
          },
        });
      }
      const root = new Branch(this, this.machine, frame, this.#scope, resumed);
      const output = await root.run();
      this.#end(frame, 'SUCCEEDED', { output: textOf(output) });
    } catch (failure) {
      if (failure instanceof Canceled) return;
      if (failure instanceof StatesError) {
        this.#end(frame, 'FAILED', { error: failure.error, cause: failure.reason });
        return;
      }
      this.machinery.kernel.report(`states ${this.row.arn}`, failure);
      this.#end(frame, 'FAILED', { error: 'States.Runtime', cause: String(failure) });
    }
  }

  /** StopExecution: resolves when the end is on disk. */
  async abort(error: string | undefined, cause: string | undefined): Promise<Ending> {
    this.#end({ lastEvent: this.history.lastId }, 'ABORTED', { error, cause });
    return this.ended;
  }

  /** The cloud stops: nothing more is done or written; the next start goes on from the last transition. */
  halt(): void {
    this.#over = true;
    this.#stopTimer();
    this.#scope.cancel();
  }

  /**
   * Writes where a branch stands, with all events not yet written. Does not wait for the disk: whatever the next state does here is written
   * after this, in the same file.
   */
  save(frame: Frame, dropChildren = false): void {
    const { id } = this;
    if (!this.durable || id === undefined || this.#over) return;
    const { store } = this.machinery;
    const events = this.history.takePending();
    const text = JSON.stringify(frame);
    this.#write(() => {
      store.appendHistory(id, events);
      if (dropChildren) store.deleteFramesBelow(id, frame.path);
      store.putFrame(id, frame.path, text);
    });
    if (dropChildren)
      for (const path of this.#saved.keys()) if (path.startsWith(`${frame.path}/`)) this.#saved.delete(path);
  }

  /** A failed write means a broken disk: the execution stops here, and goes on at the next start from what is on the disk. */
  #write(change: () => void): Promise<boolean> {
    return this.machinery.store.storage.write(change).then(
      () => true,
      (failure: unknown) => {
        this.machinery.kernel.report(`states ${this.row.arn}`, failure);
        this.halt();
        return false;
      },
    );
  }

  #end(thread: Thread, status: Ending['status'], how: Pick<Ending, 'output' | 'error' | 'cause'>): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer();
    const stopped = this.machinery.kernel.clock.now();
    const { output, error, cause } = how;
    const [type, key] = EVENTS[status];
    const details = status === 'SUCCEEDED' ? { output, outputDetails: { truncated: false } } : { error, cause };
    this.history.record(thread, type, stopped, { [key]: withoutUndefined(details) });
    this.#scope.cancel();
    const ending: Ending = { status, ...how, stopped };
    const { store } = this.machinery;
    const events = this.history.takePending();
    const written = this.#write(() => {
      const id = this.id ?? store.insertExecution({ ...this.row });
      store.appendHistory(id, events);
      store.endExecution(id, ending);
    });
    void this.machinery.kernel.track(written.then((done) => (done ? this.#resolveEnded(ending) : undefined)));
  }
}

const EVENTS: Record<Ending['status'], [type: string, detailsKey: string]> = {
  RUNNING: ['', ''],
  SUCCEEDED: ['ExecutionSucceeded', 'executionSucceededEventDetails'],
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
};

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
