import { normalizeNumber, numberSize } from './decimal.ts';
import { type Input, isRecord, readRecord, validation } from './request.ts';

/** A value as it is on the wire: exactly one of the members is set. `B` and `BS` are base64. */
export type AttributeValue = {
  S?: string;
  N?: string;
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  SS?: string[];
  NS?: string[];
  BS?: string[];
  L?: AttributeValue[];
  M?: Item;
};

export type Item = { [name: string]: AttributeValue };

export type AttributeType = keyof AttributeValue;

const MOST_LEVELS = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function typeOf(value: AttributeValue): string {
  for (const type in value) return type;
  return '';
}

export function attribute(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** A copy of a value from a request with its numbers in normal form. Throws AWS's ValidationException. */
export function readValue(value: unknown, level = 0): AttributeValue {
  if (!isRecord(value)) throw validation('Supplied AttributeValue is not a structure');
  if (level > MOST_LEVELS) throw validation('Nesting Levels have exceeded supported limits');
  let type: string | undefined;
  for (const name in value) {
    if (value[name] === undefined || value[name] === null) continue;
    if (type !== undefined) {
      throw validation(
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
    }
    type = name;
  }
  return readTyped(type, type === undefined ? undefined : value[type], level);
}

function readTyped(type: string | undefined, content: unknown, level: number): AttributeValue {
  switch (type) {
    case 'S':
      return { S: text(content) };
    case 'N':
      return { N: normalizeNumber(text(content)) };
    case 'B':
      return { B: binary(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') throw validation('BOOL must be a boolean');
      return { BOOL: content };
    case 'NULL':
      if (content !== true) {
        throw validation(
          'One or more parameter values were invalid: Null attribute value types must have the value of true',
        );
      }
      return { NULL: true };
    case 'SS':
      return { SS: set(content, 'An string set  may not be empty', text, duplicateStrings) };
    case 'NS':
      return {
        NS: set(content, 'An number set  may not be empty', number, () => 'Input collection contains duplicates'),
      };
    case 'BS':
      return { BS: set(content, 'Binary sets should not be empty', binary, duplicateBytes) };
    case 'L':
      if (!Array.isArray(content)) throw validation('Unexpected field type: L must be a list');
      return { L: content.map((member) => readValue(member, level + 1)) };
    case 'M':
      return { M: readMembers(content, level + 1) };
    default:
      throw validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

function text(content: unknown): string {
  if (typeof content !== 'string') throw validation('AttributeValue members S and N must be strings');
  return content;
}

function binary(content: unknown): string {
  if (typeof content !== 'string' || !BASE64.test(content)) {
    throw validation('only base-64-encoded strings are convertible to bytes');
  }
  return content;
}

function number(content: unknown): string {
  return normalizeNumber(text(content));
}

// The words of AWS, which differ from type to type.
function duplicateStrings(members: string[]): string {
  return `One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`;
}

function duplicateBytes(members: string[]): string {
  return `One or more parameter values were invalid: Input collection [${members.join(', ')}]of type BS contains duplicates.`;
}

function set(
  content: unknown,
  whenEmpty: string,
  member: (content: unknown) => string,
  whenTwice: (members: string[]) => string,
): string[] {
  if (!Array.isArray(content)) throw validation('Unexpected field type: a set must be a list');
  if (content.length === 0) throw validation(`One or more parameter values were invalid: ${whenEmpty}`);
  const members = content.map(member);
  if (new Set(members).size < members.length) throw validation(whenTwice(members));
  return members;
}

function readMembers(content: unknown, level: number): Item {
  const members: Item = {};
  const given: Input = readRecord(content, 'M');
  for (const name in given) members[name] = readValue(given[name], level);
  return members;
}

/** A map of attribute values of a request: an item, a key. */
export function readItem(value: unknown, name: string): Item {
  const item: Item = {};
  const given = readRecord(value, name);
  for (const attributeName in given) item[attributeName] = readValue(given[attributeName]);
  return item;
}

/** Size in bytes as AWS counts it: names and values in UTF-8, 3 bytes for a list or map and 1 for each member. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) size += attributeSize(name, item[name]!);
  return size;
}

export function attributeSize(name: string, value: AttributeValue): number {
  return Buffer.byteLength(name) + valueSize(value);
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M);
  if (value.L !== undefined) return value.L.reduce((size, member) => size + 1 + valueSize(member), 3);
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.SS !== undefined) return value.SS.reduce((size, member) => size + Buffer.byteLength(member), 0);
  if (value.NS !== undefined) return value.NS.reduce((size, member) => size + numberSize(member), 0);
  if (value.BS !== undefined) return value.BS.reduce((size, member) => size + Buffer.byteLength(member, 'base64'), 0);
  return 1;
}

/** Equal as DynamoDB sees it: the members of sets in any order, numbers by value. */
export function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  if (a.S !== undefined) return a.S === b.S;
  if (a.N !== undefined) return a.N === b.N;
  if (a.BOOL !== undefined) return a.BOOL === b.BOOL;
  if (a.NULL !== undefined) return b.NULL !== undefined;
  if (a.B !== undefined) return a.B === b.B;
  if (a.M !== undefined) return b.M !== undefined && sameItem(a.M, b.M);
  if (a.L !== undefined) {
    const other = b.L;
    return other?.length === a.L.length && a.L.every((member, index) => sameValue(member, other[index]!));
  }
  return sameSet(a.SS, b.SS) || sameSet(a.NS, b.NS) || sameSet(a.BS, b.BS);
}

function sameSet(a: string[] | undefined, b: string[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}

export function sameItem(a: Item, b: Item): boolean {
  let count = 0;
  for (const name in a) {
    const other = attribute(b, name);
    if (other === undefined || !sameValue(a[name]!, other)) return false;
    count += 1;
  }
  return count === Object.keys(b).length;
}
