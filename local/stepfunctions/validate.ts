import type * as z from 'zod';
import type { Json } from '../kernel/kernel.ts';
import { parseJson } from '../kernel/parse-json.ts';
import {
  allStates,
  type Flow,
  type FoundState,
  innerFlows,
  type Machine,
  machineSchema,
  type State,
  successors,
} from './definition.ts';
import { parseResource } from './resources.ts';
import { expressionProblems } from './validate-expressions.ts';
import { variableProblems } from './validate-variables.ts';

/** Something wrong with a definition. `state` is empty for the machine as a whole. */
export interface Problem {
  state: string;
  message: string;
}

/** 1 MB: the definition limit of the service (Developer Guide, "Quotas"). */
const LONGEST_DEFINITION = 1_048_576;
const LONGEST_STATE_NAME = 80;

/**
 * Reads a definition in Amazon States Language and checks everything that AWS would refuse, and what this machine does not support.
 * @param text the definition, substitutions done
 */
export function readDefinition(text: string): { machine: Machine } | { problems: Problem[] } {
  if (Buffer.byteLength(text) > LONGEST_DEFINITION) return failed('', 'the definition is larger than 1 MB');
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch (error) {
    return failed('', `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const unsupported = [...unsupportedFields(parsed, '', 'JSONPath')];
  if (unsupported.length > 0) return { problems: unsupported };
  const shape = machineSchema.safeParse(parsed);
  if (!shape.success) return { problems: shape.error.issues.flatMap(shapeProblems) };
  const machine: Machine = shape.data;
  const problems = [...flowProblems(machine, '')];
  const names = new Map<string, number>();
  for (const found of allStates(machine)) {
    names.set(found.name, (names.get(found.name) ?? 0) + 1);
    problems.push(...stateProblems(found));
  }
  for (const [name, count] of names)
    if (count > 1) problems.push({ state: name, message: 'the state name is used twice' });
  problems.push(...variableProblems(machine));
  return problems.length > 0 ? { problems } : { machine };
}

function failed(state: string, message: string): { problems: Problem[] } {
  return { problems: [{ state, message }] };
}

const JSONPATH_FIELDS = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'Result',
  'Iterator',
]);
export const REFUSED_FIELDS = new Map([
  ['Credentials', 'Credentials (a task in another account) are not supported'],
  ['ItemReader', 'ItemReader belongs to a distributed Map: not supported'],
  ['ItemBatcher', 'ItemBatcher belongs to a distributed Map: not supported'],
  ['ResultWriter', 'ResultWriter belongs to a distributed Map: not supported'],
]);

/** Looks at the raw JSON for what deserves a better word than "unrecognized key": JSONPath, distributed Maps, other accounts. */
function* unsupportedFields(flow: unknown, owner: string, language: string): Generator<Problem> {
  if (!isObject(flow)) return;
  const inherited = typeof flow.QueryLanguage === 'string' ? flow.QueryLanguage : language;
  if (!isObject(flow.States)) return;
  if (isObject(flow.ProcessorConfig) && flow.ProcessorConfig.Mode === 'DISTRIBUTED') {
    yield { state: owner, message: 'a distributed Map is not supported: use "Mode": "INLINE"' };
    return;
  }
  for (const [name, state] of Object.entries(flow.States)) {
    if (!isObject(state)) continue;
    const own = typeof state.QueryLanguage === 'string' ? state.QueryLanguage : inherited;
    if (own !== 'JSONata')
      yield { state: name, message: 'only "QueryLanguage": "JSONata" is supported, this state is JSONPath' };
    for (const rule of [state, ...objectsIn(state.Catch), ...objectsIn(state.Choices)]) {
      for (const key of Object.keys(rule)) {
        const refused = REFUSED_FIELDS.get(key);
        if (refused) yield { state: name, message: refused };
        else if (JSONPATH_FIELDS.has(key) || /Path$/.test(key) || (key === 'Variable' && rule !== state)) {
          yield { state: name, message: `${key} is a JSONPath field: not supported` };
        }
      }
    }
    for (const inner of [...objectsIn(state.Branches), state.ItemProcessor]) yield* unsupportedFields(inner, name, own);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function shapeProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const messages = issue.errors.map((branch) => branch.map(({ message }) => message).join(', '));
    return [{ ...place(issue.path), message: `${place(issue.path).field}${messages.join(', or ')}` }];
  }
  return [{ state: place(issue.path).state, message: `${place(issue.path).field}${issue.message}` }];
}

/** The state that a path of the definition is in, and the path within that state. */
function place(path: readonly PropertyKey[]): { state: string; field: string } {
  const at = path.lastIndexOf('States');
  const field = path.slice(at + 2).join('/');
  return { state: at < 0 ? '' : String(path[at + 1] ?? ''), field: field ? `${field}: ` : '' };
}

function* flowProblems(flow: Flow, owner: string): Generator<Problem> {
  if (!Object.hasOwn(flow.States, flow.StartAt))
    yield { state: owner, message: `StartAt names no state: ${flow.StartAt}` };
  const reached = new Set<string>();
  const open = [flow.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = flow.States[name];
    if (!state || reached.has(name)) continue;
    reached.add(name);
    open.push(...successors(state));
  }
  for (const [name, state] of Object.entries(flow.States)) {
    if (!reached.has(name)) yield { state: name, message: 'the state cannot be reached' };
    for (const next of successors(state)) {
      if (!Object.hasOwn(flow.States, next))
        yield { state: name, message: `goes to a state that is not there: ${next}` };
    }
    for (const inner of innerFlows(state)) yield* flowProblems(inner, name);
  }
}

function stateProblems(found: FoundState): Problem[] {
  const { name, state } = found;
  const messages: string[] = [];
  if (name.length > LONGEST_STATE_NAME) messages.push(`the name is longer than ${LONGEST_STATE_NAME} characters`);
  if ('Next' in state || 'End' in state || !['Choice', 'Succeed', 'Fail'].includes(state.Type)) {
    const ways = ('Next' in state && state.Next !== undefined ? 1 : 0) + ('End' in state && state.End ? 1 : 0);
    if (ways !== 1) messages.push('needs exactly one of Next and End');
  }
  if ('Retry' in state) messages.push(...matcherProblems('Retry', state.Retry ?? []));
  if ('Catch' in state) messages.push(...matcherProblems('Catch', state.Catch ?? []));
  messages.push(...typeProblems(state), ...expressionProblems(state));
  return messages.map((message) => ({ state: name, message }));
}

function typeProblems(state: State): string[] {
  if (state.Type === 'Wait') {
    const ways = [state.Seconds, state.Timestamp].filter((each) => each !== undefined).length;
    return ways === 1 ? [] : ['needs exactly one of Seconds and Timestamp'];
  }
  if (state.Type === 'Map') {
    const items: Json | undefined = state.Items;
    const fits =
      items === undefined || typeof items === 'object' || (typeof items === 'string' && items.startsWith('{%'));
    return fits && items !== null ? [] : ['Items must be an array, an object or an expression'];
  }
  if (state.Type !== 'Task') return [];
  const resource = parseResource(state.Resource);
  const messages = 'refused' in resource ? [resource.refused] : [];
  const { HeartbeatSeconds: heartbeat, TimeoutSeconds: timeout } = state;
  if (typeof heartbeat === 'number' && typeof timeout === 'number' && heartbeat >= timeout) {
    messages.push('HeartbeatSeconds must be smaller than TimeoutSeconds');
  }
  if (timeout === 0 || heartbeat === 0) messages.push('TimeoutSeconds and HeartbeatSeconds must be at least 1');
  return messages;
}

const STATES_ERRORS = new Set(
  [
    'ALL',
    'TaskFailed',
    'Timeout',
    'HeartbeatTimeout',
    'QueryEvaluationError',
    'Permissions',
    'BranchFailed',
    'DataLimitExceeded',
  ]
    .concat(['ExceedToleratedFailureThreshold', 'ItemReaderFailed', 'ResultWriterFailed', 'NoChoiceMatched', 'Runtime'])
    .map((name) => `States.${name}`),
);

function matcherProblems(field: string, matchers: { ErrorEquals: string[] }[]): string[] {
  return matchers.flatMap(({ ErrorEquals: names }, index) => {
    const where = `${field}[${index}]`;
    const messages: string[] = [];
    if (names.includes('States.ALL') && names.length > 1) messages.push(`${where}: States.ALL must stand alone`);
    if (names.includes('States.ALL') && index < matchers.length - 1)
      messages.push(`${where}: States.ALL must come last`);
    for (const name of names) {
      if (name.startsWith('States.') && !STATES_ERRORS.has(name)) messages.push(`${where}: there is no error ${name}`);
    }
    return messages;
  });
}
