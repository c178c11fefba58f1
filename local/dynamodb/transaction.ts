import { createHash } from 'node:crypto';
import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import { type Item, readItem } from './attribute-value.ts';
import { Bill, DETAILS, readUnits, writeUnits } from './capacity.ts';
import type { Engine, Operation } from './engine.ts';
import { keyText, type PrimaryKey, readKey } from './keys.ts';
import { replaceItem } from './replace-item.ts';
import { type Input, isRecord, oneOf, optionalString, readList, readRecord, tableName, validation } from './request.ts';
import type { SizedItem, StoredItem, Table } from './table.ts';
import {
  type ActionKind,
  authorizedTable,
  checkNotNested,
  readAction,
  refuseItemCollections,
  type WriteAction,
} from './write-action.ts';

const MOST_ACTIONS = 100;
const LARGEST = 4 * 1024 * 1024;

const KINDS: Record<string, ActionKind> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

interface Reason {
  Code: string;
  Message?: string;
  Item?: Item;
}

const NONE: Reason = { Code: 'None' };
const CONFLICT: Reason = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };

/** All of up to 100 actions or none. Rejects with TransactionCanceledException when one of them can not be. */
export const transactWriteItems: Operation = async (engine, input, principal) => {
  const members = readList(input, 'TransactItems', 1, MOST_ACTIONS);
  const token = optionalString(input, 'ClientRequestToken');
  if (token !== undefined && (token.length < 1 || token.length > 36)) {
    throw validation(
      `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ` +
        `Member must have length ${token.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 36'}`,
    );
  }
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  const actions = members.map((member) => readMember(engine, readRecord(member, 'TransactItems'), principal));
  checkDistinct(actions);
  for (const { table } of actions) refuseItemCollections(input, table);
  const bill = await engine.kernel.storage.write((group) => {
    if (token !== undefined && alreadyDone(engine, group, token, members)) return readAgain(engine, actions);
    const bill = new Bill('write', true);
    try {
      write(engine, group, actions, bill);
    } finally {
      bill.charge(engine.meter);
    }
    engine.inFlight.add(group, actions, token);
    if (token !== undefined) remember(engine, token, members);
    return bill;
  });
  const capacity = bill.shown(detail);
  return capacity ? { ConsumedCapacity: capacity } : {};
};

/** What the answer to a request that was done before costs: the items are read. */
function readAgain(engine: Engine, actions: WriteAction[]): Bill {
  const bill = new Bill('read', true);
  for (const { table, key } of actions) bill.add(table, { table: readUnits(table.find(key)?.size ?? 0, true) });
  bill.charge(engine.meter);
  return bill;
}

function readMember(engine: Engine, member: Input, principal: Principal): WriteAction {
  const [name, ...others] = Object.keys(member).filter((key) => member[key] !== undefined && member[key] !== null);
  const kind = name === undefined ? undefined : KINDS[name];
  if (name === undefined || !kind || others.length > 0) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return readAction(engine, kind, readRecord(member[name], name), principal, 'TransactWriteItems');
}

function checkDistinct(actions: { table: Table; key: PrimaryKey }[]): void {
  const seen = new Set<string>();
  for (const { table, key } of actions) {
    const name = `${table.id}:${keyText(key)}`;
    if (seen.has(name)) throw validation('Transaction request cannot include multiple operations on one item');
    seen.add(name);
  }
}

function write(engine: Engine, group: Group, actions: WriteAction[], bill: Bill): void {
  const reasons: Reason[] = [];
  const plan = actions.map((action) => {
    const old = action.table.find(action.key);
    const { reason, next } = decide(engine, group, action, old);
    reasons.push(reason);
    return { action, old, next };
  });
  if (reasons.some(({ Code }) => Code !== 'None')) {
    for (const { action, old } of plan) bill.add(action.table, { table: writeUnits(old?.size ?? 0) });
    throw canceled(reasons);
  }
  let size = 0;
  for (const { old, next } of plan) size += (next ?? old)?.size ?? 0;
  if (size > LARGEST) throw validation('Aggregated size of items in the transaction exceeds the limit of 4 MB');
  for (const { action, old, next } of plan) {
    bill.add(action.table, replaceItem(engine, group, action.table, action.key, old, next));
  }
}

function decide(
  engine: Engine,
  group: Group,
  action: WriteAction,
  old: StoredItem | undefined,
): { reason: Reason; next?: SizedItem | undefined } {
  const { table, key, expressions } = action;
  if (engine.inFlight.has(group, table, key)) return { reason: CONFLICT };
  if (expressions.condition && !expressions.condition(old?.item ?? {}, expressions.values)) {
    const reason: Reason = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    return { reason: action.returnOldOnFailure && old ? { ...reason, Item: old.item } : reason };
  }
  try {
    return { reason: NONE, next: action.next(old) };
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    return { reason: { Code: 'ValidationError', Message: error.message } };
  }
}

function canceled(reasons: Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return transactionError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

/** The shapes of these errors write `Message` with a capital, and the SDK for Go reads no other. */
function transactionError(code: string, message: string, details: Record<string, unknown> = {}): AwsError {
  return new AwsError(code, message, 400, { ...details, Message: message });
}

/** Whether the request with this token has been done in the last ten minutes. Throws when it was another request, or is under way. */
function alreadyDone(engine: Engine, group: Group, token: string, members: unknown[]): boolean {
  const known = engine.housekeeping.findToken(token);
  if (known === undefined) return false;
  if (known !== fingerprint(members)) {
    throw transactionError(
      'IdempotentParameterMismatchException',
      'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
    );
  }
  if (engine.inFlight.hasToken(group, token)) {
    throw transactionError(
      'TransactionInProgressException',
      'The transaction with the given request token is already in progress.',
    );
  }
  return true;
}

function remember(engine: Engine, token: string, members: unknown[]): void {
  engine.housekeeping.keepToken(token, fingerprint(members));
}

function fingerprint(members: unknown[]): string {
  return createHash('sha256').update(canonical(members)).digest('base64');
}

/** Text that is the same for the same value only. The members of maps have no order: some clients send them in another one at every try. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join('')}]`;
  if (!isRecord(value)) return `${typeof value}${value};`;
  const names = Object.keys(value);
  if (names.length > 1) names.sort();
  let text = '{';
  for (const name of names) text += `${name.length}:${name}${canonical(value[name])}`;
  return `${text}}`;
}

/** Reads up to 100 items as they are at one moment. */
export const transactGetItems: Operation = async (engine, input, principal) => {
  const members = readList(input, 'TransactItems', 1, MOST_ACTIONS);
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  const gets = members.map((member) => {
    const get = readRecord(readRecord(member, 'TransactItems').Get, 'Get');
    const given = readItem(get.Key, 'Key');
    const expressions = engine.expressions.read(get, ['ProjectionExpression']);
    const table = authorizedTable(engine, principal, 'dynamodb:GetItem', tableName(get), [given], 'TransactGetItems');
    checkNotNested(table.definition, expressions.nested);
    return { table, key: readKey(table.definition, given), project: expressions.projection?.project };
  });
  checkDistinct(gets);
  const reasons = gets.map(({ table, key }) => (engine.inFlight.holds(table, key) ? CONFLICT : NONE));
  if (reasons.includes(CONFLICT)) throw canceled(reasons);
  const bill = new Bill('read', true);
  const responses = await engine.kernel.storage.read(() =>
    gets.map(({ table, key, project }) => {
      const found = table.find(key);
      bill.add(table, { table: readUnits(found?.size ?? 0, true) });
      return found ? { Item: project ? project(found.item) : found.item } : {};
    }),
  );
  bill.charge(engine.meter);
  const capacity = bill.shown(detail);
  return { Responses: responses, ...(capacity ? { ConsumedCapacity: capacity } : {}) };
};
