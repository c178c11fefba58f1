import type { Table } from './table.ts';

const WRITE_UNIT = 1024;
const READ_UNIT = 4096;

/** Write units for an item or index entry of `size` bytes. */
export function writeUnits(size: number): number {
  return Math.max(1, Math.ceil(size / WRITE_UNIT));
}

/** Read units for `size` bytes read in one go; half when an eventually consistent read suffices. */
export function readUnits(size: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(size / READ_UNIT)) / (consistent ? 1 : 2);
}

/** What a request cost on one table and its indexes. */
export interface Cost {
  table: number;
  indexes?: Map<string, number>;
}

interface Units {
  readUnits: number;
  writeUnits: number;
}

/** What has been consumed since the start, as AWS would bill it on demand. */
export interface Meter extends Units {
  byTable: Record<string, Units>;
}

/** Counts the costs of one request by table: for the running meter, and for ConsumedCapacity in its answer. */
export class Bill {
  readonly #kind: 'read' | 'write';
  /**
   * Transactions cost double: once to prepare, once to commit. Only the table: its indexes follow asynchronously and cost what the same write
   * costs outside of a transaction (measured on AWS by nubo-db/dynoxide, pull request 188; AWS's own pages do not say).
   */
  readonly #factor: 1 | 2;
  readonly #tables = new Map<Table, Required<Cost>>();

  constructor(kind: 'read' | 'write', transactional = false) {
    this.#kind = kind;
    this.#factor = transactional ? 2 : 1;
  }

  add(table: Table, cost: Cost): void {
    let sum = this.#tables.get(table);
    if (!sum) {
      sum = { table: 0, indexes: new Map() };
      this.#tables.set(table, sum);
    }
    sum.table += cost.table * this.#factor;
    for (const [name, units] of cost.indexes ?? []) {
      sum.indexes.set(name, (sum.indexes.get(name) ?? 0) + units);
    }
  }

  charge(meter: Meter): void {
    const field = this.#kind === 'read' ? 'readUnits' : 'writeUnits';
    for (const [table, cost] of this.#tables) {
      const units = total(cost);
      meter.byTable[table.name] ??= { readUnits: 0, writeUnits: 0 };
      meter.byTable[table.name]![field] += units;
      meter[field] += units;
    }
  }

  /** ConsumedCapacity for each table, or undefined when the request did not ask for it. */
  shown(detail: Detail): Record<string, unknown>[] | undefined {
    if (detail === 'NONE') return undefined;
    return [...this.#tables].map(([table, cost]) => {
      const units = (amount: number) => ({
        CapacityUnits: amount,
        ...(this.#factor === 2 ? { [this.#kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits']: amount } : {}),
      });
      return {
        TableName: table.name,
        ...units(total(cost)),
        ...(detail === 'INDEXES' ? { Table: units(cost.table), ...byIndex(table, cost, units) } : {}),
      };
    });
  }
}

function byIndex(table: Table, { indexes }: Required<Cost>, units: (amount: number) => object) {
  const shown: Record<'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes', Record<string, object>> = {
    GlobalSecondaryIndexes: {},
    LocalSecondaryIndexes: {},
  };
  for (const [name, amount] of indexes) {
    const local = table.indexes.find(({ definition }) => definition.name === name)?.definition.local;
    shown[local ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes'][name] = units(amount);
  }
  return Object.fromEntries(Object.entries(shown).filter(([, each]) => Object.keys(each).length > 0));
}

export const DETAILS = ['INDEXES', 'TOTAL', 'NONE'] as const;
export type Detail = (typeof DETAILS)[number];

function total({ table, indexes }: Required<Cost>): number {
  let sum = table;
  for (const units of indexes.values()) sum += units;
  return sum;
}
