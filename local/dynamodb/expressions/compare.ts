import { type AttributeValue, sameValue, typeOf } from '../attribute-value.ts';
import { compareNumbers } from '../decimal.ts';

/** Order of two values of one type that has an order (strings and binaries by their bytes); undefined when they have none. */
export function order(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.S !== undefined && b.S !== undefined) return orderStrings(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(bytes(a.B), bytes(b.B));
  return undefined;
}

// JavaScript orders by UTF-16 units, which differs from UTF-8 where surrogates meet U+E000..U+FFFF.
function orderStrings(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

export function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && prefix?.S !== undefined) return value.S.startsWith(prefix.S);
  if (value?.B !== undefined && prefix?.B !== undefined) {
    const start = bytes(prefix.B);
    return bytes(value.B).subarray(0, start.length).equals(start);
  }
  return false;
}

export function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false;
  if (value.L !== undefined) return value.L.some((member) => sameValue(member, part));
  if (part.S !== undefined) return (value.S?.includes(part.S) || value.SS?.includes(part.S)) ?? false;
  if (part.N !== undefined) return value.NS?.includes(part.N) ?? false;
  if (part.B !== undefined) {
    if (value.B !== undefined) return bytes(value.B).includes(bytes(part.B));
    return value.BS?.includes(part.B) ?? false;
  }
  return false;
}

/** What `size(path)` gives; undefined for a missing attribute and for types that have no size. */
export function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  const size =
    value?.S?.length ??
    (value?.B === undefined ? undefined : Buffer.byteLength(value.B, 'base64')) ??
    (value?.SS ?? value?.NS ?? value?.BS ?? value?.L)?.length ??
    (value?.M === undefined ? undefined : Object.keys(value.M).length);
  return size === undefined ? undefined : { N: String(size) };
}

/** Why `low` and `high` can not bound a BETWEEN, in AWS's words. */
export function betweenProblem(low: AttributeValue, high: AttributeValue): string | undefined {
  if ((order(low, high) ?? 0) <= 0) return undefined;
  const shown = (value: AttributeValue) => `AttributeValue: {${typeOf(value)}:${value.S ?? value.N ?? value.B}}`;
  return (
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
    `lower bound operand: ${shown(low)}, upper bound operand: ${shown(high)}`
  );
}
