import type { Account, AccountEntry, AccountKind, AccountName, AccountOwner } from '../domain/accounts/account.ts';
import type { AccountEffect } from '../domain/accounts/spend.ts';
import type { CreditEvent } from '../events/credit-events.ts';
import type { Page, Position } from './order-store.ts';

/** Written whole or not at all. */
export interface AccountCommit {
  /** `before` undefined: a new account. */
  account?: { before: Account | undefined; after: Account };
  entry?: AccountEntry;
  /** A new one. */
  effect?: AccountEffect;
  /** What the effect was taken from. */
  parent?: { before: AccountEffect; after: AccountEffect };
  /** Told to the world in the same transaction; the account's `told` is its sequence. */
  event?: CreditEvent;
  /** Of a new gift card: the hash of its code. */
  codeHash?: string;
}

/** Accounts of gift cards, store credit and terms, as of now (strongly consistent). */
export interface AccountStore {
  account(name: AccountName): Promise<Account | undefined>;
  /** All of an owner and a kind: one for each currency. */
  accounts(owner: AccountOwner, kind: AccountKind): Promise<Account[]>;
  byCode(codeHash: string): Promise<AccountName | undefined>;
  effect(id: string): Promise<AccountEffect | undefined>;
  /** Newest first. */
  entries(name: AccountName, page: { limit: number; after?: Position }): Promise<Page<AccountEntry>>;
  /** False: somebody else changed one of these meanwhile, or there is less than that: read again. */
  commit(commit: AccountCommit): Promise<boolean>;
}
