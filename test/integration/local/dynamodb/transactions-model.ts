import * as fc from 'fast-check';
import type { AttributeValue, Item } from '../../../../local/dynamodb/attribute-value.ts';
import { key, N, S } from './dynamodb-for-tests.ts';

type Values = Record<string, AttributeValue>;

interface Condition {
  text: string;
  values: Values;
  holds(item: Item): boolean;
}

interface Change {
  text: string;
  values: Values;
  /** The item afterwards, or why there is none. */
  apply(item: Item): Item | string;
}

export interface Action {
  kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  name: string;
  item: Item;
  condition: Condition | undefined;
  change: Change;
  returnOld: boolean;
}

export interface Reason {
  Code: string;
  Message?: string;
  Item?: Item;
}

const MISSING = 'The provided expression refers to an attribute that does not exist in the item';
const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const small = fc.integer({ min: -2, max: 2 });
const tag = fc.constantFrom('x', 'y');

export const keyOf = (of: string): Item => key(of);
const numberOf = (item: Item): number | undefined => (item.n?.N === undefined ? undefined : Number(item.n.N));

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant<Condition>({ text: 'attribute_exists(pk)', values: {}, holds: (item) => item.pk !== undefined }),
  fc.constant<Condition>({ text: 'attribute_not_exists(pk)', values: {}, holds: (item) => item.pk === undefined }),
  small.map(
    (least): Condition => ({
      text: 'n >= :least',
      values: { ':least': N(least) },
      holds: (item) => (numberOf(item) ?? Number.NEGATIVE_INFINITY) >= least,
    }),
  ),
  small.map(
    (other): Condition => ({
      text: 'NOT n = :other OR attribute_type(n, :string)',
      values: { ':other': N(other), ':string': S('S') },
      holds: (item) => numberOf(item) !== other,
    }),
  ),
  tag.map(
    (one): Condition => ({
      text: 'contains(tags, :tag) AND size(tags) < :two',
      values: { ':tag': S(one), ':two': N(2) },
      holds: (item) => item.tags?.SS?.length === 1 && item.tags.SS[0] === one,
    }),
  ),
);

function adding(change: number, missing: string | number): Change['apply'] {
  return (item) => {
    if (item.n && item.n.N === undefined) return WRONG_TYPE;
    const before = numberOf(item) ?? missing;
    return typeof before === 'string' ? before : { ...item, n: N(before + change) };
  };
}

const change: fc.Arbitrary<Change> = fc.oneof(
  small.map((by): Change => ({ text: 'SET n = n + :by', values: { ':by': N(by) }, apply: adding(by, MISSING) })),
  small.map((by): Change => ({ text: 'ADD n :by', values: { ':by': N(by) }, apply: adding(by, 0) })),
  small.map(
    (by): Change => ({
      text: 'SET n = if_not_exists(n, :zero) - :by',
      values: { ':by': N(by), ':zero': N(0) },
      apply: adding(-by, 0),
    }),
  ),
  fc.constant<Change>({
    text: 'SET n = :word',
    values: { ':word': S('word') },
    apply: (item) => ({ ...item, n: S('word') }),
  }),
  fc.constant<Change>({ text: 'REMOVE n', values: {}, apply: ({ n: _, ...rest }) => rest }),
  tag.map(
    (one): Change => ({
      text: 'ADD tags :added',
      values: { ':added': { SS: [one] } },
      apply: (item) => ({ ...item, tags: { SS: [...new Set([...(item.tags?.SS ?? []), one])].sort() } }),
    }),
  ),
);

const action: fc.Arbitrary<Action> = fc
  .record({
    kind: fc.constantFrom('Put', 'Update', 'Update', 'Delete', 'ConditionCheck'),
    name,
    item: fc.record({ n: small.map(N), tags: tag.map((one) => ({ SS: [one] })) }, { requiredKeys: [] }),
    condition: fc.option(condition, { nil: undefined }),
    change,
    returnOld: fc.boolean(),
  })
  .filter(({ kind, condition }) => kind !== 'ConditionCheck' || condition !== undefined)
  .map((made) => ({ ...made, item: { ...made.item, ...keyOf(made.name) } }) as Action);

const distinct = fc.uniqueArray(action, { minLength: 1, maxLength: 4, selector: (each) => each.name });
const actions = fc.oneof(
  { weight: 20, arbitrary: distinct },
  { weight: 1, arbitrary: fc.array(action, { minLength: 2, maxLength: 3 }) },
);

export type Step =
  | { kind: 'write'; actions: Action[]; token: string | undefined }
  /** The write before once more, by its token. */
  | { kind: 'again' }
  /** Two at the same moment. */
  | { kind: 'both'; first: Action[]; second: Action[] }
  | { kind: 'read'; names: string[]; projected: boolean }
  | { kind: 'wait' };

const token = fc.option(fc.constantFrom('t1', 't2', 't3'), { nil: undefined });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), actions, token }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'again' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('both' as const), first: distinct, second: distinct }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      names: fc.uniqueArray(name, { minLength: 1 }),
      projected: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'wait' }) },
);

/** What of an action goes into a request. */
export function inputOf({ kind, name, item, condition, change, returnOld }: Action): Record<string, unknown> {
  const values = { ...condition?.values, ...(kind === 'Update' ? change.values : {}) };
  const input = {
    TableName: 'Things',
    ...(kind === 'Put' ? { Item: item } : { Key: keyOf(name) }),
    ...(kind === 'Update' ? { UpdateExpression: change.text } : {}),
    ...(condition ? { ConditionExpression: condition.text } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
    ...(returnOld ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
  };
  return { [kind]: input };
}

/** The items as transactions leave them. */
export class Model {
  readonly items = new Map<string, Item>();

  /** Does all of it, or says why not. `busy` are the items of another transaction that is under way. */
  write(actions: Action[], busy: ReadonlySet<string> = new Set()): Reason[] | undefined {
    const decided = actions.map((each) => this.#decide(each, busy));
    if (decided.some(({ reason }) => reason.Code !== 'None')) return decided.map(({ reason }) => reason);
    for (const [index, { name }] of actions.entries()) {
      const { next } = decided[index]!;
      if (next) this.items.set(name, next);
      else this.items.delete(name);
    }
    return undefined;
  }

  #decide({ kind, name, item, condition, change, returnOld }: Action, busy: ReadonlySet<string>) {
    if (busy.has(name)) {
      return { reason: { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } };
    }
    const old = this.items.get(name);
    if (condition && !condition.holds(old ?? {})) {
      const reason: Reason = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
      return { reason: returnOld && old ? { ...reason, Item: old } : reason };
    }
    const none: Reason = { Code: 'None' };
    if (kind === 'ConditionCheck') return { reason: none, next: old };
    if (kind === 'Delete') return { reason: none };
    if (kind === 'Put') return { reason: none, next: item };
    const next = change.apply(old ?? keyOf(name));
    return typeof next === 'string' ? { reason: { Code: 'ValidationError', Message: next } } : { reason: none, next };
  }
}
