import { AwsError } from '../kernel/errors.ts';

export type LineTest = (text: string) => boolean;

/**
 * The pattern of FilterLogEvents: words that must stand in a line (`"two words"`, `-not`, `?either ?or`), or comparisons of fields of a line
 * that is JSON (`{ $.level = "ERROR" && $.milliseconds > 100 }`). Source: CloudWatch Logs User Guide, "Filter pattern syntax". Of that
 * not here, and refused: columns (`[a, b]`), regular expressions (`%…%`), parentheses, IS and EXISTS.
 * @throws AwsError InvalidParameterException
 */
export function parseFilterPattern(pattern: string): LineTest {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[') || text.includes('%')) throw invalidPattern();
  return parseWords(text);
}

function parseWords(text: string): LineTest {
  const words = text.match(/[?-]?"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const all: string[] = [];
  const none: string[] = [];
  const any: string[] = [];
  for (const word of words) {
    const sign = word[0];
    const bare = sign === '?' || sign === '-' ? word.slice(1) : word;
    const term = bare.startsWith('"') ? bare.slice(1, -1).replaceAll(/\\(.)/g, '$1') : bare;
    if (term === '' || (bare.startsWith('"') && !(bare.length > 1 && bare.endsWith('"')))) throw invalidPattern();
    (sign === '?' ? any : sign === '-' ? none : all).push(term);
  }
  return (line) =>
    all.every((term) => line.includes(term)) &&
    !none.some((term) => line.includes(term)) &&
    (any.length === 0 || any.some((term) => line.includes(term)));
}

function parseJsonPattern(text: string): LineTest {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1];
  if (inner === undefined) throw invalidPattern();
  const either = splitOutsideQuotes(inner, '||').map((part) => splitOutsideQuotes(part, '&&').map(parseComparison));
  return (line) => {
    const value = jsonObject(line);
    return value !== undefined && either.some((both) => both.every((holds) => holds(value)));
  };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (!quoted && text.startsWith(separator, at)) {
      parts.push(text.slice(from, at));
      from = at + separator.length;
      at = from - 1;
    }
  }
  return [...parts, text.slice(from)];
}

function parseComparison(text: string): (line: object) => boolean {
  const found = /^\s*\$\.([\w.-]+)\s*(=|!=|<=|>=|<|>)\s*("(?:[^"\\]|\\.)*"|[^\s"()]+)\s*$/.exec(text);
  if (!found) throw invalidPattern();
  const [, path = '', operator = '', operand = ''] = found;
  const number = operand.startsWith('"') ? Number.NaN : Number(operand);
  const wanted = operand.startsWith('"') ? operand.slice(1, -1).replaceAll(/\\(.)/g, '$1') : operand;
  const like = new RegExp(`^${wanted.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
  const equals = (value: unknown) =>
    typeof value === 'number' && !Number.isNaN(number)
      ? value === number
      : ['string', 'number', 'boolean'].includes(typeof value) && like.test(String(value));
  if (operator === '=' || operator === '!=') {
    return (line) => {
      const value = fieldOf(line, path);
      return value !== undefined && equals(value) === (operator === '=');
    };
  }
  if (Number.isNaN(number)) throw invalidPattern();
  return (line) => {
    const value = fieldOf(line, path);
    if (typeof value !== 'number') return false;
    if (operator === '<') return value < number;
    if (operator === '<=') return value <= number;
    return operator === '>' ? value > number : value >= number;
  };
}

function fieldOf(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

function jsonObject(line: string): object | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function invalidPattern(): AwsError {
  return new AwsError('InvalidParameterException', 'Invalid filter pattern');
}
