import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { AnswerMessage, RequestMessage } from './messages.ts';

/** What these commands hold is, as JSON, what goes over the wire, and so is their answer: unless there are bytes among it. */
const ITEM_CALLS = [
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'],
  ...['BatchGetItem', 'BatchWriteItem', 'TransactGetItems', 'TransactWriteItems'],
];

/** A command of the SDK. */
export interface Command {
  readonly input: object;
  readonly middlewareStack: { identify(): string[] };
}

type CommandClass = new (input: object) => Command;

/** The classes of the item calls, if it is DynamoDB's package of the SDK that exports this: their own names are minified. */
export function itemCallsOf(exports: object): ReadonlyMap<unknown, string> {
  if (!('DynamoDBClient' in exports)) return new Map();
  const found = ITEM_CALLS.map((operation) => [Reflect.get(exports, `${operation}Command`), operation] as const);
  return new Map(found.filter(([command]) => command !== undefined));
}

interface Identity {
  accessKeyId: string;
  sessionToken?: string;
}

/** How the SDK sent a client's first request: what the next ones have in common with it. */
export interface Way {
  host: string;
  url: string;
  identity: Identity;
  headers: Readonly<Record<string, string>>;
  /** `DynamoDB_20120810` */
  target: string;
  /** Tells the SDK of a call that went well: it gives back some of the retries that those that did not have used up. */
  succeeded: () => void;
}

/** What the SDK decides with whether there is another attempt. */
export interface RetryStrategy {
  mode?: string;
  acquireInitialRetryToken?: (scope: string) => Promise<unknown>;
  recordSuccess?: (token: unknown) => void;
}

/** @returns undefined where the SDK has to see each call: it does in any retry mode but `standard`, its default */
export async function wayOf(
  { url, headers }: RequestMessage,
  identity: Identity,
  strategy: RetryStrategy,
): Promise<Way | undefined> {
  const token = strategy.mode === 'standard' ? await strategy.acquireInitialRetryToken?.('') : undefined;
  const {
    host,
    authorization,
    'content-type': type,
    'x-amz-target': target,
    'x-amz-security-token': session,
  } = headers;
  if (!token || !host || !authorization || !type || !target) return undefined;
  return {
    host,
    url,
    identity,
    headers: {
      host,
      authorization,
      'content-type': type,
      ...(session !== undefined && { 'x-amz-security-token': session }),
    },
    target: target.slice(0, target.lastIndexOf('.')),
    succeeded: () => strategy.recordSuccess?.(token),
  };
}

/** Whether the request was sent for whom the next one is: credentials may be exchanged for others. */
export const isIdentity = ({ identity }: Way, { accessKeyId, sessionToken }: Identity): boolean =>
  identity.accessKeyId === accessKeyId && identity.sessionToken === sessionToken;

type Door = (request: RequestMessage) => Promise<AnswerMessage | undefined>;
type Send = (command: Command) => Promise<object>;

/** An answer that is there before the SDK has asked: its first attempt is answered with it. */
const ready = new AsyncLocalStorage<{ answer: AnswerMessage | undefined; isRead: boolean }>();

/** The answer that waits for the SDK's first attempt, in an object because it may be that there is none (`undefined` = a broken connection). */
export function readyAnswer(): { answer: AnswerMessage | undefined } | undefined {
  const waiting = ready.getStore();
  if (!waiting || waiting.isRead) return undefined;
  waiting.isRead = true;
  return waiting;
}

/**
 * Sends an item call without the SDK's serializers, endpoint rules and retries, which have nothing to do here as long as all goes well: an eighth of
 * the processor time of an order. Everything but a plain success is the SDK's: it gets the answer as that of its own first attempt.
 * @param send the SDK's own way, for what is not JSON as it stands
 */
export async function sendItemCall(
  operation: string,
  given: Command,
  way: Way,
  door: Door,
  send: Send,
): Promise<object> {
  if (!isJson(given.input) || given.middlewareStack.identify().length > 0) return send(given);
  const command = withToken(operation, given);
  const answer = await door({
    method: 'POST',
    url: way.url,
    headers: { ...way.headers, 'x-amz-target': `${way.target}.${operation}` },
    body: JSON.stringify(command.input),
  });
  if (answer?.status !== 200 || typeof answer.body !== 'string' || holdsBytes(answer.body)) {
    return ready.run({ answer, isRead: false }, () => send(command));
  }
  way.succeeded();
  const $metadata = {
    httpStatusCode: 200,
    requestId: answer.headers['x-amzn-requestid'],
    extendedRequestId: undefined,
    cfId: undefined,
    attempts: 1,
    totalRetryDelay: 0,
  };
  return { $metadata, ...JSON.parse(answer.body) };
}

/** The SDK makes one where there is none, and keeps it for its other attempts. */
function withToken(operation: string, command: Command): Command {
  if (operation !== 'TransactWriteItems' || Reflect.get(command.input, 'ClientRequestToken') !== undefined)
    return command;
  return new (command.constructor as CommandClass)({ ...command.input, ClientRequestToken: randomUUID() });
}

/** What JSON.stringify writes as the SDK does: no bytes, sets, dates, big numbers, nulls. */
function isJson(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined && !isJson(member)) return false;
  }
  return true;
}

/** Bytes are text in JSON. A quotation mark within a text has a backslash before it. */
const holdsBytes = (body: string): boolean => body.includes('"B":"') || body.includes('"BS":[');
