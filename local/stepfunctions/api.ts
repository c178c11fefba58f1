import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import { parseJson } from '../kernel/parse-json.ts';
import type { Execution, Machinery } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import type { Machines } from './machines.ts';
import { checkName, executionArn, invalidArn } from './names.ts';
import { LARGEST_PAYLOAD } from './payload.ts';
import { notRedrivable } from './redrivable.ts';
import type { ExecutionRow, MachineRow, Store } from './store.ts';

/** What the API needs of the running service. */
export interface Engine {
  kernel: Kernel;
  store: Store;
  machines: Machines;
  /** The executions under way, by ARN. */
  live: Map<string, Execution>;
  launch(row: Omit<ExecutionRow, 'id'>, id: number | undefined, definition: string): Execution;
  /** What executions are made of, for one that nobody may find. */
  machinery: Machinery;
}

export type Operation = (engine: Engine, input: unknown, principal: Principal) => Promise<unknown>;

const RUN_INPUT = {
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().optional(),
  traceHeader: z.string().optional(),
};
// METADATA_ONLY hides what a customer's key encrypts: there are no such keys here.
const ALL_DATA = z.literal('ALL_DATA').optional();
/** An execution's description without its payloads, for callers that should not see (or cannot decrypt) them. */
const ANY_DATA = z.enum(['ALL_DATA', 'METADATA_ONLY']).optional();
const page = (limit: number) => ({
  maxResults: z.int().min(0).max(limit).optional(),
  nextToken: z.string().optional(),
});

export function operation<S extends z.ZodType>(
  schema: S,
  run: (engine: Engine, input: z.infer<S>, principal: Principal) => Promise<unknown>,
): Operation {
  return (engine, input, principal) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
      throw new AwsError('ValidationException', `${problems.length} validation error detected: ${problems.join('; ')}`);
    }
    return run(engine, parsed.data, principal);
  };
}

const payloadsOf = ({ input, output }: { input: string; output: string | null }) => ({
  input,
  inputDetails: { included: true },
  ...(output === null ? {} : { output, outputDetails: { included: true } }),
});

export const operations: Record<string, Operation> = {
  CreateStateMachine: operation(
    z.strictObject({
      name: z.string(),
      definition: z.string(),
      roleArn: z.string(),
      type: z.enum(['STANDARD', 'EXPRESS']).optional(),
      // Of no meaning on one machine: there are no CloudWatch logs, no X-Ray, no tags.
      loggingConfiguration: z.unknown().optional(),
      tracingConfiguration: z.unknown().optional(),
      tags: z.unknown().optional(),
    }),
    async ({ kernel, store, machines }, input, principal) => {
      kernel.authorizer.authorize(principal, 'states:CreateStateMachine', '*');
      const { name, definition, roleArn: role, type = 'STANDARD' } = input;
      const row = await store.storage.write(() => machines.put({ name, definition, role, type, source: 'api' }));
      return { stateMachineArn: row.arn, creationDate: seconds(row.created) };
    },
  ),

  DescribeStateMachine: operation(
    z.strictObject({ stateMachineArn: z.string(), includedData: ALL_DATA }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:DescribeStateMachine', input.stateMachineArn);
      const row = engine.machines.get(input.stateMachineArn);
      return {
        ...machineListItem(row),
        status: 'ACTIVE',
        definition: row.definition,
        roleArn: row.role,
        revisionId: row.revision,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: false },
      };
    },
  ),

  ListStateMachines: operation(z.strictObject(page(1000)), async ({ kernel, machines }, input, principal) => {
    kernel.authorizer.authorize(principal, 'states:ListStateMachines', '*');
    const from = input.nextToken === undefined ? 0 : readToken(input.nextToken, z.int().min(0));
    const all = machines.list();
    const until = from + (input.maxResults || 100);
    return {
      stateMachines: all.slice(from, until).map(machineListItem),
      ...(until < all.length ? { nextToken: writeToken(until) } : {}),
    };
  }),

  StartExecution: operation(z.strictObject({ ...RUN_INPUT }), async (engine, input, principal) => {
    engine.kernel.authorizer.authorize(principal, 'states:StartExecution', input.stateMachineArn);
    const machine = engine.machines.get(input.stateMachineArn);
    await engine.machinery.room.entered();
    const row = newExecution(engine, machine, input);
    const started = await engine.store.storage.write((group) => {
      // EXPRESS names may repeat: their ARNs are unique.
      const existing = engine.store.execution(row.arn);
      if (existing) return sameExecution(existing, row);
      const stored = { ...row, definition: engine.store.putDefinition(machine.definition) };
      const id = engine.store.insertExecution(stored);
      group.afterCommit(() => engine.launch(stored, id, machine.definition).start());
      return row.started;
    });
    return { executionArn: row.arn, startDate: seconds(started) };
  }),

  StartSyncExecution: operation(
    z.strictObject({ ...RUN_INPUT, includedData: ALL_DATA }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:StartSyncExecution', input.stateMachineArn);
      const machine = engine.machines.get(input.stateMachineArn);
      if (machine.type !== 'EXPRESS') throw unsupportedType();
      const row = newExecution(engine, machine, input);
      // Nobody resumes it, so its row needs no definition.
      const execution = engine.launch(row, undefined, machine.definition);
      execution.start();
      const ending = await execution.ended;
      const duration = ending.stopped - row.started;
      return {
        executionArn: row.arn,
        stateMachineArn: machine.arn,
        name: row.name,
        startDate: seconds(row.started),
        stopDate: seconds(ending.stopped),
        status: ending.status,
        input: row.input,
        inputDetails: { included: true },
        ...(ending.output === undefined ? {} : { output: ending.output, outputDetails: { included: true } }),
        ...(ending.error === undefined ? {} : { error: ending.error }),
        ...(ending.cause === undefined ? {} : { cause: ending.cause }),
        billingDetails: { billedDurationInMilliseconds: Math.ceil(duration / 100) * 100, billedMemoryUsedInMB: 64 },
      };
    },
  ),

  DescribeExecution: operation(
    z.strictObject({ executionArn: z.string(), includedData: ANY_DATA }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:DescribeExecution', input.executionArn);
      const row = await findExecution(engine, input.executionArn, principal);
      const reason = await engine.store.storage.read(() => notRedrivable(engine.store, row, engine.kernel.clock.now()));
      const redriveStatus =
        reason === undefined
          ? { redriveStatus: 'REDRIVABLE' }
          : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
      return {
        ...executionListItem(row),
        ...(input.includedData === 'METADATA_ONLY' ? { inputDetails: { included: false } } : payloadsOf(row)),
        ...(row.error === null ? {} : { error: row.error }),
        ...(row.cause === null ? {} : { cause: row.cause }),
        ...redriveStatus,
      };
    },
  ),

  ListExecutions: operation(
    z.strictObject({
      stateMachineArn: z.string(),
      statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
      ...page(1000),
    }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:ListExecutions', input.stateMachineArn);
      const machine = engine.machines.get(input.stateMachineArn);
      if (machine.type === 'EXPRESS' && principal.kind !== 'operator') throw unsupportedType();
      const limit = input.maxResults || 100;
      const before =
        input.nextToken === undefined
          ? { started: Number.MAX_SAFE_INTEGER, id: 0 }
          : readToken(input.nextToken, z.strictObject({ started: z.number(), id: z.number() }));
      const rows = await engine.store.storage.read(() =>
        engine.store.executionsOf(machine.arn, input.statusFilter, limit + 1, before),
      );
      const last = rows[limit - 1];
      return {
        executions: rows.slice(0, limit).map(executionListItem),
        ...(rows.length > limit && last ? { nextToken: writeToken({ started: last.started, id: last.id }) } : {}),
      };
    },
  ),

  GetExecutionHistory: operation(
    z.strictObject({
      executionArn: z.string(),
      reverseOrder: z.boolean().optional(),
      includeExecutionData: z.boolean().optional(),
      ...page(1000),
    }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:GetExecutionHistory', input.executionArn);
      const row = await findExecution(engine, input.executionArn, principal);
      const all = await engine.store.storage.read(() => [
        ...engine.store.history(row.id),
        ...(engine.live.get(row.arn)?.history.pending ?? []),
      ]);
      if (input.reverseOrder) all.reverse();
      const from = input.nextToken === undefined ? 0 : historyPosition(all, readToken(input.nextToken, z.int()));
      const until = from + (input.maxResults || 100);
      return {
        events: all.slice(from, until).map((event) => wireEvent(event, input.includeExecutionData ?? true)),
        ...(until < all.length ? { nextToken: writeToken(all[until - 1]?.id ?? 0) } : {}),
      };
    },
  ),

  StopExecution: operation(
    z.strictObject({
      executionArn: z.string(),
      error: z.string().max(256).optional(),
      cause: z.string().max(32_768).optional(),
    }),
    async (engine, input, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:StopExecution', input.executionArn);
      const row = await findExecution(engine, input.executionArn, principal);
      const ending = await engine.live.get(row.arn)?.abort(input.error, input.cause);
      return { stopDate: seconds(ending?.stopped ?? row.stopped ?? engine.kernel.clock.now()) };
    },
  ),
};

/** Epoch seconds with milliseconds: a time as JSON 1.0 writes it. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** @throws AwsError InvalidName, InvalidExecutionInput */
function newExecution(
  { kernel }: Engine,
  machine: MachineRow,
  given: { name?: string | undefined; input?: string | undefined },
): Omit<ExecutionRow, 'id'> {
  const name = given.name ?? randomUUID();
  checkName(name);
  const input = given.input ?? '{}';
  if (!isJson(input)) {
    throw new AwsError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'Invalid execution input.'");
  }
  if (Buffer.byteLength(input) > LARGEST_PAYLOAD) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_PAYLOAD}`,
    );
  }
  const ended = { output: null, error: null, cause: null, stopped: null, redriveCount: 0, redriven: null };
  return {
    arn: executionArn(machine.arn, machine.type, name, randomUUID()),
    machineArn: machine.arn,
    name,
    type: machine.type,
    status: 'RUNNING',
    role: machine.role,
    definition: '',
    input,
    started: kernel.clock.now(),
    ...ended,
  };
}

export function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** The same name and input while it runs is the same execution; anything else is refused. Inputs are compared as text. */
function sameExecution(existing: ExecutionRow, wanted: Omit<ExecutionRow, 'id'>): number {
  if (existing.status === 'RUNNING' && existing.input === wanted.input) return existing.started;
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
}

/**
 * AWS keeps no EXPRESS executions to look at (only logs): roles get AWS's refusal. The operator at this machine may see them: it has no CloudWatch.
 * @throws AwsError InvalidArn, ExecutionDoesNotExist
 */
export async function findExecution(engine: Engine, arn: string, principal: Principal): Promise<ExecutionRow> {
  const type = /^arn:aws:states:[^:]+:\d{12}:(execution|express):[^:]+:/.exec(arn)?.[1];
  if (!type || (type === 'express' && principal.kind !== 'operator')) {
    throw invalidArn(`Resource type not valid in this context: ${arn.split(':')[5] ?? arn}`);
  }
  const row = await engine.store.storage.read(() => engine.store.execution(arn));
  if (!row) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return row;
}

function unsupportedType(): AwsError {
  return new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
}

function machineListItem(row: MachineRow) {
  return { stateMachineArn: row.arn, name: row.name, type: row.type, creationDate: seconds(row.created) };
}

function executionListItem(row: ExecutionRow) {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machineArn,
    name: row.name,
    status: row.status,
    startDate: seconds(row.started),
    ...(row.stopped === null ? {} : { stopDate: seconds(row.stopped) }),
    redriveCount: row.redriveCount,
    ...(row.redriven === null ? {} : { redriveDate: seconds(row.redriven) }),
  };
}

const EXECUTION_DATA = new Set(['input', 'output', 'parameters', 'assignedVariables']);

function wireEvent(event: HistoryEvent, withData: boolean) {
  const wire = { ...event, timestamp: seconds(event.timestamp) };
  if (withData) return wire;
  const withoutData = (details: unknown) =>
    typeof details === 'object' && details !== null
      ? Object.fromEntries(Object.entries(details).filter(([key]) => !EXECUTION_DATA.has(key)))
      : details;
  return Object.fromEntries(Object.entries(wire).map(([key, details]) => [key, withoutData(details)]));
}

function writeToken(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws AwsError InvalidToken */
function readToken<T>(token: string, position: z.ZodType<T>): T {
  try {
    return position.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  }
}

/** A page goes on after the last event of the one before, also when the execution has gone on meanwhile. */
function historyPosition(events: HistoryEvent[], lastSeen: number): number {
  const index = events.findIndex(({ id }) => id === lastSeen);
  if (index < 0) throw new AwsError('InvalidToken', `Invalid Token: '${String(lastSeen)}'`);
  return index + 1;
}
