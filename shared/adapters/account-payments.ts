import { createHash } from 'node:crypto';
import { type Account, type AccountKind, AccountOwner, fresh } from '../domain/accounts/account.ts';
import { plainCode } from '../domain/accounts/gift-card.ts';
import { type AccountEffect, free, giveBack, grant, type Spending, setAside, take } from '../domain/accounts/spend.ts';
import { Currency } from '../domain/money.ts';
import type { AccountCommit, AccountStore } from '../ports/accounts.ts';
import {
  type AuthorizeRequest,
  type GrantRequest,
  type PaymentEffect,
  type PaymentProvider,
  type PaymentResult,
  PaymentUnavailable,
} from '../ports/payment.ts';
import { isoNow, type System } from '../ports/system.ts';

/** Others may be at the same account: so often is read again before the workflow waits and tries later. */
const mostRounds = 8;

const idOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
const referenceOf = (id: string): string => `acc_${id}`;
const idIn = (reference: string): string | undefined => /^acc_([0-9a-f]{32})$/.exec(reference)?.[1];

export const codeHashOf = (code: string): string => createHash('sha256').update(plainCode(code)).digest('hex');

type Decided = Spending & {
  before?: Account;
  from?: AccountEffect;
  /** A refusal that is kept: who asks again by the key is told the same. A new attempt has a new key. */
  keep?: AccountEffect;
};

function commitOf(decided: Decided): (AccountCommit & { effect: AccountEffect }) | { declined: PaymentResult } {
  const { before, from } = decided;
  if (!decided.ok) {
    const { reason, available, keep } = decided;
    const declined = { reason, ...(available !== undefined && { available }) };
    return keep ? { effect: { ...keep, declined } } : { declined: { outcome: 'declined', ...declined } };
  }
  const { account, entry, effect, parent } = decided;
  return {
    account: { before, after: account },
    ...{ entry, effect },
    ...(parent && from && { parent: { before: from, after: parent } }),
  };
}

/**
 * A payment provider over accounts of our own. Every effect is one transaction of the account, its entry and the effect under its key: done once or
 * not at all, so that no outcome is ever unknown for longer than the store's answer takes.
 */
export function accountPayments(
  kind: AccountKind,
  { accounts, system }: { accounts: AccountStore; system: Pick<System, 'now' | 'sleep' | 'random'> },
): PaymentProvider {
  const find = async ({ token, account: owner, currency }: AuthorizeRequest): Promise<Account | undefined> => {
    if (kind === 'giftCard') {
      const name = await accounts.byCode(codeHashOf(token));
      return name && accounts.account(name);
    }
    const known = { owner: AccountOwner.safeParse(owner).data, currency: Currency.safeParse(currency).data };
    if (known.owner === undefined || known.currency === undefined) return undefined;
    return accounts.account({ kind, owner: known.owner, currency: known.currency });
  };

  /** Decides on what is stored now, until nobody comes between. */
  async function once(key: string, decide: (id: string, at: string) => Promise<Decided>): Promise<PaymentResult> {
    const id = idOf(key);
    for (let round = 0; round < mostRounds; round += 1) {
      if (round > 0) await system.sleep(system.random() * 20 * 2 ** round);
      const known = await accounts.effect(id);
      if (known) return resultOf(known);
      const commit = commitOf(await decide(id, isoNow(system)));
      if ('declined' in commit) return commit.declined;
      if (await accounts.commit(commit)) return resultOf(commit.effect);
    }
    throw new PaymentUnavailable('the account is being changed by many at once');
  }

  /** On what an effect before this one left. */
  const onParent =
    (
      operation: 'authorize' | 'capture',
      spend: (account: Account, parent: AccountEffect, id: string, at: string) => Spending,
    ) =>
    async (reference: string, id: string, at: string) => {
      const parentId = idIn(reference);
      const from = parentId === undefined ? undefined : await accounts.effect(parentId);
      const before = from?.account?.kind === kind ? await accounts.account(from.account) : undefined;
      if (!from || !before || from.operation !== operation) return { ok: false, reason: 'unknown_reference' } as const;
      return { ...spend(before, from, id, at), before, from };
    };

  const released = async (authorization: string): Promise<PaymentResult | undefined> => {
    const id = idIn(authorization);
    const effect = id === undefined ? undefined : await accounts.effect(id);
    const isDone = effect?.operation === 'authorize' && effect.declined === undefined && effect.open === 0;
    return isDone ? { outcome: 'approved', reference: authorization, amount: 0 } : undefined;
  };

  return {
    capabilities: {
      partialCapture: true,
      multicapture: 'always',
      incrementalAuthorization: false,
      voidAfterPartialCapture: true,
      reauthorization: true,
      authorizationLifetime: undefined,
    },
    authorize: (request) =>
      once(request.key, async (id, at) => {
        const { amount, orderId } = request;
        const keep: AccountEffect = { id, operation: 'authorize', amount, open: 0, orderId };
        const before = await find(request);
        if (!before) return { ok: false, reason: kind === 'giftCard' ? 'unknown_token' : 'unknown_account', keep };
        return { ...setAside(before, { ...request, id, at }), before, keep };
      }),
    capture: (request) =>
      once(request.key, (id, at) =>
        onParent('authorize', (account, parent) => take(account, parent, { ...request, id, at }))(
          request.authorization,
          id,
          at,
        ),
      ),
    async void(request) {
      const { authorization } = request;
      // Asked again, it is what was freed then; what was not freed under this key and is gone has been taken.
      const isDone = (await accounts.effect(idOf(request.key))) !== undefined;
      const known = isDone ? undefined : await released(authorization);
      if (known) return known;
      const freed = await once(request.key, (id, at) =>
        onParent('authorize', (account, parent) => free(account, parent, { ...request, id, at }))(
          authorization,
          id,
          at,
        ),
      );
      return freed.outcome === 'approved' ? { ...freed, reference: authorization } : freed;
    },
    refund: (request) =>
      once(request.key, (id, at) =>
        onParent('capture', (account, parent) => giveBack(account, parent, { ...request, id, at }))(
          request.capture,
          id,
          at,
        ),
      ),
    ...(kind === 'storeCredit' && {
      grant: ({ key, amount, currency, account: owner, orderId }: GrantRequest) =>
        once(key, async (id, at) => {
          const known = { owner: AccountOwner.safeParse(owner).data, currency: Currency.safeParse(currency).data };
          if (known.owner === undefined || known.currency === undefined) {
            return { ok: false, reason: 'unknown_account' } as const;
          }
          const name = { kind, owner: known.owner, currency: known.currency };
          const before = await accounts.account(name);
          return { ...grant(before ?? fresh(name, at), { id, key, amount, at, orderId }), ...(before && { before }) };
        }),
    }),
    async query(effect: PaymentEffect) {
      const known = await accounts.effect(idOf(effect.key));
      if (effect.operation !== 'void') return known && resultOf(known);
      return known ? { ...resultOf(known), reference: effect.authorization } : released(effect.authorization);
    },
  };
}

function resultOf({ id, declined, operation, amount }: AccountEffect): PaymentResult {
  if (declined) return { outcome: 'declined', ...declined };
  return {
    outcome: 'approved',
    reference: referenceOf(id),
    ...((operation === 'capture' || operation === 'void') && { amount }),
  };
}
