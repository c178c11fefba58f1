import { BlockList, isIP } from 'node:net';
import type { Json } from '../kernel/kernel.ts';
import type { Leaf } from './event-fields.ts';

export class PatternError extends Error {}

/** Tells whether a leaf of an event matches one element of a pattern's array. */
export type ValueTest = (value: Leaf) => boolean;

/** `{"exists": false}`: it is the path that is tested, not a value. */
export const ABSENT = 'absent';
export type Test = ValueTest | typeof ABSENT;

const MATCHERS: Record<string, (operand: Json) => Test> = {
  exactly: (operand) => equalTo(text(operand, 'exact match pattern must be a string')),
  prefix: (operand) => edge('prefix', operand, (value, part) => value.startsWith(part)),
  suffix: (operand) => edge('suffix', operand, (value, part) => value.endsWith(part)),
  'equals-ignore-case': (operand) =>
    equalIgnoringCase(text(operand, 'equals-ignore-case match pattern must be a string')),
  wildcard: (operand) => wildcard(text(operand, 'wildcard match pattern must be a string')),
  numeric,
  cidr: (operand) => cidr(text(operand, 'prefix match pattern must be a string')),
  exists(operand) {
    if (operand === true) return () => true;
    if (operand === false) return ABSENT;
    throw new PatternError('exists match pattern must be either true or false.');
  },
  'anything-but': anythingBut,
};

/** The names of the operators, which `$or` does not allow as names of fields. */
export const MATCH_TYPES: ReadonlySet<string> = new Set(Object.keys(MATCHERS));

/** Compiles one element of a pattern's array: a literal, or an object with one operator. */
export function compileTest(element: Json): Test {
  if (Array.isArray(element)) throw new PatternError('Match value must be String, number, true, false, or null');
  if (typeof element !== 'object' || element === null) return equalTo(element);
  const [operator, operand] = onlyMember(element, 'Match expression name not found');
  if (!Object.hasOwn(MATCHERS, operator)) throw new PatternError(`Unrecognized match type ${operator}`);
  const test = MATCHERS[operator]!(operand);
  if (Object.keys(element).length > 1) throw new PatternError(tooMany(operator));
  return test;
}

function tooMany(operator: string): string {
  const numericWords = operator === 'numeric' || operator === 'anything-but';
  return numericWords ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression';
}

function onlyMember(object: { [key: string]: Json }, refusal: string): [string, Json] {
  const member = Object.entries(object)[0];
  if (!member) throw new PatternError(refusal);
  return member;
}

function text(value: Json, refusal: string): string {
  if (typeof value === 'string') return value;
  throw new PatternError(refusal);
}

function equalTo(literal: Leaf): ValueTest {
  return (value) => value === literal;
}

// By upper case and not by lower case, which is how the service sees it: "ß" equals "SS", "İ" does not equal "i̇".
function equalIgnoringCase(literal: string): ValueTest {
  const upper = literal.toUpperCase();
  return (value) => typeof value === 'string' && value.toUpperCase() === upper;
}

function edge(name: 'prefix' | 'suffix', operand: Json, at: (value: string, part: string) => boolean): ValueTest {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const part = text(operand, `${name} match pattern must be a string`);
    return (value) => typeof value === 'string' && at(value, part);
  }
  const [operator, inner] = onlyMember(operand, `${name === 'prefix' ? 'Prefix' : 'Suffix'} expression name not found`);
  if (operator !== 'equals-ignore-case') throw new PatternError(`Unsupported ${name} pattern: ${operator}`);
  const part = text(inner, 'equals-ignore-case match pattern must be a string').toUpperCase();
  if (Object.keys(operand).length > 1) throw new PatternError('Only one key allowed in match expression');
  return (value) => typeof value === 'string' && at(value.toUpperCase(), part);
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function wildcard(pattern: string): ValueTest {
  const literals = [''];
  // Positions in refusals count bytes, and the quote that the service puts before the pattern.
  const position = (index: number) => 1 + Buffer.byteLength(pattern.slice(0, index));
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    const next = pattern[i + 1];
    if (character === '*') {
      if (next === '*') throw new PatternError(`Consecutive wildcard characters at pos ${position(i)}`);
      literals.push('');
    } else if (character === '\\') {
      if (next !== '*' && next !== '\\') throw new PatternError(`Invalid escape character at pos ${position(i)}`);
      literals[literals.length - 1] += next;
      i += 1;
    } else literals[literals.length - 1] += character;
  }
  return (value) => typeof value === 'string' && matchesLiterals(value, literals);
}

function matchesLiterals(value: string, literals: string[]): boolean {
  const first = literals[0]!;
  if (literals.length === 1) return value === first;
  const last = literals.at(-1)!;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  const end = value.length - last.length;
  let from = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = value.indexOf(literal, from);
    if (found === -1 || found + literal.length > end) return false;
    from = found + literal.length;
  }
  return true;
}

/** `10.0.0.0/24`, `2001:db8::/32`. */
function cidr(block: string): ValueTest {
  const [address, bits, ...more] = block.split('/');
  if (address === undefined || bits === undefined || more.length > 0) {
    throw new PatternError("Malformed CIDR, one '/' required");
  }
  if (!/^-?\d+$/.test(bits)) throw new PatternError('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative');
  const version = isIP(address);
  if (version === 0) throw new PatternError(`Nonstandard IP address: ${address}`);
  if (version === 4 && Number(bits) > 31) throw new PatternError('IPv4 mask bits must be < 32');
  if (Number(bits) > 127) throw new PatternError('IPv6 mask bits must be < 128');
  const type = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return (value) => typeof value === 'string' && isIP(value) === version && list.check(value, type);
}

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `["<", 5]`, `[">", 0, "<=", 5]`. Text never matches, even when it reads as a number. */
function numeric(operand: Json): ValueTest {
  if (!Array.isArray(operand)) throw new PatternError('Value of numeric must be an array.');
  const [operator, bound, secondOperator, secondBound] = operand;
  if (typeof operator !== 'string') {
    throw new PatternError(
      `Invalid member in numeric match: ${operator === undefined ? ']' : JSON.stringify(operator)}`,
    );
  }
  if (!Object.hasOwn(COMPARISONS, operator)) throw new PatternError(`Unrecognized numeric range operator: ${operator}`);
  if (typeof bound !== 'number')
    throw new PatternError(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
  const first = COMPARISONS[operator]!;
  if (secondOperator === undefined) return (value) => typeof value === 'number' && first(value, bound);

  if (!operator.startsWith('>')) throw new PatternError('Too many elements in numeric expression');
  if (typeof secondOperator !== 'string')
    throw new PatternError(`Bad value in numeric range: ${JSON.stringify(secondOperator)}`);
  if (!secondOperator.startsWith('<') || !Object.hasOwn(COMPARISONS, secondOperator)) {
    throw new PatternError(`Bad numeric range operator: ${secondOperator}`);
  }
  if (typeof secondBound !== 'number') throw new PatternError(`Value of ${secondOperator} must be numeric`);
  if (operand.length > 4) throw new PatternError('Too many terms in numeric range expression');
  if (bound >= secondBound) throw new PatternError('Bottom must be less than top');
  const second = COMPARISONS[secondOperator]!;
  return (value) => typeof value === 'number' && first(value, bound) && second(value, secondBound);
}

const NEGATED: Record<string, { refusal: string; compile: (operand: string) => ValueTest }> = {
  'equals-ignore-case': {
    refusal: 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    compile: equalIgnoringCase,
  },
  prefix: {
    refusal: 'prefix/suffix match pattern must be a string',
    compile: (part) => edge('prefix', notEmpty(part), (value, start) => value.startsWith(start)),
  },
  suffix: {
    refusal: 'prefix/suffix match pattern must be a string',
    compile: (part) => edge('suffix', notEmpty(part), (value, end) => value.endsWith(end)),
  },
  wildcard: { refusal: 'wildcard match pattern must be a string', compile: wildcard },
};

/** Matches every value that is there, `null` too, except those named. */
function anythingBut(operand: Json): ValueTest {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const excluded = Array.isArray(operand) ? operand : [oneOrMore(operand)].flat();
    return none(literalsOfOneType(excluded).map(equalTo));
  }
  const [operator, inner] = onlyMember(operand, 'Anything-But expression name not found');
  const negated = Object.hasOwn(NEGATED, operator) ? NEGATED[operator] : undefined;
  if (!negated) throw new PatternError(`Unsupported anything-but pattern: ${operator}`);
  const tests = [oneOrMore(inner)].flat().map((value) => negated.compile(text(value, negated.refusal)));
  if (Object.keys(operand).length > 1) throw new PatternError('Too many elements in numeric expression');
  return none(tests);
}

function none(tests: ValueTest[]): ValueTest {
  return (value) => !tests.some((test) => test(value));
}

function notEmpty(part: string): string {
  if (part === '') throw new PatternError('Null prefix/suffix not allowed');
  return part;
}

function oneOrMore(value: Json): Json[] | string | number {
  if (Array.isArray(value) || typeof value === 'string' || typeof value === 'number') return value;
  throw new PatternError('Value of anything-but must be an array or single string/number value.');
}

function literalsOfOneType(values: Json[]): (string | number)[] {
  const literals = values.map((value) => {
    if (typeof value === 'string' || typeof value === 'number') return value;
    throw new PatternError('Inside anything but list, start|null|boolean is not supported.');
  });
  if (new Set(literals.map((value) => typeof value)).size !== 1) {
    throw new PatternError(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return literals;
}
