import type { Account, AccountEntry, AccountName } from '../../domain/accounts/account.ts';
import type { AccountEffect } from '../../domain/accounts/spend.ts';
import type { AccountStore } from '../../ports/accounts.ts';

const nameOf = ({ kind, owner, currency }: AccountName): string => `${kind}#${owner}#${currency}`;

/** Accounts in memory, with the guards of the store of record. */
export function memoryAccounts(): AccountStore & {
  all: Map<string, Account>;
  entriesOf(name: AccountName): AccountEntry[];
} {
  const all = new Map<string, Account>();
  const entries = new Map<string, AccountEntry[]>();
  const effects = new Map<string, AccountEffect>();
  const codes = new Map<string, AccountName>();
  const entriesOf = (name: AccountName) => entries.get(nameOf(name)) ?? [];
  return {
    all,
    entriesOf,
    account: async (name) => all.get(nameOf(name)),
    accounts: async (owner, kind) => [...all.values()].filter((one) => one.owner === owner && one.kind === kind),
    byCode: async (codeHash) => codes.get(codeHash),
    effect: async (id) => effects.get(id),
    async entries(name, { limit, after }) {
      const below = after?.below === undefined ? Number.POSITIVE_INFINITY : Number(after.below);
      const rest = entriesOf(name)
        .filter(({ number }) => number < below)
        .toReversed();
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return rest.length > limit && last ? { items, next: { below: String(last.number) } } : { items };
    },
    async commit({ account, entry, effect, parent, codeHash }) {
      const kept = account && all.get(nameOf(account.after));
      const isStale =
        (account && kept?.version !== account.before?.version) ||
        (effect && effects.has(effect.id)) ||
        (parent && effects.get(parent.before.id)?.open !== parent.before.open) ||
        (codeHash !== undefined && codes.has(codeHash));
      if (isStale) return false;
      if (account) all.set(nameOf(account.after), account.after);
      if (account && entry) entries.set(nameOf(account.after), [...entriesOf(account.after), entry]);
      if (effect) effects.set(effect.id, effect);
      if (parent) effects.set(parent.after.id, parent.after);
      if (account && codeHash !== undefined) codes.set(codeHash, account.after);
      return true;
    },
  };
}
