import type { Json } from '../kernel/kernel.ts';
import type { Branch, Outcome } from './branch.ts';
import type { TaskState } from './definition.ts';
import { StatesError } from './errors.ts';
import { retryAndCatch } from './fallible.ts';
import { performTask } from './integrations.ts';
import { checkSize, textOf } from './payload.ts';
import { parseResource, resourceLabels, type TaskResource } from './resources.ts';

const LONGEST_TIMEOUT = 99_999_999;

export function runTask(branch: Branch, state: TaskState): Promise<Outcome> {
  const resource = parseResource(state.Resource);
  if ('refused' in resource) throw new StatesError('States.Runtime', resource.refused);
  return retryAndCatch(branch, state, async () => {
    const result = await attempt(branch, state, resource);
    return { next: state.Next, ...(await branch.shape(state, '', { result }, result)) };
  });
}

async function attempt(branch: Branch, state: TaskState, resource: TaskResource): Promise<Json> {
  const bindings = branch.bindings();
  const input =
    state.Arguments === undefined ? branch.frame.input : await branch.evaluate(state.Arguments, 'Arguments', bindings);
  const limit = async (value: number | string | undefined, field: string) =>
    value === undefined ? undefined : branch.evaluateNumber(value, field, bindings, 1, LONGEST_TIMEOUT);
  const timeout = await limit(state.TimeoutSeconds, 'TimeoutSeconds');
  const heartbeat = await limit(state.HeartbeatSeconds, 'HeartbeatSeconds');
  const events = resource.kind === 'function' ? new FunctionEvents(resource.arn) : new TaskEvents(resource);
  checkSize(textOf(input), branch.frame.state);
  const { type, details } = events.scheduled(
    textOf(input),
    branch.execution.machinery.kernel.region,
    timeout,
    heartbeat,
  );
  branch.record(type, details);
  branch.record(events.started.type, events.started.details);
  try {
    const result = await perform(branch, resource, input, timeout, heartbeat);
    const text = textOf(result);
    checkSize(text, resourceLabels(resource).resourceType);
    const succeeded = events.succeeded(text);
    branch.record(succeeded.type, succeeded.details);
    return result;
  } catch (failure) {
    if (!(failure instanceof StatesError)) throw failure;
    const failed = events.failed(failure);
    branch.record(failed.type, failed.details);
    throw failure;
  }
}

/** No integration here sends heartbeats (that takes a task token), so the heartbeat is a second, shorter time-out. */
async function perform(
  branch: Branch,
  resource: TaskResource,
  input: Json,
  timeout: number | undefined,
  heartbeat: number | undefined,
): Promise<Json> {
  const { execution } = branch;
  const { clock } = execution.machinery.kernel;
  const timers: (() => void)[] = [];
  const work = new Promise<Json>((resolve, reject) => {
    const expire = (seconds: number | undefined, alias: string | undefined) => {
      if (seconds === undefined) return;
      const fire = () => reject(new StatesError('States.Timeout', undefined, alias));
      timers.push(clock.at(clock.now() + seconds * 1000, fire));
    };
    expire(timeout, undefined);
    expire(heartbeat, 'States.HeartbeatTimeout');
    const result = performTask(resource, input, {
      kernel: execution.machinery.kernel,
      principal: execution.principal,
      executionArn: execution.row.arn,
      machineArn: execution.row.machineArn,
    });
    execution.machinery.room.occupy(result).then(resolve, reject);
  });
  const cleanUp = () => {
    for (const cancel of timers) cancel();
  };
  return execution.activity.outside(branch.scope.guard(work, cleanUp));
}

interface EventShape {
  type: string;
  details: Record<string, unknown>;
}

function limits(timeout: number | undefined, heartbeat: number | undefined): Record<string, number> {
  return {
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  };
}

function errorAndCause(failure: StatesError): Record<string, string> {
  return {
    ...(failure.error === undefined ? {} : { error: failure.error }),
    ...(failure.reason === undefined ? {} : { cause: failure.reason }),
  };
}

/** How the history shows a service integration. */
class TaskEvents {
  readonly #labels: { resourceType: string; resource: string };

  constructor(resource: TaskResource) {
    this.#labels = resourceLabels(resource);
  }

  scheduled(parameters: string, region: string, timeout?: number, heartbeat?: number): EventShape {
    const details = { ...this.#labels, region, parameters, ...limits(timeout, heartbeat) };
    return { type: 'TaskScheduled', details: { taskScheduledEventDetails: details } };
  }

  get started(): EventShape {
    return { type: 'TaskStarted', details: { taskStartedEventDetails: this.#labels } };
  }

  succeeded(output: string): EventShape {
    const details = { ...this.#labels, output, outputDetails: { truncated: false } };
    return { type: 'TaskSucceeded', details: { taskSucceededEventDetails: details } };
  }

  failed(failure: StatesError): EventShape {
    const details = { ...this.#labels, ...errorAndCause(failure) };
    return failure.error === 'States.Timeout'
      ? { type: 'TaskTimedOut', details: { taskTimedOutEventDetails: details } }
      : { type: 'TaskFailed', details: { taskFailedEventDetails: details } };
  }
}

/** How the history shows a Task whose Resource is a function. */
class FunctionEvents {
  readonly #arn: string;

  constructor(arn: string) {
    this.#arn = arn;
  }

  scheduled(input: string, _region: string, timeout?: number): EventShape {
    const details = { resource: this.#arn, input, inputDetails: { truncated: false }, ...limits(timeout, undefined) };
    return { type: 'LambdaFunctionScheduled', details: { lambdaFunctionScheduledEventDetails: details } };
  }

  get started(): EventShape {
    return { type: 'LambdaFunctionStarted', details: {} };
  }

  succeeded(output: string): EventShape {
    const details = { output, outputDetails: { truncated: false } };
    return { type: 'LambdaFunctionSucceeded', details: { lambdaFunctionSucceededEventDetails: details } };
  }

  failed(failure: StatesError): EventShape {
    const details = errorAndCause(failure);
    return failure.error === 'States.Timeout'
      ? { type: 'LambdaFunctionTimedOut', details: { lambdaFunctionTimedOutEventDetails: details } }
      : { type: 'LambdaFunctionFailed', details: { lambdaFunctionFailedEventDetails: details } };
  }
}
