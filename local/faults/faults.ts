import { sleep } from '../kernel/clock.ts';
import { AwsError } from '../kernel/errors.ts';
import { type Kernel, operator, type Principal, type Service } from '../kernel/kernel.ts';
import type { QueueSource, StreamSource } from '../kernel/streams.ts';
import { AnswerLost } from '../kernel/wire-errors.ts';
import { conflicting, type FaultPlan, type FaultRule } from './fault-rule.ts';
import { withDuplicates, withQueueFaults } from './feeds.ts';
import { seededRandom } from './seeded-random.ts';

interface Call {
  service: string;
  /** Undefined = not known before the service has read the request. */
  operation: string | undefined;
  principal: Principal;
}

interface ArmedRule {
  rule: FaultRule;
  random: () => number;
  struck: number;
}

/** Ends the thread that runs a function under whatever it is doing; false if the function is not at work. */
export type CrashFunction = (name: string) => boolean;

/**
 * Faults on demand, for tests: stands before each service and does what the plan says. Calls of the person at this machine are left alone,
 * so that a test can look at what it does. Without a plan a call costs one comparison.
 */
export class Faults {
  #armed: ArmedRule[] = [];
  #plan: FaultPlan | undefined;
  readonly #crash: CrashFunction;

  constructor(crash: CrashFunction = () => false) {
    this.#crash = crash;
  }

  plan(plan: FaultPlan | undefined): void {
    this.#plan = plan;
    // One sequence for each rule: what one rule meets does not change what the next one does.
    this.#armed = (plan?.rules ?? []).map((rule, index) => ({
      rule,
      random: seededRandom((plan?.seed ?? 0) + index * 7919),
      struck: 0,
    }));
  }

  /** The plan with how often each of its rules struck. */
  report(): { seed?: number; rules: (FaultRule & { struck: number })[] } {
    const rules = this.#armed.map(({ rule, struck }) => ({ ...rule, struck }));
    return { ...(this.#plan && { seed: this.#plan.seed }), rules };
  }

  /** The service with its calls going through the plan, from the wire and from other services alike. */
  around(service: Service, kernel: Pick<Kernel, 'clock'>): Service {
    const call = (operation: string, input: unknown, principal: Principal): Promise<unknown> => {
      if (this.#armed.length === 0 || principal === operator) return service.call(operation, input, principal);
      const carryOut = () => service.call(operation, input, principal);
      return this.#through(kernel, { service: service.name, operation, principal }, carryOut);
    };
    const { json, operations, wire } = service;
    return {
      name: service.name,
      resources: service.resources,
      call,
      start: () => service.start?.(),
      stop: async () => service.stop?.(),
      ...(operations && { operations }),
      ...(json && { json }),
      ...(wire && {
        wire: (request) => {
          if (this.#armed.length === 0 || request.principal === operator) return wire.call(service, request);
          // REST services name their operations only inside: rules about all operations reach them here.
          const { principal } = request;
          const carryOut = () => wire.call(service, request);
          return this.#through(kernel, { service: service.name, operation: undefined, principal }, carryOut);
        },
      }),
    };
  }

  queues(source: QueueSource, kernel: Pick<Kernel, 'clock'>): QueueSource {
    return withQueueFaults(source, kernel.clock, (kind) => this.#random('sqs', 'ReceiveMessage', kind));
  }

  streams(source: StreamSource): StreamSource {
    return withDuplicates(source, () => this.#random('dynamodb', 'GetRecords', 'duplicate') !== undefined);
  }

  async #through<T>(
    { clock }: Pick<Kernel, 'clock'>,
    { service, operation, principal }: Call,
    carryOut: () => Promise<T>,
  ): Promise<T> {
    let isLost = false;
    let isLast = false;
    for (const armed of this.#armed) {
      const { kind, delayMilliseconds = 0, jumpMilliseconds = 0, point } = armed.rule;
      if (!matches(armed.rule, service, operation) || !strikes(armed)) continue;
      if (kind === 'delay') await sleep(clock, delayMilliseconds);
      else if (kind === 'timeout') isLost = true;
      else if (kind === 'clock-jump') clock.jump?.(jumpMilliseconds);
      else if (kind === 'crash' && point === 'after') isLast = true;
      else if (kind === 'crash') this.#crashCaller(principal);
      else throw refusal(kind, service, operation);
    }
    const result = await carryOut();
    if (isLast) this.#crashCaller(principal);
    if (isLost) throw new AnswerLost();
    return result;
  }

  /** Only functions can be lost: a call of a state machine, of a rule or of a schedule goes on. */
  #crashCaller(principal: Principal): void {
    if (principal.kind === 'role' && this.#crash(principal.session)) throw new AnswerLost();
  }

  /** A source of chance when a rule about what feeds functions strikes. */
  #random(service: string, operation: string, kind: FaultRule['kind']): (() => number) | undefined {
    return this.#armed.find(
      (armed) =>
        armed.rule.kind === kind &&
        armed.rule.service === service &&
        armed.rule.operation === operation &&
        strikes(armed),
    )?.random;
  }
}

function matches(rule: FaultRule, service: string, operation: string | undefined): boolean {
  if (rule.service !== service || rule.kind === 'duplicate' || rule.kind === 'reorder') return false;
  if (rule.kind === 'conflict' && !conflicting.includes(operation ?? '')) return false;
  return rule.operation === undefined || rule.operation === operation;
}

function strikes(armed: ArmedRule): boolean {
  const { times = Number.POSITIVE_INFINITY, probability } = armed.rule;
  // Drawn for every call, struck or not: how many draws there were must depend on the calls alone.
  const isDrawn = armed.random() < probability;
  if (!isDrawn || armed.struck >= times) return false;
  armed.struck += 1;
  return true;
}

/** Each service's own word for "too fast". */
const throttled: Record<string, [code: string, status: number]> = {
  sqs: ['RequestThrottled', 403],
  lambda: ['TooManyRequestsException', 429],
  s3: ['SlowDown', 503],
  ses: ['TooManyRequestsException', 429],
};

function refusal(kind: FaultRule['kind'], service: string, operation: string | undefined): AwsError {
  if (kind === 'server-error') return new AwsError('InternalServerError', 'Internal server error', 500);
  if (kind === 'throttle') {
    const [code, status] = throttled[service] ?? ['ThrottlingException', 400];
    return new AwsError(code, 'Rate exceeded', status);
  }
  const conflict = 'Transaction is ongoing for the item';
  if (!operation?.startsWith('Transact')) return new AwsError('TransactionConflictException', conflict);
  return new AwsError(
    'TransactionCanceledException',
    'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
    400,
    { CancellationReasons: [{ Code: 'TransactionConflict', Message: conflict }] },
  );
}
