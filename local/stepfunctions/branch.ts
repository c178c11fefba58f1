import type { Json } from '../kernel/kernel.ts';
import type { ChoiceState, Flow, State } from './definition.ts';
import { EvaluationError, StatesError } from './errors.ts';
import type { Execution } from './execution.ts';
import { type Bindings, evaluate, expressionSource, withSurroundings } from './expressions.ts';
import { runMap, runParallel } from './fan-out.ts';
import type { Frame, MapItem } from './frame.ts';
import { checkSize, textOf } from './payload.ts';
import type { Scope } from './scope.ts';
import { runTask } from './task.ts';
import { assign, variableBindings } from './variables.ts';
import { waitUntil } from './wait.ts';

/** How a state ends. `next` is absent at the end of the branch. */
export interface Outcome {
  next: string | undefined;
  output: Json;
  assigned: Record<string, Json>;
}

/** The fields that may shape what a state hands on: those of the state itself, of a choice rule or of a catcher. */
export interface Shaping {
  Output?: Json | undefined;
  Assign?: Record<string, Json> | undefined;
}

/** What this machine can be in the middle of when a sibling fails. Only these types have an Aborted event. */
const ABORTABLE = new Set(['Task', 'Wait', 'Map', 'Parallel']);
/** Transitions without a pause after which the branch lets the event loop turn, so that nothing else starves. */
const TRANSITIONS_A_TURN = 50;

/** One line of states: the machine itself, a branch of a Parallel, an iteration of a Map. */
export class Branch {
  readonly execution: Execution;
  readonly flow: Flow;
  readonly frame: Frame;
  readonly scope: Scope;
  /** What the iteration of a Map shows in the context, for the states around which it runs too. */
  readonly mapItem: { index: number; item: MapItem } | undefined;
  /** The branches that run inside the current state. */
  readonly children = new Set<Branch>();
  readonly #outer: Branch | undefined;
  readonly #resumed: boolean;
  #variables: Bindings;

  constructor(
    execution: Execution,
    flow: Flow,
    frame: Frame,
    scope: Scope,
    resumed: boolean,
    outer?: Branch,
    mapItem: Branch['mapItem'] = outer?.mapItem,
  ) {
    this.execution = execution;
    this.flow = flow;
    this.frame = frame;
    this.scope = scope;
    this.mapItem = mapItem;
    this.#outer = outer;
    this.#resumed = resumed;
    this.#variables = variableBindings(this);
  }

  get outer(): Branch | undefined {
    return this.#outer;
  }

  get variables(): Bindings {
    return this.#variables;
  }

  now(): number {
    return this.execution.machinery.kernel.clock.now();
  }

  /** Runs to the end of the branch and returns its output. */
  async run(): Promise<Json> {
    const { activity } = this.execution;
    activity.enter();
    try {
      if (!this.#resumed) this.#enterState();
      for (let transitions = 1; ; transitions += 1) {
        const state = this.currentState();
        const { next, output, assigned } = await this.#execute(state);
        this.scope.check();
        this.#exitState(state, output, assigned);
        if (next === undefined) return output;
        this.frame.state = next;
        this.frame.input = output;
        this.frame.retries = [];
        delete this.frame.until;
        this.#enterState(this.frame.running !== undefined);
        if (transitions % TRANSITIONS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      activity.leave();
    }
  }

  currentState(): State {
    const state = this.flow.States[this.frame.state];
    if (!state) throw new StatesError('States.Runtime', `There is no state ${this.frame.state}`);
    return state;
  }

  /** @throws Canceled when a sibling failed meanwhile: a canceled branch writes no history */
  record(type: string, details: Record<string, unknown> = {}): number {
    this.scope.check();
    return this.execution.history.record(this.frame, type, this.now(), details);
  }

  /** The events of a branch that is cut off, innermost first. Called before its scope is canceled. */
  recordAborted(): void {
    for (const child of this.children) child.recordAborted();
    const state = this.currentState();
    if (ABORTABLE.has(state.Type)) this.record(`${state.Type}StateAborted`);
    const { mapItem, outer } = this;
    if (mapItem && outer && mapItem !== outer.mapItem) {
      const details = { name: outer.frame.state, index: mapItem.index };
      this.record('MapIterationAborted', { mapIterationAbortedEventDetails: details });
    }
  }

  /** Waits for a time without counting as busy. */
  async sleepUntil(time: number): Promise<void> {
    const { clock } = this.execution.machinery.kernel;
    if (time <= clock.now()) return;
    let cancel = () => {};
    const timer = new Promise<void>((resolve) => {
      cancel = clock.at(time, resolve);
    });
    await this.execution.activity.outside(this.scope.guard(timer, cancel));
  }

  #enterState(dropChildren = false): void {
    const { frame } = this;
    const state = this.currentState();
    if (dropChildren) delete frame.running;
    frame.enteredAt = this.now();
    frame.enteredEvent = this.record(`${state.Type}StateEntered`, {
      stateEnteredEventDetails: { name: frame.state, input: textOf(frame.input), inputDetails: { truncated: false } },
    });
    this.execution.machinery.countState();
    this.execution.save(frame, dropChildren);
  }

  #exitState(state: State, output: Json, assigned: Record<string, Json>): void {
    // A Fail state is never left: it throws.
    const text = textOf(output);
    checkSize(text, this.frame.state);
    const texts = assign(this, assigned);
    this.#variables = variableBindings(this);
    this.record(`${state.Type}StateExited`, {
      stateExitedEventDetails: {
        name: this.frame.state,
        output: text,
        outputDetails: { truncated: false },
        ...(Object.keys(texts).length > 0
          ? { assignedVariables: texts, assignedVariablesDetails: { truncated: false } }
          : {}),
      },
    });
  }

  async #execute(state: State): Promise<Outcome> {
    switch (state.Type) {
      case 'Pass':
        return { next: state.Next, ...(await this.shape(state, '', {}, this.frame.input)) };
      case 'Succeed':
        return { next: undefined, ...(await this.shape(state, '', {}, this.frame.input)) };
      case 'Fail':
        throw await this.#failure(state);
      case 'Choice':
        return this.#choose(state);
      case 'Wait':
        if (this.frame.until === undefined) {
          this.frame.until = await waitUntil(this, state, this.bindings());
          this.execution.save(this.frame);
        }
        await this.sleepUntil(this.frame.until);
        return { next: state.Next, ...(await this.shape(state, '', {}, this.frame.input)) };
      case 'Task':
        return runTask(this, state);
      case 'Parallel':
        return runParallel(this, state);
      case 'Map':
        return runMap(this, state);
    }
  }

  async #failure(state: { Error?: string | undefined; Cause?: string | undefined }): Promise<StatesError> {
    const bindings = this.bindings();
    const text = async (value: string | undefined, field: string) =>
      value === undefined ? undefined : String(await this.evaluateTyped(value, field, bindings, 'string'));
    return new StatesError(await text(state.Error, 'Error'), await text(state.Cause, 'Cause'));
  }

  async #choose(state: ChoiceState): Promise<Outcome> {
    const bindings = this.bindings();
    for (const [index, rule] of state.Choices.entries()) {
      const field = `Choices[${index}]`;
      if (!(await this.evaluateTyped(rule.Condition, `${field}/Condition`, bindings, 'boolean'))) continue;
      return { next: rule.Next, ...(await this.shape(rule, `${field}/`, {}, this.frame.input)) };
    }
    if (state.Default === undefined) {
      // States.NoChoiceMatched is reserved; the service reports States.Runtime.
      throw new StatesError(
        'States.Runtime',
        this.#inThisState('Failed to transition out of the state. The state does not point to a next state.'),
      );
    }
    return { next: state.Default, ...(await this.shape(state, '', {}, this.frame.input)) };
  }

  /** What expressions of the current state see: the variables as they were on entry, and `$states`. */
  bindings(extra: Record<string, Json> = {}, item?: { index: number; item: MapItem }): Bindings {
    const { machinery } = this.execution;
    const states = { input: this.frame.input, context: this.#context(item), ...extra };
    return withSurroundings({ ...this.#variables, states }, { now: this.now(), random: machinery.random });
  }

  #context(item: Branch['mapItem'] = this.mapItem): Json {
    const { frame } = this;
    const { row } = this.execution;
    const retriable = ['Task', 'Map', 'Parallel'].includes(this.currentState().Type);
    return {
      Execution: {
        Id: row.arn,
        Input: this.execution.input,
        StartTime: new Date(row.started).toISOString(),
        Name: row.name,
        RoleArn: row.role,
        RedriveCount: row.redriveCount,
        ...(row.redriven === null ? {} : { RedriveTime: new Date(row.redriven).toISOString() }),
      },
      StateMachine: { Id: row.machineArn, Name: row.machineArn.slice(row.machineArn.lastIndexOf(':') + 1) },
      State: {
        Name: frame.state,
        EnteredTime: new Date(frame.enteredAt).toISOString(),
        ...(retriable ? { RetryCount: frame.retries.reduce((sum, each) => sum + each, 0) } : {}),
      },
      ...(item ? { Map: { Item: mapItemContext(item) } } : {}),
    };
  }

  /** Output and Assign, both from the values on entry. `prefix` says whose they are: `Choices[0]/`, `Catch[1]/`. */
  async shape(
    rule: Shaping,
    prefix: string,
    extra: Record<string, Json>,
    byDefault: Json,
  ): Promise<{ output: Json; assigned: Record<string, Json> }> {
    if (rule.Output === undefined && rule.Assign === undefined) return { output: byDefault, assigned: {} };
    const bindings = this.bindings(extra);
    const assigned: Record<string, Json> = {};
    for (const [name, value] of Object.entries(rule.Assign ?? {})) {
      assigned[name] = await this.evaluate(value, `${prefix}Assign/${name}`, bindings);
    }
    const output =
      rule.Output === undefined ? byDefault : await this.evaluate(rule.Output, `${prefix}Output`, bindings);
    return { output, assigned };
  }

  async evaluate(value: Json, field: string, bindings: Bindings): Promise<Json> {
    try {
      return await evaluate(value, field, bindings);
    } catch (failure) {
      if (!(failure instanceof EvaluationError)) throw failure;
      throw this.evaluationFailure(failure.location, failure.reason ?? '');
    }
  }

  /** Like `evaluate`, for a field that takes one type only. */
  async evaluateTyped(value: Json, field: string, bindings: Bindings, expected: JsonType): Promise<Json> {
    const result = await this.evaluate(value, field, bindings);
    if (jsonType(result) === expected) return result;
    throw this.unexpectedType(value, field, expected, result);
  }

  async evaluateNumber(value: Json, field: string, bindings: Bindings, least: number, most: number): Promise<number> {
    const result = Number(await this.evaluateTyped(value, field, bindings, 'number'));
    if (Number.isInteger(result) && result >= least && result <= most) return result;
    throw this.evaluationFailure(
      field,
      `The ${field} field must be a whole number from ${least} to ${most}, but was: ${result}`,
    );
  }

  unexpectedType(value: Json, field: string, expected: JsonType, result: Json): EvaluationError {
    const source = expressionSource(value) ?? textOf(value);
    return this.evaluationFailure(
      field,
      `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. ` +
        `Expected '${expected}', but was '${jsonType(result)}' for value: ${textOf(result)}`,
    );
  }

  /** Records EvaluationFailed and makes the error to throw. */
  evaluationFailure(location: string, reason: string): EvaluationError {
    const failure = new EvaluationError(location, this.#inThisState(reason));
    this.record('EvaluationFailed', {
      evaluationFailedEventDetails: {
        error: failure.error,
        cause: failure.reason,
        location,
        state: this.frame.state,
      },
    });
    return failure;
  }

  #inThisState(text: string): string {
    const { state, enteredEvent } = this.frame;
    return `An error occurred while executing the state '${state}' (entered at the event id #${enteredEvent}). ${text}`;
  }
}

type JsonType = 'null' | 'number' | 'string' | 'boolean' | 'array' | 'object';

function jsonType(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'number' || type === 'string' || type === 'boolean' ? type : 'object';
}

function mapItemContext({ index, item }: { index: number; item: MapItem }): Json {
  return {
    Index: index,
    Value: item.value,
    ...(item.key === undefined ? {} : { Key: item.key }),
    Source: 'STATE_DATA',
  };
}
