import * as z from 'zod';
import type { Json } from '../kernel/kernel.ts';

/** The shape of a state machine in JSONata mode. What a shape cannot say (targets exist, names are unique) is in validate.ts. */

const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.record(z.string(), json);
const expression = z.string().regex(/^\{%[\s\S]*%\}$/, 'must be a number or a {% %} expression');
const wholeNumber = z.union([z.int().min(0), expression]);

const common = { Comment: z.string().optional(), QueryLanguage: z.enum(['JSONPath', 'JSONata']).optional() };
const output = { Output: json.optional() };
const assign = { Assign: jsonObject.optional() };
const goesOn = { Next: z.string().optional(), End: z.literal(true).optional() };

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().min(1).max(99_999_999).optional(),
  MaxAttempts: z.int().min(0).max(99_999_999).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).optional(),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  Next: z.string(),
  ...output,
  ...assign,
});

const fallible = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...output, ...assign, ...goesOn });

const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  Resource: z.string(),
  Arguments: json.optional(),
  TimeoutSeconds: wholeNumber.optional(),
  HeartbeatSeconds: wholeNumber.optional(),
  ...output,
  ...assign,
  ...goesOn,
  ...fallible,
});

const choiceRule = z.strictObject({
  Comment: z.string().optional(),
  Condition: z.union([z.boolean(), expression]),
  Next: z.string(),
  ...output,
  ...assign,
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  Choices: z.array(choiceRule).min(1),
  Default: z.string().optional(),
  ...output,
  ...assign,
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  Seconds: wholeNumber.optional(),
  Timestamp: z.string().optional(),
  ...output,
  ...assign,
  ...goesOn,
});

const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, ...output });

const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

const branch = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  get States() {
    return z.record(z.string(), state);
  },
});

const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  get Branches() {
    return z.array(branch).min(1);
  },
  Arguments: json.optional(),
  ...output,
  ...assign,
  ...goesOn,
  ...fallible,
});

const map = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  Items: json.optional(),
  ItemSelector: json.optional(),
  get ItemProcessor() {
    return z.strictObject({
      Comment: z.string().optional(),
      ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
      StartAt: z.string(),
      States: z.record(z.string(), state),
    });
  },
  MaxConcurrency: wholeNumber.optional(),
  // Accepted by AWS on an inline Map too, and without effect there [recorded].
  ToleratedFailureCount: wholeNumber.optional(),
  ToleratedFailurePercentage: z.union([z.number().min(0).max(100), expression]).optional(),
  ...output,
  ...assign,
  ...goesOn,
  ...fallible,
});

const stateSchemas = [pass, task, choice, wait, succeed, fail, parallel, map] as const;
const state: z.ZodType<State> = z.lazy(() => z.discriminatedUnion('Type', stateSchemas));

/** The types of states with the fields that each may have. */
export const stateFields = (): { type: string; fields: string[] }[] =>
  stateSchemas.map(({ shape }) => ({ type: shape.Type.value, fields: Object.keys(shape) }));

export const machineSchema = z.strictObject({
  Comment: z.string().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.enum(['JSONPath', 'JSONata']).optional(),
  StartAt: z.string(),
  States: z.record(z.string(), state),
  TimeoutSeconds: z.int().min(1).max(99_999_999).optional(),
});

export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
export type PassState = z.infer<typeof pass>;
export type TaskState = z.infer<typeof task>;
export type ChoiceState = z.infer<typeof choice>;
export type WaitState = z.infer<typeof wait>;
export type SucceedState = z.infer<typeof succeed>;
export type FailState = z.infer<typeof fail>;

/** What runs as a unit: the machine itself, a branch of a Parallel, the item processor of a Map. */
export interface Flow {
  StartAt: string;
  States: Record<string, State>;
}

interface FanOut {
  Type: 'Parallel' | 'Map';
  Comment?: string | undefined;
  QueryLanguage?: 'JSONPath' | 'JSONata' | undefined;
  Output?: Json | undefined;
  Assign?: Record<string, Json> | undefined;
  Next?: string | undefined;
  End?: true | undefined;
  Retry?: Retrier[] | undefined;
  Catch?: Catcher[] | undefined;
}

export interface ParallelState extends FanOut {
  Type: 'Parallel';
  Branches: Flow[];
  Arguments?: Json | undefined;
}

export interface MapState extends FanOut {
  Type: 'Map';
  Items?: Json | undefined;
  ItemSelector?: Json | undefined;
  ItemProcessor: Flow;
  MaxConcurrency?: number | string | undefined;
  ToleratedFailureCount?: number | string | undefined;
  ToleratedFailurePercentage?: number | string | undefined;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export interface Machine extends Flow {
  QueryLanguage?: 'JSONPath' | 'JSONata' | undefined;
  TimeoutSeconds?: number | undefined;
}

export interface FoundState {
  name: string;
  state: State;
  flow: Flow;
  /** The Parallel and Map states around it, outermost first. */
  around: FoundState[];
}

/** Every state of the machine, those inside Parallel and Map too, in the order of the file. */
export function* allStates(flow: Flow, around: FoundState[] = []): Generator<FoundState> {
  for (const [name, state] of Object.entries(flow.States)) {
    const found = { name, state, flow, around };
    yield found;
    for (const inner of innerFlows(state)) yield* allStates(inner, [...around, found]);
  }
}

export function innerFlows(state: State): Flow[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}

/** The states that `state` may go to. */
export function successors(state: State): string[] {
  const next: string[] = [];
  if ('Next' in state && state.Next !== undefined) next.push(state.Next);
  if ('Catch' in state) for (const { Next } of state.Catch ?? []) next.push(Next);
  if (state.Type === 'Choice') {
    for (const rule of state.Choices) next.push(rule.Next);
    if (state.Default !== undefined) next.push(state.Default);
  }
  return next;
}
