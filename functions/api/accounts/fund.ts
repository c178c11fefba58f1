import { createHash } from 'node:crypto';
import { type Account, moved } from '../../../shared/domain/accounts/account.ts';
import type { AccountEffect } from '../../../shared/domain/accounts/spend.ts';
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

/**
 * Puts money on an account, once for a request, and keeps what it was answered.
 * @param known the account; undefined makes one
 * @throws ProblemError idempotency_key_reused, account_full, gift_card_code_taken, store_busy
 */
export async function fundOnce<A extends object>(
  deps: AccountDeps,
  idempotency: Idempotency,
  find: () => Promise<{ before: Account | undefined; empty: (at: string) => Account; codeHash?: string }>,
  { amount, note, by }: { amount: number; note?: string | undefined; by: string },
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
    const { before, empty, codeHash } = await find();
    if (codeHash !== undefined && (await deps.accounts.byCode(codeHash)))
      throw new ProblemError('gift_card_code_taken');
    const movement = { kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', amount, by, at } as const;
    const after = moved(before ?? empty(at), { ...movement, ...(note !== undefined && { note }) });
    if (!after) throw new ProblemError('account_full');
    const { kind, owner, currency } = after.account;
    const told = answer(after.account, at);
    const effect: AccountEffect = {
      ...{ id, operation: 'fund', account: { kind, owner, currency }, amount, open: 0 },
      request: { hash: idempotency.requestHash, answer: JSON.stringify(told) },
    };
    const isDone = await deps.accounts.commit({
      ...{ account: { before, after: after.account }, entry: after.entry, effect },
      ...(codeHash !== undefined && { codeHash }),
    });
    return isDone ? { answer: told, replayed: false } : undefined;
  });
}
