import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Item } from './attribute-value.ts';
import { expiry } from './expiry.ts';
import { indexKeyOf, keyOf, type PrimaryKey } from './keys.ts';
import { type IndexDefinition, projectedNames, type TableDefinition } from './schema.ts';
import type { Stream } from './stream.ts';

export interface SizedItem {
  item: Item;
  /** In bytes, as AWS counts them. */
  size: number;
}

export interface StoredItem extends SizedItem {
  rowId: number;
  /** The item as JSON. */
  text: string;
}

export interface Index {
  definition: IndexDefinition;
  sqlName: string;
  /** undefined = all attributes. */
  projected: Set<string> | undefined;
}

/**
 * A table in SQLite. Items lie in a rowid table under a small unique index on the key, rather than in the key's own b-tree:
 * that would send every item above 1 KB to an overflow page. An index of the table holds keys and row ids only and reads its
 * projection from the item, so that a write touches it only when its keys change.
 */
export class Table {
  readonly id: number;
  readonly arn: string;
  readonly tableId: string;
  /** Epoch milliseconds. */
  readonly created: number;
  definition: TableDefinition;
  stream: Stream | undefined;
  indexes: Index[];
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(
    db: DatabaseSync,
    row: { id: number; tableId: string; created: number },
    definition: TableDefinition,
    arn: string,
  ) {
    this.#db = db;
    this.id = row.id;
    this.tableId = row.tableId;
    this.created = row.created;
    this.arn = arn;
    this.definition = definition;
    this.indexes = definition.indexes.map((index) => this.#index(index));
  }

  get name(): string {
    return this.definition.name;
  }

  get sqlName(): string {
    return `ddb_items_${this.id}`;
  }

  #index(definition: IndexDefinition): Index {
    return {
      definition,
      // Names of indexes are made of letters, digits, _, - and . only.
      sqlName: `"ddb_index_${this.id}_${definition.name}"`,
      projected: projectedNames(this.definition, definition),
    };
  }

  /** A prepared statement, kept by its text. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  find({ hash, range }: PrimaryKey): StoredItem | undefined {
    const row = this.sql(`SELECT id, item, size FROM ${this.sqlName} WHERE pk = ? AND sk = ?`).get(hash, range);
    return row && readRow(row);
  }

  insert({ hash, range }: PrimaryKey, text: string, size: number, expires: number | null): number {
    const statement = this.sql(`INSERT INTO ${this.sqlName} (pk, sk, size, expires, item) VALUES (?, ?, ?, ?, ?)`);
    return Number(statement.run(hash, range, size, expires, text).lastInsertRowid);
  }

  update(rowId: number, text: string, size: number, expires: number | null): void {
    this.sql(`UPDATE ${this.sqlName} SET size = ?, expires = ?, item = ? WHERE id = ?`).run(size, expires, text, rowId);
  }

  delete(rowId: number): void {
    this.sql(`DELETE FROM ${this.sqlName} WHERE id = ?`).run(rowId);
  }

  addToIndex(index: Index, entry: PrimaryKey, key: PrimaryKey, rowId: number): void {
    const statement = this.sql(`INSERT INTO ${index.sqlName} (hk, rk, pk, sk, id) VALUES (?, ?, ?, ?, ?)`);
    statement.run(entry.hash, entry.range, key.hash, key.range, rowId);
  }

  removeFromIndex(index: Index, entry: PrimaryKey, key: PrimaryKey): void {
    const statement = this.sql(`DELETE FROM ${index.sqlName} WHERE hk = ? AND rk = ? AND pk = ? AND sk = ?`);
    statement.run(entry.hash, entry.range, key.hash, key.range);
  }

  create(): void {
    this.#db.exec(
      `CREATE TABLE ${this.sqlName} (id INTEGER PRIMARY KEY, pk NOT NULL, sk NOT NULL, size INTEGER, expires INTEGER, item TEXT);
       CREATE UNIQUE INDEX ddb_key_${this.id} ON ${this.sqlName} (pk, sk);
       CREATE INDEX ddb_expires_${this.id} ON ${this.sqlName} (expires) WHERE expires IS NOT NULL;`,
    );
    for (const index of this.indexes) this.#createIndex(index);
  }

  drop(): void {
    this.#statements.clear();
    for (const index of this.indexes) this.#db.exec(`DROP TABLE ${index.sqlName}`);
    this.#db.exec(`DROP TABLE ${this.sqlName}`);
  }

  /** Makes the table's indexes those of `definition`: fills new ones from the items, drops those that are gone. */
  reindex(definition: TableDefinition): void {
    const before = new Map(this.indexes.map((index) => [index.definition.name, index]));
    this.definition = definition;
    this.indexes = definition.indexes.map((index) => this.#index(index));
    for (const index of this.indexes) {
      if (!before.delete(index.definition.name)) {
        this.#createIndex(index);
        this.#fill(index);
      }
    }
    for (const gone of before.values()) this.#db.exec(`DROP TABLE ${gone.sqlName}`);
    this.#statements.clear();
  }

  /** Works out every item's expiry again, after another attribute became the one that holds it. */
  refreshExpiry(now: number): void {
    for (const row of this.#db.prepare(`SELECT id, item, size FROM ${this.sqlName}`).all()) {
      const { rowId, item, text, size } = readRow(row);
      this.update(rowId, text, size, expiry(this.definition, item, now));
    }
  }

  #createIndex({ sqlName }: Index): void {
    this.#db.exec(
      `CREATE TABLE ${sqlName} (hk NOT NULL, rk NOT NULL, pk NOT NULL, sk NOT NULL, id INTEGER NOT NULL,
         PRIMARY KEY (hk, rk, pk, sk)) WITHOUT ROWID`,
    );
  }

  #fill(index: Index): void {
    for (const row of this.#db.prepare(`SELECT id, item, size FROM ${this.sqlName}`).iterate()) {
      const { rowId, item } = readRow(row);
      const entry = indexKeyOf(index.definition, item);
      if (entry) this.addToIndex(index, entry, keyOf(this.definition, item), rowId);
    }
  }
}

export function readRow(row: Record<string, unknown>): StoredItem {
  const text = String(row.item);
  const item: Item = JSON.parse(text);
  return { rowId: Number(row.id), item, text, size: Number(row.size) };
}
