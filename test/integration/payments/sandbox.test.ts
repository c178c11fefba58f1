import { beforeEach, describe, expect, test } from 'vitest';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { paymentFault, sandboxPayments } from '../../../shared/adapters/sandbox/payment.ts';
import {
  type AuthorizeResult,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  PaymentUnavailable,
} from '../../../shared/ports/payment.ts';
import { keepsTheContract } from './contract.ts';

describe('the sandbox keeps the contract of payment providers', () => {
  keepsTheContract(async () => {
    const book = memorySandboxBook();
    return {
      provider: sandboxPayments(book),
      ok: 'tok_ok',
      declined: 'tok_declined',
      answersLost: () => 'tok_timeout_once',
      away: () => 'tok_flaky',
      captured: () => sumMoved(moneyMoved(book.entries), 'capture'),
      refunded: () => sumMoved(moneyMoved(book.entries), 'refund'),
      stop: async () => {},
    };
  });
});

describe('the sandbox keeps account like a bank', () => {
  const hour = 3_600_000;
  const orderId = 'ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D1';
  let book: ReturnType<typeof memorySandboxBook>;
  let now: number;
  let provider: PaymentProvider;
  beforeEach(() => {
    book = memorySandboxBook();
    now = Date.parse('2026-01-05T09:00:00Z');
    provider = sandboxPayments(book, () => now);
  });

  const authorizing = (token: string, amount = 100_00) => ({
    ...{ key: `${orderId}:authorize:${token}`, amount, currency: 'EUR', token, orderId },
  });
  const approvedBy = (result: AuthorizeResult): string => {
    if (result.outcome !== 'approved') throw new Error(JSON.stringify(result));
    return result.reference;
  };
  const authorized = async (token: string) => approvedBy(await provider.authorize(authorizing(token)));
  const on = (authorization: string, name: string, amount: number) => ({
    ...{ key: `${orderId}:${name}`, amount, currency: 'EUR', authorization },
  });
  const refunding = (capture: string, name: string, amount: number) => ({
    ...{ key: `${orderId}:refund:${name}`, amount, currency: 'EUR', capture },
  });
  const sums = () =>
    (['authorize', 'capture', 'void', 'refund'] as const).map((operation) =>
      sumMoved(moneyMoved(book.entries), operation, orderId),
    );

  test.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_expired_card', 'expired_card'],
    ['tok_stolen_card', 'lost_or_stolen_card'],
    ['tok_nothing', 'unknown_token'],
    ['tok_constructor', 'unknown_token'],
  ])('%s is declined: %s', async (token, reason) => {
    expect(await provider.authorize(authorizing(token))).toEqual({ outcome: 'declined', reason });
    expect(sums()).toEqual([0, 0, 0, 0]);
  });

  test('a request that is lost before its effect did nothing; sent again under its key it does it once', async () => {
    const request = authorizing('tok_timeout_before');
    await expect(provider.authorize(request)).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    expect(await provider.query({ operation: 'authorize', ...request })).toBeUndefined();
    const reference = approvedBy(await provider.authorize(request));
    await expect(provider.capture(on(reference, 'capture', 40_00))).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    approvedBy(await provider.capture(on(reference, 'capture', 40_00)));
    expect(sums()).toEqual([100_00, 40_00, 0, 0]);
  });

  test('an authorization says when it lapses; captured in time it is taken, later it is declined', async () => {
    const result = await provider.authorize(authorizing('tok_expires_36h'));
    expect(result).toMatchObject({ outcome: 'approved', expiresAt: '2026-01-06T21:00:00.000Z' });
    const reference = approvedBy(result);
    now += 36 * hour - 1;
    approvedBy(await provider.capture(on(reference, 'in time', 40_00)));
    now += 1;
    const late = { outcome: 'declined', reason: 'authorization_expired' };
    expect(await provider.capture(on(reference, 'late', 10_00))).toEqual(late);
    // What was done stays done, whenever it is asked for.
    approvedBy(await provider.capture(on(reference, 'in time', 40_00)));
    expect(sums()).toEqual([100_00, 40_00, 0, 0]);
  });

  test('no more is captured than was authorized, nothing after a void, nothing in another currency', async () => {
    const reference = await authorized('tok_ok');
    approvedBy(await provider.capture(on(reference, 'first', 60_00)));
    const declined = (reason: string) => ({ outcome: 'declined', reason });
    expect(await provider.capture(on(reference, 'second', 40_01))).toEqual(declined('amount_exceeds_authorization'));
    expect(await provider.capture({ ...on(reference, 'third', 1), currency: 'USD' })).toEqual(
      declined('currency_mismatch'),
    );
    approvedBy(await provider.void(on(reference, 'void', 40_00)));
    expect(await provider.capture(on(reference, 'fourth', 1))).toEqual(declined('authorization_canceled'));
    approvedBy(await provider.void(on(reference, 'void again', 40_00)));
    expect(sums()).toEqual([100_00, 60_00, 40_00, 0]);
  });

  test('a void of what was captured whole has nothing to give back', async () => {
    const reference = await authorized('tok_ok');
    approvedBy(await provider.capture(on(reference, 'all', 100_00)));
    approvedBy(await provider.void(on(reference, 'void', 0)));
    expect(sums()).toEqual([100_00, 100_00, 0, 0]);
  });

  test('captures at the same time share what was authorized', async () => {
    const reference = await authorized('tok_ok');
    const asked = Array.from({ length: 5 }, (_, n) => provider.capture(on(reference, `capture ${n}`, 30_00)));
    const results = await Promise.all(asked);
    expect(results.filter(({ outcome }) => outcome === 'approved')).toHaveLength(3);
    expect(sums()).toEqual([100_00, 90_00, 0, 0]);
  });

  test('no more is refunded than was captured, by each capture', async () => {
    const reference = await authorized('tok_ok');
    const first = approvedBy(await provider.capture(on(reference, 'first', 60_00)));
    const second = approvedBy(await provider.capture(on(reference, 'second', 40_00)));
    approvedBy(await provider.refund(refunding(first, 'part', 50_00)));
    const tooMuch = { outcome: 'declined', reason: 'amount_exceeds_capture' };
    expect(await provider.refund(refunding(first, 'rest', 10_01))).toEqual(tooMuch);
    approvedBy(await provider.refund(refunding(second, 'all', 40_00)));
    const none = { outcome: 'declined', reason: 'unknown_reference' };
    expect(await provider.refund(refunding(`${reference}/7`, 'of nothing', 1))).toEqual(none);
    expect(sums()).toEqual([100_00, 100_00, 0, 90_00]);
  });

  test('a card that takes one capture releases the rest with it', async () => {
    const reference = await authorized('tok_one_capture');
    approvedBy(await provider.capture(on(reference, 'first', 60_00)));
    const second = await provider.capture(on(reference, 'second', 40_00));
    expect(second).toEqual({ outcome: 'declined', reason: 'authorization_used_up' });
  });

  test('a capture that the bank declines', async () => {
    const reference = await authorized('tok_capture_declined');
    const result = await provider.capture(on(reference, 'first', 60_00));
    expect(result).toEqual({ outcome: 'declined', reason: 'card_declined' });
    approvedBy(await provider.void(on(reference, 'void', 100_00)));
    expect(sums()).toEqual([100_00, 0, 100_00, 0]);
  });

  test('refunds that the bank sends back: always, or once; a failed one stays failed under its key', async () => {
    for (const [token, second] of [
      ['tok_refund_fails', 'declined'],
      ['tok_refund_fails_once', 'approved'],
    ] as const) {
      const reference = await authorized(token);
      const capture = approvedBy(await provider.capture(on(reference, `${token} capture`, 60_00)));
      const failed = { outcome: 'declined', reason: 'refund_failed' };
      for (const _ of [1, 2]) expect(await provider.refund(refunding(capture, `${token} 1`, 20_00))).toEqual(failed);
      expect(await provider.refund(refunding(capture, `${token} 2`, 20_00))).toMatchObject({ outcome: second });
    }
    expect(sums()).toEqual([200_00, 120_00, 0, 20_00]);
  });

  test('a partial outage: captures fail while authorizations go through', async () => {
    book.counters.set(paymentFault('capture'), 2);
    const reference = await authorized('tok_ok');
    for (const _ of [1, 2]) {
      await expect(provider.capture(on(reference, 'capture', 10_00))).rejects.toBeInstanceOf(PaymentUnavailable);
    }
    approvedBy(await provider.capture(on(reference, 'capture', 10_00)));
    expect(sums()).toEqual([100_00, 10_00, 0, 0]);
  });
});
