import { codeHashOf } from '../../../shared/adapters/account-payments.ts';
import { type AccountKind, type AccountName, moved } from '../../../shared/domain/accounts/account.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { AccountStore } from '../../../shared/ports/accounts.ts';

const EUR = Currency.parse('EUR');
const at = '2026-01-05T09:00:00.000Z';

/** An account with something on it. @param code of a gift card */
export async function opened(
  accounts: AccountStore,
  kind: AccountKind,
  owner: string,
  amount: number,
  more: { code?: string; expiresAt?: string; blocked?: boolean } = {},
): Promise<AccountName> {
  const { code, expiresAt, blocked = false } = more;
  const name = { kind, owner, currency: EUR };
  const empty = {
    ...name,
    funded: 0,
    available: 0,
    aside: 0,
    spent: 0,
    blocked,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  const after = moved(
    { ...empty, ...(expiresAt !== undefined && { expiresAt }) },
    { kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', amount, by: 'test', at },
  );
  if (!after) throw new Error('less than nothing');
  const { account, entry } = after;
  const codeHash = code === undefined ? {} : { codeHash: codeHashOf(code) };
  if (!(await accounts.commit({ account: { before: undefined, after: account }, entry, ...codeHash }))) {
    throw new Error('there is one already');
  }
  return name;
}
