import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type AuthorizeResult,
  type PaymentEffect,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  PaymentUnavailable,
} from '../../../shared/ports/payment.ts';
import { orAskAgain } from '../../../shared/use-cases/ask-provider.ts';

/** A provider, and what it says itself of the money it moved. Minor units. */
export interface ProviderUnderTest {
  provider: PaymentProvider;
  /** Where effects outlive a test: an order of its own for each. */
  orderId?: string;
  /** A card that works. */
  ok: string;
  declined: string;
  /** A card; of each request that changes something, the first answer is lost after the effect took place. */
  answersLost(): string;
  /** A card; the provider is away twice for each request. */
  away(): string;
  captured(): number;
  refunded(): number;
  stop(): Promise<void>;
}

const anyOrder = 'ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D1';
const currency = 'EUR';

export function keepsTheContract(start: () => Promise<ProviderUnderTest>): void {
  let one: ProviderUnderTest;
  let orderId: string;
  beforeEach(async () => {
    one = await start();
    orderId = one.orderId ?? anyOrder;
  });
  afterEach(() => one.stop());

  const authorizing = (token: string, amount = 100_00): PaymentEffect & { operation: 'authorize' } => ({
    operation: 'authorize',
    key: `${orderId}:authorize:pay_1`,
    amount,
    currency,
    token,
    orderId,
  });
  const referenceOf = (result: AuthorizeResult): string => {
    if (result.outcome !== 'approved') throw new Error(JSON.stringify(result));
    return result.reference;
  };
  const authorized = async (token = one.ok) => referenceOf(await one.provider.authorize(authorizing(token)));
  const capturing = (authorization: string, fulfillment: number, amount: number) =>
    ({ operation: 'capture', key: `${orderId}:capture:ful_${fulfillment}`, amount, currency, authorization }) as const;
  const refunding = (capture: string, amount: number, before = 0) =>
    ({
      operation: 'refund',
      key: `${orderId}:refund:pay_1:${capture.slice(-30)}:${before}`,
      amount,
      currency,
      capture,
    }) as const;
  const voiding = (authorization: string, amount: number) =>
    ({ operation: 'void', key: `${orderId}:void:pay_1`, amount, currency, authorization }) as const;

  test('an authorization asked for again is the same one', async () => {
    const first = await one.provider.authorize(authorizing(one.ok));
    expect(first.outcome).toBe('approved');
    expect(await one.provider.authorize(authorizing(one.ok))).toEqual(first);
    expect(await one.provider.query(authorizing(one.ok))).toEqual(first);
  });

  test('a declined card is a value, the same when asked again', async () => {
    const first = await one.provider.authorize(authorizing(one.declined));
    expect(first).toMatchObject({ outcome: 'declined' });
    expect(await one.provider.authorize(authorizing(one.declined))).toEqual(first);
    expect(await one.provider.query(authorizing(one.declined))).toEqual(first);
  });

  test('a token that nobody knows is declined', async () => {
    expect(await one.provider.authorize(authorizing('pm_nobody'))).toEqual({
      outcome: 'declined',
      reason: 'unknown_token',
    });
  });

  test('references that are not the provider`s own are declined', async () => {
    const unknown = { outcome: 'declined', reason: 'unknown_reference' };
    expect(await one.provider.capture(capturing('nothing', 1, 10_00))).toEqual(unknown);
    expect(await one.provider.void(voiding('nothing', 10_00))).toEqual(unknown);
    expect(await one.provider.refund(refunding('nothing', 10_00))).toEqual(unknown);
  });

  test('three parcels are captured one by one, each once however often it is asked for', async () => {
    const authorization = await authorized();
    const references: string[] = [];
    for (const [index, amount] of [20_00, 30_00, 50_00].entries()) {
      const request = capturing(authorization, index, amount);
      const first = await one.provider.capture(request);
      expect(await one.provider.capture(request)).toEqual(first);
      expect(await one.provider.query(request)).toEqual(first);
      references.push(referenceOf(first));
    }
    expect(new Set(references).size).toBe(3);
    expect(one.captured()).toBe(100_00);
  });

  test('captures are given back in parts, each once', async () => {
    const authorization = await authorized();
    const first = referenceOf(await one.provider.capture(capturing(authorization, 1, 60_00)));
    const second = referenceOf(await one.provider.capture(capturing(authorization, 2, 40_00)));
    const legs = [refunding(first, 10_00), refunding(first, 50_00, 10_00), refunding(second, 15_00)];
    for (const leg of legs) {
      const result = await one.provider.refund(leg);
      expect(await one.provider.refund(leg)).toEqual(result);
      expect(await one.provider.query(leg)).toEqual(result);
    }
    expect(one.refunded()).toBe(75_00);
  });

  test('a void gives the rest back, and again is done already', async () => {
    const authorization = await authorized();
    const first = await one.provider.void(voiding(authorization, 100_00));
    expect(first.outcome).toBe('approved');
    expect(await one.provider.void(voiding(authorization, 100_00))).toEqual(first);
    expect(await one.provider.query(voiding(authorization, 100_00))).toEqual(first);
  });

  test('what was never sent is unknown to the provider, and asking makes nothing of it', async () => {
    expect(await one.provider.query(authorizing(one.ok))).toBeUndefined();
    const authorization = await authorized();
    const request = capturing(authorization, 1, 10_00);
    expect(await one.provider.query(request)).toBeUndefined();
    expect(await one.provider.query(voiding(authorization, 100_00))).toBeUndefined();
    const capture = referenceOf(await one.provider.capture(request));
    expect(await one.provider.query(refunding(capture, 5_00))).toBeUndefined();
    expect(one.captured()).toBe(10_00);
    expect(one.refunded()).toBe(0);
  });

  test('answers that are lost after the effect: asked for by what was sent, each took place once', async () => {
    const token = one.answersLost();
    const lost = one.provider.authorize(authorizing(token));
    await expect(lost).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    const authorization = referenceOf(
      (await one.provider.query(authorizing(token))) ?? { outcome: 'declined', reason: '?' },
    );
    expect(await authorized(token)).toBe(authorization);

    const first = referenceOf(await orAskAgain(one.provider, capturing(authorization, 1, 40_00)));
    expect(await one.provider.capture(capturing(authorization, 1, 40_00))).toEqual({
      outcome: 'approved',
      reference: first,
      amount: 40_00,
    });
    // Another amount under the same key takes nothing: it is told what was taken.
    expect(await one.provider.query(capturing(authorization, 1, 10_00))).toMatchObject({ amount: 40_00 });
    const refunded = await orAskAgain(one.provider, refunding(first, 15_00));
    expect(await one.provider.refund(refunding(first, 15_00))).toEqual(refunded);
    expect(await orAskAgain(one.provider, voiding(authorization, 60_00))).toMatchObject({ outcome: 'approved' });
    expect([one.captured(), one.refunded()]).toEqual([40_00, 15_00]);
  });

  test('a provider that is away has done nothing; the same key works when it is back', async () => {
    const token = one.away();
    for (const _ of [1, 2]) {
      await expect(one.provider.authorize(authorizing(token))).rejects.toBeInstanceOf(PaymentUnavailable);
    }
    const authorization = await authorized(token);
    for (const _ of [1, 2]) {
      await expect(one.provider.capture(capturing(authorization, 1, 40_00))).rejects.toBeInstanceOf(PaymentUnavailable);
    }
    expect(one.captured()).toBe(0);
    expect(await one.provider.capture(capturing(authorization, 1, 40_00))).toMatchObject({ outcome: 'approved' });
    expect(one.captured()).toBe(40_00);
  });
}
