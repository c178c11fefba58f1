import { attribute, attributeSize, type Item, itemSize } from './attribute-value.ts';
import {
  checkName,
  type Input,
  oneOf,
  optionalRecord,
  readList,
  readRecord,
  requiredString,
  validation,
} from './request.ts';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

export interface KeySchema {
  hash: KeyAttribute;
  range?: KeyAttribute;
}

export interface IndexDefinition extends KeySchema {
  name: string;
  projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  /** The attributes of an INCLUDE projection. */
  include: string[];
}

export const VIEW_TYPES = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] as const;
export type ViewType = (typeof VIEW_TYPES)[number];

/** What a table is asked to be. */
export interface TableDefinition extends KeySchema {
  name: string;
  indexes: IndexDefinition[];
  stream?: ViewType;
  /** The attribute that holds an item's expiry, in epoch seconds. */
  timeToLive?: string;
}

const KEY_TYPES = ['S', 'N', 'B'] as const;

/** Reads a table's definition from CreateTable or from the properties of the template, which share their shape. */
export function readDefinition(input: Input, name: string): TableDefinition {
  checkName('TableName', name);
  const types = new Map<string, KeyType>();
  for (const member of readList(input, 'AttributeDefinitions', 1)) {
    const definition = readRecord(member, 'AttributeDefinitions');
    types.set(requiredString(definition, 'AttributeName'), oneOf(definition, 'AttributeType', KEY_TYPES, 'S'));
  }
  const indexes = input.GlobalSecondaryIndexes === undefined ? [] : readList(input, 'GlobalSecondaryIndexes');
  const definition: TableDefinition = {
    name,
    ...readKeySchema(input, types),
    indexes: indexes.map((index) => readIndex(readRecord(index, 'GlobalSecondaryIndexes'), types)),
  };
  if (new Set(definition.indexes.map((index) => index.name)).size < indexes.length) {
    throw validation('One or more parameter values were invalid: Duplicate index name');
  }
  checkAttributesUsed(definition, types);
  return definition;
}

function readKeySchema(input: Input, types: Map<string, KeyType>): KeySchema {
  const members = readList(input, 'KeySchema', 1).map((member) => readRecord(member, 'KeySchema'));
  if (members.length > 2) {
    throw validation('The one-machine cloud provides keys of one hash and at most one range attribute');
  }
  const [hash, range] = members.map((member, position) => {
    const name = requiredString(member, 'AttributeName');
    const role = position === 0 ? 'HASH' : 'RANGE';
    if (member.KeyType !== role) {
      throw validation(`Invalid KeySchema: KeySchemaElement ${position + 1} is not a ${role} key type`);
    }
    const type = types.get(name);
    if (!type) {
      throw validation(
        'One or more parameter values were invalid: Some index key attributes are not defined in ' +
          `AttributeDefinitions. Keys: [${name}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
      );
    }
    return { name, type };
  });
  return range ? { hash: hash!, range } : { hash: hash! };
}

function readIndex(input: Input, types: Map<string, KeyType>): IndexDefinition {
  const projection = optionalRecord(input, 'Projection') ?? {};
  const type = oneOf(projection, 'ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE'], 'ALL');
  const name = requiredString(input, 'IndexName');
  checkName('IndexName', name);
  return {
    name,
    ...readKeySchema(input, types),
    projection: type,
    include: type === 'INCLUDE' ? readList(projection, 'NonKeyAttributes', 1).map(String) : [],
  };
}

function checkAttributesUsed(definition: TableDefinition, types: Map<string, KeyType>): void {
  const used = new Set([definition, ...definition.indexes].flatMap(keyNames));
  const unused = [...types.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw validation(
      'One or more parameter values were invalid: Some AttributeDefinitions are not used. ' +
        `AttributeDefinitions: [${[...types.keys()].join(', ')}], keys used: [${[...used].join(', ')}]`,
    );
  }
}

export function readStream(input: Input): ViewType | undefined {
  const stream = optionalRecord(input, 'StreamSpecification');
  if (!stream || stream.StreamEnabled === false) return undefined;
  requiredString(stream, 'StreamViewType');
  return oneOf(stream, 'StreamViewType', VIEW_TYPES, 'KEYS_ONLY');
}

export function keyNames(schema: KeySchema): string[] {
  return schema.range ? [schema.hash.name, schema.range.name] : [schema.hash.name];
}

/** The attributes an index holds; undefined = all of them. */
export function projectedNames(table: TableDefinition, index: IndexDefinition): Set<string> | undefined {
  if (index.projection === 'ALL') return undefined;
  return new Set([...keyNames(table), ...keyNames(index), ...index.include]);
}

export function keepNames(item: Item, names: Iterable<string> | undefined): Item {
  if (!names) return item;
  const kept: Item = {};
  for (const name of names) {
    const value = attribute(item, name);
    if (value) kept[name] = value;
  }
  return kept;
}

/** Size in bytes of the part of `item` that is in the index. */
export function projectedSize(item: Item, names: Set<string> | undefined): number {
  if (!names) return itemSize(item);
  let size = 0;
  for (const name of names) {
    const value = attribute(item, name);
    if (value) size += attributeSize(name, value);
  }
  return size;
}
