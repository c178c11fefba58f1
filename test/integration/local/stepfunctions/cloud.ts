import { AwsError } from '../../../../local/kernel/errors.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { type Kernel, operator, type Principal } from '../../../../local/kernel/kernel.ts';
import { openStorage } from '../../../../local/kernel/storage.ts';
import { createStepFunctions } from '../../../../local/stepfunctions/service.ts';

/** What a scripted function does with its event. Throwing a FunctionFailure is the handler's error; an AwsError is Lambda's own. */
export type Behavior = (event: unknown, attempt: number) => unknown;

export class FunctionFailure extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface Call {
  service: string;
  operation: string;
  input: Record<string, unknown>;
  principal: Principal;
}

interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

export interface Described {
  status: string;
  output?: string;
  error?: string;
  cause?: string;
  startDate: number;
  stopDate?: number;
}

const ACCOUNT = '111111111111';

/** Step Functions alone, on a fake clock, with scripted functions and services behind it. */
export class Cloud {
  readonly clock: FakeClock;
  readonly calls: Call[] = [];
  readonly reports: unknown[] = [];
  readonly storage: ReturnType<typeof openStorage>;
  readonly kernel: Kernel;
  readonly states: ReturnType<typeof createStepFunctions>;
  readonly functions = new Map<string, Behavior>();
  readonly services = new Map<string, (input: Record<string, unknown>) => unknown>();
  readonly denied = new Set<string>();
  #attempts = new Map<string, number>();

  constructor(
    options: { directory?: string; clock?: FakeClock; random?: () => number; readAsset?: () => string } = {},
  ) {
    const { directory, clock = new FakeClock(), random = () => 0.5, readAsset } = options;
    this.clock = clock;
    this.storage = openStorage(directory);
    this.kernel = {
      clock,
      storage: this.storage,
      authorizer: {
        authorize: (principal, action, resource) => {
          if (principal.kind !== 'operator' && this.denied.has(action)) {
            throw new AwsError(
              'AccessDeniedException',
              `not authorized to perform: ${action} on resource: ${resource}`,
            );
          }
        },
      },
      region: 'us-east-1',
      account: ACCOUNT,
      endpoint: 'http://127.0.0.1:0',
      call: (service, operation, input, principal) => this.#route(service, operation, input, principal),
      track: (work) => clock.track(work),
      report: (_where, error) => this.reports.push(error),
    };
    this.states = createStepFunctions(this.kernel, { random, ...(readAsset ? { readAsset } : {}) });
  }

  async #route(service: string, operation: string, input: unknown, principal: Principal): Promise<unknown> {
    const request = { ...(input as Record<string, unknown>) };
    this.calls.push({ service, operation, input: request, principal });
    if (service === 'lambda') return this.#invoke(request);
    if (service === 'states') return this.states.call(operation, input, principal);
    const answer = this.services.get(`${service}:${operation}`);
    if (!answer) throw new Error(`no script for ${service}:${operation}`);
    return answer(request);
  }

  async #invoke(request: Record<string, unknown>): Promise<unknown> {
    const name = String(request.FunctionName).split(':').at(-1) ?? '';
    const behavior = this.functions.get(name);
    if (!behavior)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${String(request.FunctionName)}`, 404);
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    const event: unknown = typeof request.Payload === 'string' ? JSON.parse(request.Payload) : {};
    const answer = { StatusCode: 200, ExecutedVersion: '$LATEST' };
    try {
      return { ...answer, Payload: JSON.stringify((await behavior(event, attempt)) ?? null) };
    } catch (failure) {
      if (!(failure instanceof FunctionFailure)) throw failure;
      const payload = {
        errorType: failure.type,
        errorMessage: failure.message,
        trace: [`${failure.type}: ${failure.message}`],
      };
      return { ...answer, FunctionError: 'Unhandled', Payload: JSON.stringify(payload) };
    }
  }

  function(name: string, behavior: Behavior): string {
    this.functions.set(name, behavior);
    return `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
  }

  call<T = unknown>(operation: string, input: unknown, principal: Principal = operator): Promise<T> {
    return this.states.call(operation, input, principal) as Promise<T>;
  }

  async create(definition: unknown, options: { name?: string; type?: string } = {}): Promise<string> {
    const { name = 'machine', type = 'STANDARD' } = options;
    const { stateMachineArn } = await this.call<{ stateMachineArn: string }>('CreateStateMachine', {
      name,
      type,
      definition: JSON.stringify(definition),
      roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    });
    return stateMachineArn;
  }

  async start(stateMachineArn: string, input: unknown = {}, name?: string): Promise<string> {
    const { executionArn } = await this.call<{ executionArn: string }>('StartExecution', {
      stateMachineArn,
      input: JSON.stringify(input),
      ...(name === undefined ? {} : { name }),
    });
    return executionArn;
  }

  describe(executionArn: string): Promise<Described> {
    return this.call<Described>('DescribeExecution', { executionArn });
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const { events } = await this.call<{ events: HistoryEvent[] }>('GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
    });
    return events;
  }

  async eventTypes(executionArn: string): Promise<string[]> {
    return (await this.history(executionArn)).map(({ type }) => type);
  }

  /** Creates, starts and runs for up to `seconds` of fake time. */
  async run(
    definition: unknown,
    input: unknown = {},
    seconds = 3600,
  ): Promise<Described & { arn: string; result: unknown }> {
    const arn = await this.start(await this.create(definition), input);
    await this.clock.advance(seconds * 1000);
    const described = await this.describe(arn);
    return { ...described, arn, result: described.output === undefined ? undefined : JSON.parse(described.output) };
  }
}

/** A machine in JSONata mode; the first state given is where it starts. */
export function machine(states: Record<string, unknown>): Record<string, unknown> {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states };
}
