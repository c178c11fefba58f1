import { type AttributeValue, attribute, type Item, typeOf } from './attribute-value.ts';
import { numberKey } from './decimal.ts';
import { validation } from './request.ts';
import type { IndexDefinition, KeyAttribute, KeySchema } from './schema.ts';

/** A key attribute as SQLite orders it: text compares by its UTF-8 bytes, blobs by their bytes. */
export type KeyPart = string | Uint8Array;

export interface PrimaryKey {
  hash: KeyPart;
  /** Empty text for a table without a range key. */
  range: KeyPart;
}

const LONGEST_HASH = 2048;
const LONGEST_RANGE = 1024;

export function keyPart(value: AttributeValue): KeyPart {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return numberKey(value.N);
  return Buffer.from(value.B ?? '', 'base64');
}

/** The key of an item that is known to have one. */
export function keyOf(schema: KeySchema, item: Item): PrimaryKey {
  return { hash: keyPart(item[schema.hash.name]!), range: schema.range ? keyPart(item[schema.range.name]!) : '' };
}

/** The item's key in the index, or undefined when the item is not in it. */
export function indexKeyOf(index: IndexDefinition, item: Item): PrimaryKey | undefined {
  const inIndex = attribute(item, index.hash.name) && (!index.range || attribute(item, index.range.name));
  return inIndex ? keyOf(index, item) : undefined;
}

export function sameKeyPart(a: KeyPart, b: KeyPart): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : Buffer.compare(a, b) === 0;
}

/** A key as text, for maps. */
export function keyText({ hash, range }: PrimaryKey): string {
  const text = (part: KeyPart) => (typeof part === 'string' ? part : Buffer.from(part).toString('latin1'));
  const first = text(hash);
  return `${first.length}:${first}${text(range)}`;
}

/** Reads the Key of a request: exactly the key attributes, of the right types. */
export function readKey(schema: KeySchema, key: Item): PrimaryKey {
  if (Object.keys(key).length !== (schema.range ? 2 : 1)) {
    throw validation('The provided key element does not match the schema');
  }
  checkPiece(key, schema.hash, LONGEST_HASH);
  if (schema.range) checkPiece(key, schema.range, LONGEST_RANGE);
  return keyOf(schema, key);
}

function checkPiece(key: Item, { name, type }: KeyAttribute, longest: number): void {
  const value = attribute(key, name);
  if (value?.[type] === undefined) throw validation('The provided key element does not match the schema');
  checkKeyValue(name, value, longest);
}

function checkKeyValue(name: string, value: AttributeValue, longest: number): void {
  if (value.S === '' || value.B === '') {
    throw validation(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
        `${value.S === '' ? 'string' : 'binary'} value. Key: ${name}`,
    );
  }
  if (value.S !== undefined && !value.S.isWellFormed()) {
    throw validation(`One or more parameter values were invalid: the key ${name} is not well-formed Unicode`);
  }
  const size = value.N === undefined ? Buffer.byteLength(value.S ?? value.B!, value.B ? 'base64' : 'utf8') : 0;
  if (size > longest) {
    throw validation(
      longest === LONGEST_HASH
        ? 'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes'
        : 'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  }
}

/** The key of an item to be put, after checking it. */
export function readItemKey(schema: KeySchema, item: Item): PrimaryKey {
  for (const key of schema.range ? [schema.hash, schema.range] : [schema.hash]) {
    const value = attribute(item, key.name);
    if (!value) {
      throw validation(`One or more parameter values were invalid: Missing the key ${key.name} in the item`);
    }
    if (value[key.type] === undefined) {
      throw validation(
        `One or more parameter values were invalid: Type mismatch for key ${key.name} expected: ${key.type} ` +
          `actual: ${typeOf(value)}`,
      );
    }
    checkKeyValue(key.name, value, key === schema.hash ? LONGEST_HASH : LONGEST_RANGE);
  }
  return keyOf(schema, item);
}

/** Refuses an item with a key attribute of an index of the wrong type, empty or too long. `updating`: words of UpdateItem. */
export function checkIndexKeys(indexes: IndexDefinition[], item: Item, updating: boolean): void {
  for (const index of indexes) {
    for (const key of index.range ? [index.hash, index.range] : [index.hash]) {
      const value = attribute(item, key.name);
      if (value) checkIndexKey(index, key, value, updating);
    }
  }
}

function checkIndexKey(index: IndexDefinition, key: KeyAttribute, value: AttributeValue, updating: boolean): void {
  if (value[key.type] === undefined) {
    throw validation(
      updating
        ? 'The update expression attempted to update the secondary index key to unsupported type'
        : `One or more parameter values were invalid: Type mismatch for Index Key ${key.name} Expected: ${key.type} ` +
            `Actual: ${typeOf(value)} IndexName: ${index.name}`,
    );
  }
  if (value.S === '' || value.B === '') {
    const what = value.S === '' ? 'string' : 'binary';
    throw validation(
      updating
        ? 'One or more parameter values are not valid. The update expression attempted to update a secondary index key ' +
            `to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${what} value.`
        : 'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty ${what} value. IndexName: ${index.name}, IndexKey: ${key.name}`,
    );
  }
  checkKeyValue(key.name, value, key === index.hash ? LONGEST_HASH : LONGEST_RANGE);
}

/** The least key part above everything that begins with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: KeyPart): KeyPart | undefined {
  if (typeof prefix !== 'string') {
    const bytes = Uint8Array.from(prefix);
    for (let end = bytes.length; end > 0; end -= 1) {
      if (bytes[end - 1] === 0xff) continue;
      bytes[end - 1]! += 1;
      return bytes.subarray(0, end);
    }
    return undefined;
  }
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  for (let end = points.length; end > 0; end -= 1) {
    const last = points[end - 1]!;
    if (last === 0x10ffff) continue;
    // The code points between U+D7FF and U+E000 are surrogates, which UTF-8 has no bytes for.
    return String.fromCodePoint(...points.slice(0, end - 1), last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
