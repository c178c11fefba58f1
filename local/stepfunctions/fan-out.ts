import type { Json } from '../kernel/kernel.ts';
import { Branch, type Outcome } from './branch.ts';
import type { Flow, MapState, ParallelState } from './definition.ts';
import { Canceled, StatesError } from './errors.ts';
import { retryAndCatch } from './fallible.ts';
import { type MapItem, newFrame } from './frame.ts';
import { checkSize, textOf } from './payload.ts';
import { Scope } from './scope.ts';

/** An inline Map runs up to 40 iterations at once when it sets no limit (Developer Guide, "Map state processing modes"). */
const INLINE_CONCURRENCY = 40;

/** One branch or iteration to run. */
interface Job {
  flow: Flow;
  input: Json;
  /** Set for the iteration of a Map: it has events of its own. */
  item?: MapItem;
}

export function runParallel(branch: Branch, state: ParallelState): Promise<Outcome> {
  const { frame } = branch;
  return retryAndCatch(
    branch,
    state,
    async () => {
      if (!frame.running || !('arguments' in frame.running)) {
        const input =
          state.Arguments === undefined
            ? frame.input
            : await branch.evaluate(state.Arguments, 'Arguments', branch.bindings());
        checkSize(textOf(input), frame.state);
        branch.record('ParallelStateStarted');
        frame.running = { arguments: input };
        branch.execution.save(frame);
      }
      const input = frame.running.arguments;
      const jobs = state.Branches.map((flow): Job => ({ flow, input }));
      const result = await runJobs(branch, jobs, jobs.length);
      branch.record('ParallelStateSucceeded');
      return { next: state.Next, ...(await branch.shape(state, '', { result }, result)) };
    },
    {
      // Recorded on AWS: a caught Parallel has no ParallelStateFailed; the state that failed inside is shown as aborted.
      retried: (failure) => abortFailedBranch(branch, failure),
      caught: (failure) => abortFailedBranch(branch, failure),
      failed: () => branch.record('ParallelStateFailed'),
    },
  );
}

const failedIn = new WeakMap<StatesError, Branch>();

function abortFailedBranch(branch: Branch, failure: StatesError): void {
  const child = failedIn.get(failure);
  if (!child || child.outer !== branch) return;
  const type = child.currentState().Type;
  if (type === 'Task' || type === 'Map' || type === 'Parallel') branch.record(`${type}StateAborted`);
}

export function runMap(branch: Branch, state: MapState): Promise<Outcome> {
  const { frame } = branch;
  const failed = () => {
    branch.record('MapStateFailed');
  };
  return retryAndCatch(
    branch,
    state,
    async () => {
      const bindings = branch.bindings();
      const limit =
        state.MaxConcurrency === undefined
          ? 0
          : await branch.evaluateNumber(state.MaxConcurrency, 'MaxConcurrency', bindings, 0, Number.MAX_SAFE_INTEGER);
      if (!frame.running || !('items' in frame.running)) {
        for (const field of ['ToleratedFailureCount', 'ToleratedFailurePercentage'] as const) {
          const value = state[field];
          if (value !== undefined) await branch.evaluateTyped(value, field, bindings, 'number');
        }
        const items = await mapItems(branch, state);
        branch.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
        frame.running = { items };
        branch.execution.save(frame);
      }
      const jobs = frame.running.items.map((item): Job => ({ flow: state.ItemProcessor, input: item.input, item }));
      const result = await runJobs(branch, jobs, Math.min(limit || INLINE_CONCURRENCY, INLINE_CONCURRENCY));
      branch.record('MapStateSucceeded');
      return { next: state.Next, ...(await branch.shape(state, '', { result }, result)) };
    },
    { caught: failed, failed },
  );
}

async function mapItems(branch: Branch, state: MapState): Promise<MapItem[]> {
  const { frame } = branch;
  const found =
    state.Items === undefined ? frame.input : await branch.evaluate(state.Items, 'Items', branch.bindings());
  if (!Array.isArray(found) && state.Items === undefined) {
    throw branch.evaluationFailure('Items', `Map state input must be an array but was: ${textOf(found)}`);
  }
  if (typeof found !== 'object' || found === null)
    throw branch.unexpectedType(state.Items ?? null, 'Items', 'array', found);
  const items = Array.isArray(found)
    ? found.map((value): MapItem => ({ value, input: value }))
    : Object.entries(found).map(([key, value]): MapItem => ({ key, value, input: { Key: key, Value: value } }));
  if (state.ItemSelector === undefined) return items;
  for (const [index, item] of items.entries()) {
    item.input = await branch.evaluate(state.ItemSelector, 'ItemSelector', branch.bindings({}, { index, item }));
  }
  return items;
}

/** Runs the jobs, `limit` at a time. The first failure cancels the others and is thrown as it is: name and cause are the child's. */
async function runJobs(branch: Branch, jobs: Job[], limit: number): Promise<Json[]> {
  const { execution, frame } = branch;
  const forked = frame.lastEvent;
  const scope = new Scope(branch.scope);
  const outputs: Json[] = new Array(jobs.length);
  let next = 0;
  let failure: unknown;
  const runNext = async (): Promise<void> => {
    while (next < jobs.length && failure === undefined) {
      const index = next++;
      const job = jobs[index];
      if (job) outputs[index] = await runJob(branch, job, index, forked, scope);
    }
  };
  const worker = (): Promise<void> =>
    runNext().catch((error: unknown) => {
      failure ??= error;
    });
  await execution.activity.outside(Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, worker)));
  scope.close();
  if (failure !== undefined) throw failure;
  return outputs;
}

async function runJob(branch: Branch, job: Job, index: number, forked: number, scope: Scope): Promise<Json> {
  const { execution, frame } = branch;
  const path = `${frame.path}/${index}`;
  const saved = execution.savedFrame(path);
  if (saved?.result) return saved.result.output;
  const childFrame = saved ?? newFrame(path, job.flow.StartAt, job.input, forked);
  const mapItem = job.item && { index, item: job.item };
  const child = new Branch(
    execution,
    job.flow,
    childFrame,
    scope,
    saved !== undefined,
    branch,
    mapItem ?? branch.mapItem,
  );
  const iteration = (what: string) => {
    if (!job.item) return;
    const details = { [`mapIteration${what}EventDetails`]: { name: frame.state, index } };
    child.record(`MapIteration${what}`, details);
  };
  if (!saved) iteration('Started');
  branch.children.add(child);
  try {
    const output = await child.run();
    scope.check();
    iteration('Succeeded');
    childFrame.result = { output };
    frame.lastEvent = childFrame.lastEvent;
    execution.save(childFrame);
    return output;
  } catch (failure) {
    if (!(failure instanceof Canceled)) {
      branch.children.delete(child);
      recordFailure(branch, child, failure, iteration);
      scope.cancel();
    }
    throw failure;
  } finally {
    branch.children.delete(child);
  }
}

function recordFailure(branch: Branch, child: Branch, failure: unknown, iteration: (what: string) => void): void {
  if (failure instanceof StatesError) failedIn.set(failure, child);
  iteration('Failed');
  for (const sibling of branch.children) sibling.recordAborted();
  branch.frame.lastEvent = child.frame.lastEvent;
}
