import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import type { Engine, Operation } from './engine.ts';
import { type Input, readList, readRecord, requiredString, validation } from './request.ts';
import type { Table } from './table.ts';

const MOST_TAGS = 50;

/** What tables are labeled with through the API. Those of a template are without meaning here. */
export class Tags {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(
      'CREATE TABLE IF NOT EXISTS ddb_tags (tableId INTEGER, key TEXT, value TEXT, PRIMARY KEY (tableId, key)) WITHOUT ROWID',
    );
  }

  of(table: Table): { Key: string; Value: string }[] {
    return this.#db
      .prepare('SELECT key, value FROM ddb_tags WHERE tableId = ? ORDER BY key')
      .all(table.id)
      .map(({ key, value }) => ({ Key: String(key), Value: String(value) }));
  }

  add(table: Table, tags: ReadonlyMap<string, string>): void {
    const insert = this.#db.prepare('INSERT OR REPLACE INTO ddb_tags VALUES (?, ?, ?)');
    for (const [key, value] of tags) insert.run(table.id, key, value);
  }

  remove(table: Table, keys: string[]): void {
    const statement = this.#db.prepare('DELETE FROM ddb_tags WHERE tableId = ? AND key = ?');
    for (const key of keys) statement.run(table.id, key);
  }

  drop(table: Table): void {
    this.#db.prepare('DELETE FROM ddb_tags WHERE tableId = ?').run(table.id);
  }
}

/** Tags of a request, by their keys. */
export function readTags(given: unknown): Map<string, string> {
  const tags = new Map<string, string>();
  for (const member of readList({ Tags: given }, 'Tags')) {
    const tag = readRecord(member, 'Tags');
    const [key, value] = [requiredString(tag, 'Key'), requiredString(tag, 'Value')];
    if (tags.has(key)) throw validation(`Duplicate Tag Keys found: ${key}`);
    if (key.length < 1 || key.length > 128) throw validation('TagKey must be 1 to 128 characters long');
    if (value.length > 256) throw validation('TagValue must be at most 256 characters long');
    tags.set(key, value);
  }
  return tags;
}

export const tagResource: Operation = async (engine, input, principal) => {
  const table = taggedTable(engine, 'dynamodb:TagResource', input, principal);
  const tags = readTags(input.Tags);
  if (tags.size === 0) throw validation('Atleast one Tag needs to be provided as Input.');
  await engine.kernel.storage.write(() => {
    engine.tags.add(table, tags);
    // Undoes the write: nothing of a call that fails remains.
    if (engine.tags.of(table).length > MOST_TAGS) throw validation('Too many tags: at most 50 on one resource');
  });
  return {};
};

export const untagResource: Operation = async (engine, input, principal) => {
  const table = taggedTable(engine, 'dynamodb:UntagResource', input, principal);
  const keys = readList(input, 'TagKeys').map(String);
  if (keys.length === 0) throw validation('Atleast one Tag Key needs to be provided as Input.');
  await engine.kernel.storage.write(() => engine.tags.remove(table, keys));
  return {};
};

export const listTagsOfResource: Operation = async (engine, input, principal) => {
  const table = taggedTable(engine, 'dynamodb:ListTagsOfResource', input, principal);
  return { Tags: await engine.kernel.storage.read(() => engine.tags.of(table)) };
};

function taggedTable(engine: Engine, action: string, input: Input, principal: Principal): Table {
  const arn = requiredString(input, 'ResourceArn');
  engine.kernel.authorizer.authorize(principal, action, arn);
  const name = /^arn:aws:dynamodb:[^:]+:\d+:table\/([^/]{3,})$/.exec(arn)?.[1];
  if (name === undefined) throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = engine.catalog.find(name);
  if (table?.arn !== arn) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
  }
  return table;
}
