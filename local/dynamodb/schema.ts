import { attribute, attributeSize, type Item, itemSize } from './attribute-value.ts';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

export interface KeySchema {
  hash: KeyAttribute;
  range?: KeyAttribute;
}

/** Units a second. */
export interface Throughput {
  read: number;
  write: number;
}

export interface IndexDefinition extends KeySchema {
  name: string;
  projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  /** The attributes of an INCLUDE projection. */
  include: string[];
  throughput?: Throughput;
  /** Of a local index, whose hash key is the table's and which can be read consistently. */
  local?: true;
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
  /** Absent = paid by the request. */
  throughput?: Throughput;
  deletionProtection?: boolean;
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
