import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Json } from '../kernel/kernel.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { type Engine, operation } from './api.ts';
import { Branch } from './branch.ts';
import type { Catcher, Machine, Retrier, State } from './definition.ts';
import { StatesError } from './errors.ts';
import { Execution } from './execution.ts';
import { newFrame } from './frame.ts';
import { machineArn } from './names.ts';
import { findCatcher, nextRetry } from './retry.ts';
import { Scope } from './scope.ts';
import { readDefinition } from './validate.ts';

const shape = z.strictObject({
  definition: z.string(),
  /** Needed for a task that is really carried out. */
  roleArn: z.string().optional(),
  input: z.string().default('{}'),
  inspectionLevel: z.enum(['INFO', 'DEBUG']).default('INFO'),
  /** Which state of a whole machine; absent = the definition is a state. */
  stateName: z.string().optional(),
  variables: z.string().optional(),
  mock: z
    .strictObject({
      result: z.string().optional(),
      errorOutput: z.strictObject({ error: z.string().optional(), cause: z.string().optional() }).optional(),
      // Mocked results are not held against the models of AWS's APIs here.
      fieldValidationMode: z.literal('NONE', 'only NONE is supported on this machine').optional(),
    })
    .refine(({ result, errorOutput }) => (result === undefined) !== (errorOutput === undefined), {
      message: 'give either result or errorOutput',
    })
    .optional(),
});
type Asked = z.infer<typeof shape>;

type Ending =
  | { status: 'SUCCEEDED'; output: Json; next: string | undefined; seen: Record<string, Json> }
  | { status: 'FAILED' | 'RETRIABLE'; failure: StatesError }
  | { status: 'CAUGHT_ERROR'; failure: StatesError; output: Json; next: string };

/**
 * TestState: one state, by itself, with the service's own answers: what it hands on, where to, or which error and whether that would be
 * retried or caught. A mock stands for the work of a Task, Map or Parallel; without one a Task is carried out, as the role given, and Map and
 * Parallel are refused. Nothing of it is stored. Source: API Reference, "TestState".
 */
export const testState = operation(shape, async (engine, asked, principal) => {
  engine.kernel.authorizer.authorize(principal, 'states:TestState', '*');
  const { name, machine, state } = readState(asked);
  if (asked.mock && !isMockable(state)) throw invalid('A mock is for Task, Map and Parallel states');
  if (!asked.mock && (state.Type === 'Map' || state.Type === 'Parallel')) throw invalid(`${state.Type} needs a mock`);
  if (!asked.mock && state.Type === 'Task' && asked.roleArn === undefined)
    throw invalid('A Task needs a roleArn or a mock');
  const branch = branchFor(engine, asked, name, machine);
  const ending = await run(branch, state, asked);
  return answer(ending, asked, branch);
});

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function readState({ definition, stateName }: Asked): { name: string; machine: Machine; state: State } {
  const given = objectIn(definition, 'definition', 'InvalidDefinition');
  const name = stateName ?? 'TestState';
  const whole = stateName === undefined ? machineAround(name, given) : given;
  const read = readDefinition(JSON.stringify(whole));
  if ('problems' in read) {
    const problems = read.problems.map(({ message }) => message);
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${problems.join('; ')}'`);
  }
  const state = read.machine.States[name];
  if (!state) throw invalid(`There is no state ${name} in the definition`);
  return { name, machine: read.machine, state };
}

/** A machine in which the state's neighbors end at once. */
function machineAround(name: string, state: { [key: string]: Json }): object {
  const neighbors = new Set<string>();
  const collect = (holder: Json | undefined): void => {
    if (Array.isArray(holder)) holder.forEach(collect);
    else if (typeof holder === 'object' && holder !== null) {
      for (const key of ['Next', 'Default']) if (typeof holder[key] === 'string') neighbors.add(holder[key]);
    }
  };
  collect(state);
  collect(state.Catch);
  collect(state.Choices);
  const ends = [...neighbors].map((each) => [each, { Type: 'Succeed', QueryLanguage: 'JSONata' }]);
  return { StartAt: name, States: { ...Object.fromEntries(ends), [name]: state } };
}

function isMockable(state: State): state is Extract<State, { Type: 'Task' | 'Map' | 'Parallel' }> {
  return state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';
}

/** A branch of an EXPRESS execution that nobody started: it writes nothing. */
function branchFor(engine: Engine, { input, variables, roleArn }: Asked, name: string, machine: Machine): Branch {
  const { kernel } = engine;
  // The end after the state: where it would go is seen, and not done. Retry and Catch are judged afterwards.
  const tested = { ...machine.States[name]!, Retry: undefined, Catch: undefined };
  const ends = Object.keys(machine.States).map((each): [string, State] => [each, { Type: 'Succeed' }]);
  const flow: Machine = { StartAt: name, States: { ...Object.fromEntries(ends), [name]: tested } };
  const row = {
    arn: `${machineArn(kernel.region, kernel.account, name).replace(':stateMachine:', ':express:')}:${randomUUID()}`,
    machineArn: machineArn(kernel.region, kernel.account, name),
    name: 'TestState',
    type: 'EXPRESS' as const,
    status: 'RUNNING' as const,
    role: roleArn ?? '',
    definition: '',
    input,
    started: kernel.clock.now(),
    ...{ output: null, error: null, cause: null, stopped: null, redriveCount: 0, redriven: null },
  };
  const given = jsonIn(input, 'input', 'InvalidExecutionInput');
  const frame = newFrame('', name, given, 0);
  if (variables !== undefined) Object.assign(frame.variables, objectIn(variables, 'variables', 'ValidationException'));
  frame.enteredAt = kernel.clock.now();
  return new Branch(new Execution(engine.machinery, flow, row, undefined), flow, frame, new Scope(), false);
}

async function run(branch: Branch, state: State, { mock }: Asked): Promise<Ending> {
  const name = branch.frame.state;
  try {
    if (mock && isMockable(state)) return await runMocked(branch, state, mock);
    const output = await branch.run();
    const next = branch.frame.state === name ? undefined : branch.frame.state;
    return { status: 'SUCCEEDED', output, next, seen: {} };
  } catch (failure) {
    if (!(failure instanceof StatesError)) throw failure;
    return await judged(branch, state, failure);
  }
}

async function runMocked(
  branch: Branch,
  state: Extract<State, { Type: 'Task' | 'Map' | 'Parallel' }>,
  mock: NonNullable<Asked['mock']>,
): Promise<Ending> {
  const given = 'Arguments' in state && state.Arguments !== undefined;
  const seen: Record<string, Json> = given
    ? { afterArguments: await branch.evaluate(state.Arguments ?? null, 'Arguments', branch.bindings()) }
    : {};
  if (mock.errorOutput) throw new StatesError(mock.errorOutput.error, mock.errorOutput.cause);
  const result = jsonIn(mock.result ?? '', 'mock.result', 'ValidationException');
  const { output, assigned } = await branch.shape(state, '', { result }, result);
  Object.assign(branch.frame.variables, assigned);
  return { status: 'SUCCEEDED', output, next: state.Next, seen: { ...seen, result } };
}

async function judged(
  branch: Branch,
  state: { Retry?: Retrier[] | undefined; Catch?: Catcher[] | undefined } | State,
  failure: StatesError,
): Promise<Ending> {
  const retriers = 'Retry' in state ? (state.Retry ?? []) : [];
  if (nextRetry(retriers, [], failure, () => 0) !== undefined) return { status: 'RETRIABLE', failure };
  const found = findCatcher('Catch' in state ? (state.Catch ?? []) : [], failure);
  if (!found) return { status: 'FAILED', failure };
  const { catcher, index } = found;
  const errorOutput = {
    ...(failure.error !== undefined && { Error: failure.error }),
    ...(failure.reason !== undefined && { Cause: failure.reason }),
  };
  const { output, assigned } = await branch.shape(catcher, `Catch[${index}]/`, { errorOutput }, errorOutput);
  Object.assign(branch.frame.variables, assigned);
  return { status: 'CAUGHT_ERROR', failure, output, next: catcher.Next };
}

function answer(ending: Ending, { input, inspectionLevel }: Asked, branch: Branch) {
  const seen = 'seen' in ending ? ending.seen : {};
  const variables = JSON.stringify(branch.frame.variables);
  const inspectionData = {
    input,
    ...Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, JSON.stringify(value)])),
    ...(variables !== '{}' && { variables }),
  };
  return {
    status: ending.status,
    ...('output' in ending && { output: JSON.stringify(ending.output) }),
    ...('next' in ending && ending.next !== undefined && { nextState: ending.next }),
    ...('failure' in ending && ending.failure.error !== undefined && { error: ending.failure.error }),
    ...('failure' in ending && ending.failure.reason !== undefined && { cause: ending.failure.reason }),
    ...(inspectionLevel === 'DEBUG' && { inspectionData }),
  };
}

function jsonIn(text: string, name: string, code: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw new AwsError(code, `${name} is not JSON`);
  }
}

function objectIn(text: string, name: string, code: string): { [key: string]: Json } {
  const value = jsonIn(text, name, code);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AwsError(code, `${name} is not a JSON object`);
}
