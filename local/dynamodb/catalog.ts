import { createHash } from 'node:crypto';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { IndexDefinition, KeySchema, TableDefinition } from './schema.ts';
import { Stream } from './stream.ts';
import { Table } from './table.ts';

/** The tables there are, in memory as in SQLite. Every change belongs into a `storage.write`. */
export class Catalog {
  readonly #kernel: Kernel;
  readonly #tables = new Map<string, Table>();
  /** Calls may name a table by its ARN, too. */
  readonly #byArn = new Map<string, Table>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.storage.db.exec(
      `CREATE TABLE IF NOT EXISTS ddb_tables
         (id INTEGER PRIMARY KEY, name TEXT UNIQUE, tableId TEXT, created INTEGER, streamLabel TEXT, definition TEXT)`,
    );
    for (const row of kernel.storage.db.prepare('SELECT * FROM ddb_tables').all()) {
      const definition: TableDefinition = JSON.parse(String(row.definition));
      const { id, tableId, created } = row;
      const identity = { id: Number(id), tableId: String(tableId), created: Number(created) };
      const table = new Table(kernel.storage.db, identity, definition, this.arnOf(definition.name));
      if (definition.stream) this.#openStream(table, String(row.streamLabel));
      this.#add(table);
    }
  }

  #add(table: Table): void {
    this.#tables.set(table.name, table);
    this.#byArn.set(table.arn, table);
  }

  /** @param name a table's name, or already its ARN */
  arnOf(name: string): string {
    if (name.startsWith('arn:')) return name;
    return `arn:aws:dynamodb:${this.#kernel.region}:${this.#kernel.account}:table/${name}`;
  }

  all(): Table[] {
    return [...this.#tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Table | undefined {
    return this.#tables.get(name) ?? this.#byArn.get(name);
  }

  /** Throws ResourceNotFoundException; `naming` the table as DescribeTable does and item calls do not. */
  get(name: string, naming = false): Table {
    const table = this.find(name);
    if (table) return table;
    const suffix = naming ? `: Table: ${name} not found` : '';
    throw new AwsError('ResourceNotFoundException', `Requested resource not found${suffix}`);
  }

  findByStream(arn: string): Table | undefined {
    const table = this.#tables.get(arn.split('/')[1] ?? '');
    return table?.stream?.arn === arn ? table : undefined;
  }

  create(definition: TableDefinition): Table {
    const { db } = this.#kernel.storage;
    const created = this.#kernel.clock.now();
    const tableId = uuidOf(`${definition.name} ${created}`);
    const { lastInsertRowid } = db
      .prepare('INSERT INTO ddb_tables (name, tableId, created, streamLabel, definition) VALUES (?, ?, ?, ?, ?)')
      .run(definition.name, tableId, created, streamLabel(created), JSON.stringify(definition));
    const identity = { id: Number(lastInsertRowid), tableId, created };
    const table = new Table(db, identity, definition, this.arnOf(definition.name));
    table.create();
    if (definition.stream) this.#openStream(table, streamLabel(created));
    this.#add(table);
    return table;
  }

  /** Makes an existing table what `definition` says, keeping its items. Throws when only another table could be that. */
  change(table: Table, definition: TableDefinition): void {
    if (!sameKeys(table.definition, definition)) {
      throw new Error(
        `The key schema of table ${table.name} changed, which needs a new table: give it a new name, or delete the table first`,
      );
    }
    if (localIndexes(table.definition) !== localIndexes(definition)) {
      throw new Error(
        `The local indexes of table ${table.name} changed, which needs a new table: give it a new name, or delete the table first`,
      );
    }
    for (const index of definition.indexes) {
      const before = table.definition.indexes.find(({ name }) => name === index.name);
      if (before && shapeOf(before) !== shapeOf(index)) {
        throw new Error(
          `Index ${index.name} of table ${table.name} changed, which AWS refuses: add an index under a new name instead`,
        );
      }
    }
    const { stream: streamBefore, timeToLive: expiryBefore } = table.definition;
    table.reindex(definition);
    if (expiryBefore !== definition.timeToLive) table.refreshExpiry(this.#kernel.clock.now());
    if (streamBefore !== definition.stream) {
      table.stream?.drop();
      table.stream = undefined;
      if (definition.stream) this.#openStream(table, streamLabel(this.#kernel.clock.now()));
    }
    this.#kernel.storage.db
      .prepare('UPDATE ddb_tables SET definition = ?, streamLabel = coalesce(?, streamLabel) WHERE id = ?')
      .run(JSON.stringify(definition), table.stream?.label ?? null, table.id);
  }

  delete(table: Table): void {
    table.stream?.drop();
    table.drop();
    this.#kernel.storage.db.prepare('DELETE FROM ddb_tables WHERE id = ?').run(table.id);
    this.#tables.delete(table.name);
    this.#byArn.delete(table.arn);
  }

  #openStream(table: Table, label: string): void {
    const { storage, region } = this.#kernel;
    table.stream = new Stream(storage.db, table.id, table.arn, label, table.definition.stream!, region);
  }
}

function localIndexes({ indexes }: TableDefinition): string {
  return indexes
    .filter(({ local }) => local)
    .map(shapeOf)
    .sort()
    .join();
}

/** What of an index can not change: all but its throughput. */
function shapeOf({ throughput: _, ...shape }: IndexDefinition): string {
  return JSON.stringify(shape);
}

function sameKeys(a: KeySchema, b: KeySchema): boolean {
  return JSON.stringify([a.hash, a.range]) === JSON.stringify([b.hash, b.range]);
}

function streamLabel(time: number): string {
  return new Date(time).toISOString().slice(0, -1);
}

/** An id that is the same on every run with the same clock. */
function uuidOf(text: string): string {
  return createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
