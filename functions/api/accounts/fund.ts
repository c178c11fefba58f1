import { createHash } from 'node:crypto';
import { type Account, moved } from '../../../shared/domain/accounts/account.ts';
import { type CreditReason, creditIdOf } from '../../../shared/domain/accounts/credit.ts';
import type { AccountEffect } from '../../../shared/domain/accounts/spend.ts';
import type { LegalEntity } from '../../../shared/domain/legal-entity.ts';
import type { CreditEvent } from '../../../shared/events/credit-events.ts';
import type { AccountStore } from '../../../shared/ports/accounts.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import { retryAfter } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { Idempotency } from '../../../shared/runtime/request.ts';

export interface AccountDeps {
  accounts: AccountStore;
  system: System;
}

/** Others may be at the same account. */
const mostRounds = 8;

/** Changes what is stored now, until nobody comes between. @throws ProblemError store_busy */
export async function untilCommitted<T>({ system }: AccountDeps, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < mostRounds; round += 1) {
    if (round > 0) await system.sleep(system.random() * 20 * 2 ** round);
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw new ProblemError('store_busy', undefined, { headers: retryAfter(1) });
}

const effectId = ({ owner, key }: Idempotency): string =>
  createHash('sha256').update(`request ${owner} ${key}`).digest('hex').slice(0, 32);

/** Of a gift card or store credit; an amount below 0 is taken off. */
export interface CreditChange {
  amount: number;
  reason: CreditReason;
  legalEntityId: LegalEntity['id'];
  note?: string | undefined;
  by: string;
}

/**
 * Puts money on an account or takes it off, once for a request, tells the books in the same transaction, and keeps what it was answered.
 * @param find the account; `before` undefined makes one
 * @throws ProblemError idempotency_key_reused, account_full, insufficient_credit, gift_card_code_taken, store_busy
 */
export async function changeOnce<A extends object>(
  deps: AccountDeps,
  idempotency: Idempotency,
  find: (at: string) => Promise<{ before: Account | undefined; empty: (at: string) => Account; codeHash?: string }>,
  change: CreditChange,
  answer: (account: Account, at: string) => A,
): Promise<{ answer: A; replayed: boolean }> {
  const id = effectId(idempotency);
  return untilCommitted(deps, async () => {
    const done = await deps.accounts.effect(id);
    if (done?.request) {
      if (done.request.hash !== idempotency.requestHash) throw new ProblemError('idempotency_key_reused');
      return { answer: JSON.parse(done.request.answer) as A, replayed: true };
    }
    const at = isoNow(deps.system);
    const { before, empty, codeHash } = await find(at);
    if (codeHash !== undefined && (await deps.accounts.byCode(codeHash)))
      throw new ProblemError('gift_card_code_taken');
    const { account, entry } = changed(before ?? empty(at), change, at);
    const after = { ...account, told: (account.told ?? 0) + 1 };
    const told = answer(after, at);
    const { kind, owner, currency } = after;
    const effect: AccountEffect = {
      ...{ id, operation: change.amount > 0 ? 'fund' : 'withdraw', account: { kind, owner, currency } },
      ...{ amount: Math.abs(change.amount), open: 0 },
      request: { hash: idempotency.requestHash, answer: JSON.stringify(told) },
    };
    const isDone = await deps.accounts.commit({
      ...{ account: { before, after }, entry, effect, event: eventOf(after, change, deps.system.eventId(), at) },
      ...(codeHash !== undefined && { codeHash }),
    });
    return isDone ? { answer: told, replayed: false } : undefined;
  });
}

function changed(account: Account, { amount, note, by }: CreditChange, at: string) {
  const common = { amount: Math.abs(amount), by, at, ...(note !== undefined && { note }) };
  const after =
    amount > 0
      ? moved(account, { kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', ...common })
      : moved(account, { kind: 'withdrawn', from: 'AVAILABLE', to: 'OUTSIDE', ...common });
  if (after) return after;
  if (amount > 0) throw new ProblemError('account_full');
  throw new ProblemError('insufficient_credit', `${account.available} minor units are available.`);
}

function eventOf(account: Account, change: CreditChange, id: string, at: string): CreditEvent {
  const { owner, currency, available, told = 1 } = account;
  // Terms are changed by a route of their own: their units are no money.
  const kind = account.kind === 'giftCard' ? 'giftCard' : 'storeCredit';
  const { amount, reason, legalEntityId } = change;
  const subject = { kind, owner, currency } as const;
  return {
    ...{ id, type: amount > 0 ? 'credit.issued' : 'credit.withdrawn', sequence: told, at },
    ...{ correlationId: creditIdOf(subject), causationId: id },
    data: { ...subject, amount: Math.abs(amount), reason, legalEntityId, available },
  };
}
