/** An error inside an execution: what Retry and Catch match on. `cause` is absent where AWS leaves it out (a time-out). */
export class StatesError extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** A heartbeat's expiry is recorded as States.Timeout but answers to States.HeartbeatTimeout as well. */
  readonly alias: string | undefined;

  constructor(error: string | undefined, reason?: string, alias?: string) {
    super(`${error ?? 'no error name'}: ${reason ?? 'no cause'}`);
    this.name = 'StatesError';
    this.error = error;
    this.reason = reason;
    this.alias = alias;
  }
}

/** States.QueryEvaluationError. `location` is the field, with keys joined by `/` and array elements as `[i]` (`Choices[0]/Output/id`). */
export class EvaluationError extends StatesError {
  readonly location: string;

  constructor(location: string, reason: string) {
    super('States.QueryEvaluationError', reason);
    this.location = location;
  }
}

/** Thrown out of whatever a branch was waiting for, when a sibling failed or the execution was stopped. Never matched by Retry or Catch. */
export class Canceled extends Error {
  constructor() {
    super('canceled');
    this.name = 'Canceled';
  }
}

const UNCATCHABLE_BY_ALL = new Set(['States.DataLimitExceeded', 'States.Runtime']);
const TIMEOUTS = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/**
 * Whether a Retry or Catch with this `ErrorEquals` applies. `States.ALL` is every error but States.DataLimitExceeded and States.Runtime,
 * `States.TaskFailed` every one but a time-out; States.Runtime is never matched, not even by name.
 * Source: Step Functions Developer Guide, "Handling errors in workflows".
 */
export function errorMatches(errorEquals: readonly string[], failure: StatesError): boolean {
  const name = failure.error ?? '';
  if (name === 'States.Runtime') return false;
  return errorEquals.some((wanted) => {
    if (wanted === name || wanted === failure.alias) return true;
    if (UNCATCHABLE_BY_ALL.has(name)) return false;
    return wanted === 'States.ALL' || (wanted === 'States.TaskFailed' && !TIMEOUTS.has(name));
  });
}
