import { MOST_EVENTS } from './history.ts';
import type { ExecutionRow, Store } from './store.ts';

const DAY = 86_400_000;
const REDRIVABLE_FOR_MS = 14 * DAY;
/** No execution runs longer, redrives included. */
const LONGEST_EXECUTION_MS = 365 * DAY;

/**
 * Why an execution cannot be redriven; undefined if it can. The words are those of DescribeExecution's documentation.
 * Belongs inside a read or a write of the storage.
 */
export function notRedrivable(store: Store, row: ExecutionRow, now: number): string | undefined {
  if (row.status === 'RUNNING' || row.status === 'SUCCEEDED')
    return `Execution is ${row.status} and cannot be redriven`;
  if (now - (row.stopped ?? now) > REDRIVABLE_FOR_MS) return 'Execution redrivable period exceeded';
  if (now - row.started > LONGEST_EXECUTION_MS) return 'Execution has exceeded the max execution time';
  if (store.lastEvent(row.id) >= MOST_EVENTS - 1) return 'Execution history event limit exceeded';
  // Where it stood was not kept then.
  if (store.frames(row.id).length === 0) return 'Execution was started before the launch of RedriveExecution';
  return undefined;
}
