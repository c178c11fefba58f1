import { arnPattern, type Matcher, wildcard } from './patterns.ts';

/** Values of condition keys at the time of a request; key names in lower case. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

/** Says whether a statement's conditions hold. */
export type Condition = (context: RequestContext) => boolean;

interface Operator {
  match(expected: string): Matcher;
  /** True when none of the expected values may match (`StringNotEquals`); such a condition also holds when the key is absent. */
  negated?: boolean;
}

const anyCase = (expected: string) => wildcard(escapeWildcards(expected), false);
const exactly =
  (expected: string): Matcher =>
  (text) =>
    text === expected;
const number =
  (compare: (actual: number, expected: number) => boolean) =>
  (expected: string): Matcher =>
  (text) =>
    compare(Number(text), Number(expected));

const OPERATORS: Record<string, Operator> = {
  StringEquals: { match: exactly },
  StringNotEquals: { match: exactly, negated: true },
  StringEqualsIgnoreCase: { match: anyCase },
  StringNotEqualsIgnoreCase: { match: anyCase, negated: true },
  StringLike: { match: wildcard },
  StringNotLike: { match: wildcard, negated: true },
  ArnEquals: { match: arnPattern },
  ArnLike: { match: arnPattern },
  ArnNotEquals: { match: arnPattern, negated: true },
  ArnNotLike: { match: arnPattern, negated: true },
  Bool: { match: anyCase },
  NumericEquals: { match: number((actual, expected) => actual === expected) },
  NumericNotEquals: { match: number((actual, expected) => actual === expected), negated: true },
  NumericLessThan: { match: number((actual, expected) => actual < expected) },
  NumericLessThanEquals: { match: number((actual, expected) => actual <= expected) },
  NumericGreaterThan: { match: number((actual, expected) => actual > expected) },
  NumericGreaterThanEquals: { match: number((actual, expected) => actual >= expected) },
};

/**
 * Compiles a statement's `Condition` block: all operators and keys must hold, one of a key's values suffices.
 * @throws Error for an operator that is not known
 */
export function compileCondition(block: Record<string, Record<string, unknown>>): Condition {
  const conditions = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, expected]) =>
      compileOne(operator, key.toLowerCase(), [expected].flat().map(String)),
    ),
  );
  return (context) => conditions.every((condition) => condition(context));
}

function compileOne(name: string, key: string, expected: string[]): Condition {
  if (expected.some((value) => value.includes('${'))) {
    throw new Error(`policy variables are not supported: ${key} ${expected.join(', ')}`);
  }
  if (name === 'Null') {
    const absent = expected[0] === 'true';
    return (context) => (context[key] === undefined) === absent;
  }
  const [, quantifier, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = base !== undefined && Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (!operator) throw new Error(`unknown condition operator ${name}`);
  const matchers = expected.map((value) => operator.match(value));
  const one = (value: string) => matchers.some((matches) => matches(value)) !== (operator.negated ?? false);
  return (context) => {
    const actual = context[key];
    if (actual === undefined || actual.length === 0) {
      // IAM User Guide: ForAllValues holds when there is no value, ForAnyValue does not, whatever the operator.
      if (quantifier) return quantifier === 'ForAllValues' || ifExists !== undefined;
      return operator.negated === true || ifExists !== undefined;
    }
    return quantifier === 'ForAnyValue' ? actual.some(one) : actual.every(one);
  };
}

function escapeWildcards(text: string): string {
  if (/[*?]/.test(text)) throw new Error(`wildcards have no meaning in this condition operator: ${text}`);
  return text;
}
