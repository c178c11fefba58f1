import { fieldsOf } from '../../eventbridge/event-fields.ts';
import { compilePattern } from '../../eventbridge/pattern.ts';
import type { Json } from '../../kernel/kernel.ts';
import type { QueueRecord, StreamRecord } from '../../kernel/streams.ts';

type JsonObject = { [key: string]: Json };

/** The members that a pattern looks at; `true` = the value itself. */
interface Mask {
  [key: string]: Mask | true;
}

/**
 * Whether a table's record passes any of the filters (all do if there are none).
 * @throws AwsError `InvalidEventPatternException`
 */
export function recordFilter(patterns: JsonObject[]): (record: StreamRecord) => boolean {
  return anyOf(patterns.map((pattern) => matcher(pattern)));
}

/**
 * The same for a queue's message. A filter on members of `body` sees it parsed, and a body that is no JSON object then does not pass.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function messageFilter(patterns: JsonObject[]): (record: QueueRecord) => boolean {
  return anyOf(
    patterns.map((pattern) => {
      const matches = matcher(pattern);
      const { body } = pattern;
      const wantsObject = typeof body === 'object' && body !== null && !Array.isArray(body);
      return (record: QueueRecord) =>
        matches(wantsObject ? { ...record, body: parsedBody(record.body) } : { ...record });
    }),
  );
}

function anyOf<T>(filters: ((value: T) => boolean)[]): (value: T) => boolean {
  return (value) => filters.length === 0 || filters.some((filter) => filter(value));
}

/** Looks at no more of a record than the pattern does: an order's image has hundreds of members, a filter looks at one or two. */
function matcher(pattern: JsonObject): (event: object) => boolean {
  const compiled = compilePattern(JSON.stringify(pattern));
  const mask: Mask = {};
  addToMask(mask, pattern);
  return (event) => compiled.matches(fieldsOf(pick(event, mask)));
}

function addToMask(mask: Mask, pattern: JsonObject): void {
  for (const [name, value] of Object.entries(pattern)) {
    if (Array.isArray(value)) {
      if (name !== '$or') mask[name] = true;
      else for (const alternative of value) if (isObject(alternative)) addToMask(mask, alternative);
    } else if (isObject(value) && mask[name] !== true) {
      const inner = mask[name] ?? {};
      mask[name] = inner;
      addToMask(inner, value);
    }
  }
}

function pick(value: object, mask: Mask): JsonObject {
  const picked: JsonObject = {};
  for (const [name, inner] of Object.entries(mask)) {
    const member: Json | undefined = Reflect.get(value, name);
    if (member === undefined) continue;
    picked[name] = inner === true || !isObject(member) ? member : pick(member, inner);
  }
  return picked;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsedBody(body: string): Json {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
