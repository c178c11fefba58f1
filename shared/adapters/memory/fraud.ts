import type { ListEntry, ListEntryId } from '../../domain/fraud/list-entry.ts';
import { type FraudRules, noRules } from '../../domain/fraud/rules.ts';
import type { Counted, FraudBook, FraudSettings } from '../../ports/fraud-book.ts';

/** Rules, lists and counts in memory: the contract tests hold it and the DynamoDB adapter to the same answers. */
export interface MemoryFraud extends FraudBook, FraudSettings {
  /** What was asked of it. */
  calls: string[];
  /** Customers with orders from before. */
  earlier: Set<string>;
}

export function memoryFraud(): MemoryFraud {
  let rules: FraudRules = noRules;
  const entries = new Map<ListEntryId, ListEntry>();
  const counted = new Map<string, Counted>();
  const calls: string[] = [];
  const earlier = new Set<string>();
  return {
    calls,
    earlier,
    async config() {
      calls.push('config');
      return { rules, entries: entries.size };
    },
    async entriesAmong(ids) {
      calls.push('entriesAmong');
      const found = ids.flatMap((id) => entries.get(id) ?? []);
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async record(one) {
      calls.push('record');
      counted.set(`${one.kind} ${one.subject} ${one.orderId}`, one);
    },
    async countSince(kind, subject, since, most) {
      calls.push('countSince');
      const fits = (one: Counted) => one.kind === kind && one.subject === subject && one.placedAt >= since;
      return Math.min(most, [...counted.values()].filter(fits).length);
    },
    async hasEarlierOrder(customerId) {
      calls.push('hasEarlierOrder');
      return earlier.has(customerId);
    },
    async putRules(next, updatedAt) {
      rules = { ...next, version: rules.version + 1, updatedAt };
      return rules;
    },
    async putEntry(entry) {
      const isNew = !entries.has(entry.id);
      entries.set(entry.id, entry);
      return isNew ? 'created' : 'replaced';
    },
    deleteEntry: async (id) => entries.delete(id),
    async entries({ kind, limit, after }) {
      const all = [...entries.values()]
        .filter((one) => (kind ?? one.kind) === one.kind && (!after || one.id > String(after.id)))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const items = all.slice(0, limit);
      const last = items.at(-1);
      return { items, ...(all.length > limit && last && { next: { id: last.id } }) };
    },
  };
}
