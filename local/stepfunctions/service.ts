import { AwsError } from '../kernel/errors.ts';
import { FakeClock } from '../kernel/fake-clock.ts';
import type { Kernel, Service } from '../kernel/kernel.ts';
import { type Engine, type Operation, operations } from './api.ts';
import { definitionCalls } from './definition-calls.ts';
import { Execution } from './execution.ts';
import { Machines } from './machines.ts';
import { redriveExecution } from './redrive.ts';
import { stateMachineHandler } from './resource.ts';
import { Room } from './room.ts';
import { Store } from './store.ts';
import { testState } from './test-state.ts';

const calls: Record<string, Operation> = {
  ...operations,
  ...definitionCalls,
  RedriveExecution: redriveExecution,
  TestState: testState,
};

export interface StepFunctionsOptions {
  /** The text of an asset of the assembly: DefinitionS3Location. */
  readAsset?: (bucket: string, key: string) => string;
  /** For jitter and `$random()`: at least 0, less than 1. */
  random?: () => number;
}

/** What bench/ prices: AWS bills STANDARD by states entered and EXPRESS by executions and their duration. */
export interface Meter {
  executions: number;
  statesEntered: number;
}

const DAY = 86_400_000;
/** AWS keeps a closed execution, and its name, for 90 days (Developer Guide, "Quotas"). */
const KEPT_DAYS = 90;
/** Few enough for one write to stay short. */
const PRUNED_AT_ONCE = 500;

/**
 * AWS Step Functions for state machines in JSONata mode. Not here, and refused with a message: JSONPath, distributed Maps, task tokens, `.sync`, other
 * accounts, versions and aliases. Chosen where neither a recording nor the documentation says what AWS does:
 * - what a redrive runs again is not entered again: the history goes on after ExecutionRedriven with TaskScheduled and the like;
 * - a missed heartbeat is `States.Timeout` in `$states.errorOutput` too, and matches `States.HeartbeatTimeout`;
 * - an error in the Output or Assign of a Task, Map or Parallel is retried and caught like one of its work;
 * - of Assign and Output, Assign is evaluated first; the item of an object has `{Key, Value}` as its iteration's input;
 * - StartExecution compares inputs as text; `State.EnteredTime` stays the same over retries; `$random(seed)` has a sequence of its own.
 */
export function createStepFunctions(kernel: Kernel, options: StepFunctionsOptions = {}): Service & { meter(): Meter } {
  const store = new Store(kernel.storage);
  const machines = new Machines(kernel, store);
  const live = new Map<string, Execution>();
  const counted: Meter = { executions: 0, statesEntered: 0 };
  const machinery = {
    kernel,
    store,
    random: options.random ?? Math.random,
    countState: () => {
      counted.statesEntered += 1;
    },
    // While a fake clock stands still nothing would make room.
    room: new Room(kernel.clock, kernel.clock instanceof FakeClock ? Number.POSITIVE_INFINITY : undefined),
  };
  const engine: Engine = {
    kernel,
    store,
    machines,
    live,
    machinery,
    launch(row, id, definition) {
      const execution = new Execution(machinery, machines.machineOf(definition), row, id);
      counted.executions += 1;
      live.set(row.arn, execution);
      void execution.ended.then(() => live.delete(row.arn));
      return execution;
    },
  };
  const readAsset =
    options.readAsset ??
    ((bucket: string, key: string) => {
      throw new Error(`no reader for assets was given, cannot read s3://${bucket}/${key}`);
    });
  let stopPruning = () => {};
  let stopped = false;

  return {
    name: 'states',
    operations: Object.keys(calls),
    json: { targetPrefixes: ['AWSStepFunctions'], version: '1.0' },
    resources: [stateMachineHandler(machines, readAsset)],

    async call(operation, input, principal) {
      const run = Object.hasOwn(calls, operation) ? calls[operation] : undefined;
      if (!run) {
        throw new AwsError('UnknownOperationException', `Step Functions on this machine does not support ${operation}`);
      }
      return run(engine, input, principal);
    },

    start() {
      const dropped = store.storage.write(() => machines.dropUnprovisioned());
      dropped.catch((failure: unknown) => kernel.report('states', failure));
      for (const row of store.running()) if (!live.has(row.arn)) resume(engine, row);
      const prune = () => {
        const time = kernel.clock.now() - KEPT_DAYS * DAY;
        const pruned = kernel.track(store.storage.write(() => store.prune(time, PRUNED_AT_ONCE)));
        pruned.then(
          (count) => {
            if (stopped) return;
            const pause = count === PRUNED_AT_ONCE ? 1000 : DAY;
            stopPruning = kernel.clock.at(kernel.clock.now() + pause, prune);
          },
          (failure: unknown) => kernel.report('states', failure),
        );
      };
      prune();
    },

    async stop() {
      stopped = true;
      stopPruning();
      for (const execution of live.values()) execution.halt();
      live.clear();
      await store.storage.flush();
    },

    meter: () => ({ ...counted }),
  };
}

/** A STANDARD execution goes on from its last transition, an EXPRESS one begins again: AWS's own at-least-once. */
function resume(engine: Engine, row: ReturnType<Store['running']>[number]): void {
  try {
    const definition = engine.store.definition(row.definition);
    if (definition === undefined) throw new Error(`the definition of ${row.arn} is gone`);
    engine.launch(row, row.id, definition).start();
  } catch (failure) {
    engine.kernel.report(`states ${row.arn}`, failure);
  }
}
