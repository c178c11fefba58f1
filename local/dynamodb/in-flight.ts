import { AwsError } from '../kernel/errors.ts';
import type { Group } from '../kernel/storage.ts';
import { keyText, type PrimaryKey } from './keys.ts';
import type { Table } from './table.ts';

/**
 * The items of transactions that are not on disk yet. Another request for one of them arrived while the transaction was under
 * way, and AWS rejects it then rather than letting it wait: so that code which never retries a conflict fails here too.
 */
export class InFlight {
  #group = 0;
  readonly #items = new Set<string>();
  readonly #tokens = new Set<string>();

  /** Whether the item belongs to a transaction of the open group. */
  has(group: Group, table: Table, key: PrimaryKey): boolean {
    return this.#group === group.id && this.#items.has(name(table, key));
  }

  hasToken(group: Group, token: string): boolean {
    return this.#group === group.id && this.#tokens.has(token);
  }

  add(group: Group, items: { table: Table; key: PrimaryKey }[], token: string | undefined): void {
    if (this.#group !== group.id) {
      this.#group = group.id;
      this.#items.clear();
      this.#tokens.clear();
    }
    for (const { table, key } of items) this.#items.add(name(table, key));
    if (token !== undefined) this.#tokens.add(token);
    group.afterCommit(() => this.#settled(group.id));
  }

  /** For a read, which belongs to no group. */
  holds(table: Table, key: PrimaryKey): boolean {
    return this.#items.has(name(table, key));
  }

  /** For writes of single items. */
  refuse(group: Group, table: Table, key: PrimaryKey): void {
    if (this.has(group, table, key)) {
      throw new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
    }
  }

  #settled(group: number): void {
    if (this.#group !== group) return;
    this.#items.clear();
    this.#tokens.clear();
  }
}

function name(table: Table, key: PrimaryKey): string {
  return `${table.id}:${keyText(key)}`;
}
