import { StatesError } from './errors.ts';

/** One event of an execution's history, as the API answers it except for `timestamp`: epoch milliseconds here, seconds there. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

/** The service ends an execution that would write more (Developer Guide, "Quotas"). */
export const MOST_EVENTS = 25_000;

/** A line of causes through the history: each branch of a Parallel and each iteration of a Map has its own. */
export interface Thread {
  lastEvent: number;
}

/** The history of one running execution: what is on disk already is not held here, except for EXPRESS, which writes it at its end. */
export class History {
  #pending: HistoryEvent[] = [];
  #lastId: number;

  constructor(lastId = 0) {
    this.#lastId = lastId;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** @throws StatesError States.Runtime when only the closing event still fits */
  record(thread: Thread, type: string, timestamp: number, details: Record<string, unknown>): number {
    if (this.#lastId >= MOST_EVENTS - 1 && !type.startsWith('Execution')) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
      );
    }
    this.#lastId += 1;
    this.#pending.push({ timestamp, type, id: this.#lastId, previousEventId: thread.lastEvent, ...details });
    thread.lastEvent = this.#lastId;
    return this.#lastId;
  }

  /** The events that are not on disk yet. */
  get pending(): readonly HistoryEvent[] {
    return this.#pending;
  }

  takePending(): HistoryEvent[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }
}
