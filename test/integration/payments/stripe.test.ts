import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stripeClient } from '../../../shared/adapters/stripe/client.ts';
import { stripePayments } from '../../../shared/adapters/stripe/payment.ts';
import {
  type PaymentEffect,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  PaymentUnavailable,
} from '../../../shared/ports/payment.ts';
import { authorizeOrAsk, orAskAgain } from '../../../shared/use-cases/ask-provider.ts';
import { keepsTheContract } from './contract.ts';
import { type Fault, type StripeServer, startStripe } from './stripe-server.ts';

const hour = 3_600_000;
/** When the order below was placed: its id says so. */
const placed = 1_732_000_000_000;
const orderId = 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D1';
/** Seven days later. */
const expiresAt = '2024-11-26T07:06:40.000Z';
const card = { fingerprint: 'Xt5EWLLDS7FJjR1c', country: 'US', cvcCheck: 'pass' };

let now: number;
let stripe: StripeServer;
let provider: PaymentProvider;

async function begin(): Promise<void> {
  now = placed;
  stripe = await startStripe(() => now);
  const client = stripeClient('sk_test_batuta', stripe.url);
  provider = stripePayments({ api: async () => client, now: () => now });
}

/** The package sends a request once more by itself if the connection is cut: so each cut is needed twice. */
const cutTwice = (on: RegExp, fault: Fault) => stripe.faults.push({ on, fault }, { on, fault });

describe('Stripe keeps the contract of payment providers', () => {
  keepsTheContract(async () => {
    await begin();
    return {
      provider,
      ok: 'pm_card_visa',
      declined: 'pm_card_chargeDeclined',
      answersLost() {
        for (const on of [/confirm$/, /capture$/, /refunds$/]) cutTwice(on, 'loseAnswer');
        return 'pm_card_visa';
      },
      away() {
        for (const on of [/confirm$/, /capture$/]) stripe.faults.push({ on, fault: 'busy' }, { on, fault: 'busy' });
        return 'pm_card_visa';
      },
      captured: () => stripe.account.captured,
      refunded: () => stripe.account.refunded,
      stop: () => stripe.stop(),
    };
  });
});

describe('Stripe', () => {
  beforeEach(begin);
  afterEach(() => stripe.stop());

  const authorization = (
    token = 'pm_card_visa',
    more: { orderId?: string; amount?: number; currency?: string } = {},
  ) => {
    const order = more.orderId ?? orderId;
    const rest = { key: `${order}:authorize:pay_1`, orderId: order, token };
    return {
      operation: 'authorize',
      amount: more.amount ?? 100_00,
      currency: more.currency ?? 'EUR',
      ...rest,
    } as const;
  };
  const authorized = async (...given: Parameters<typeof authorization>) => {
    const result = await provider.authorize(authorization(...given));
    if (result.outcome !== 'approved') throw new Error(JSON.stringify(result));
    return result.reference;
  };
  const capture = (of: string, name: string, amount: number, currency = 'EUR') =>
    ({ operation: 'capture', key: `${orderId}:capture:${name}`, amount, currency, authorization: of }) as const;

  test.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_authenticationRequired', 'authentication_required'],
  ])('%s is declined: %s', async (token, reason) => {
    expect(await provider.authorize(authorization(token))).toEqual({ outcome: 'declined', reason });
    expect(stripe.account.blocked).toBe(0);
  });

  describe('a bank that wants to see the customer', () => {
    const token = 'pm_card_threeDSecure2Required';
    const asked = async () => {
      const result = await provider.authorize(authorization(token));
      if (result.outcome !== 'actionRequired') throw new Error(JSON.stringify(result));
      return result;
    };

    test('is an answer with what the storefront needs; asked again it is the same', async () => {
      const { reference, action } = await asked();
      expect(action).toEqual({ clientSecret: `${reference}_secret_x` });
      expect(await asked()).toEqual({ outcome: 'actionRequired', reference, action });
      expect(await provider.lookUp?.(reference)).toMatchObject({ state: 'pending', orderId });
      expect(stripe.account.blocked).toBe(0);
    });

    test.each([
      [true, { outcome: 'approved' }, 100_00],
      [false, { outcome: 'declined', reason: 'payment_intent_authentication_failure' }, 0],
    ])('the customer has been there (%s): asked by the key, it is decided', async (isGood, result, blocked) => {
      const { reference } = await asked();
      stripe.account.authenticated(reference, isGood);
      expect(await provider.query(authorization(token))).toMatchObject(result);
      expect(stripe.account.blocked).toBe(blocked);
      now += 25 * hour;
      expect(await provider.authorize(authorization(token))).toMatchObject(result);
      expect(stripe.account.intents.size).toBe(1);
    });
  });

  test('an authorization that lapsed, was voided or is open: it is looked up', async () => {
    const of = await authorized();
    expect(await provider.lookUp?.(of)).toEqual({ state: 'open', orderId });
    stripe.account.expire(of);
    expect(await provider.lookUp?.(of)).toEqual({ state: 'lapsed', orderId });
    expect(await provider.lookUp?.('pi_nobody')).toBeUndefined();
  });

  test('an authorization says when it lapses: the customer`s card, and an intent of the storefront', async () => {
    expect(await provider.authorize(authorization())).toMatchObject({ outcome: 'approved', expiresAt });
    const intent = stripe.account.authorizedByStorefront(100_00, 'eur');
    const other = { orderId: 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D2' };
    expect(await provider.authorize(authorization(intent, other))).toMatchObject({ outcome: 'approved', expiresAt });
  });

  test.each([
    ['warning_needs_response', 'inquiry'],
    ['warning_closed', 'inquiryClosed'],
    ['prevented', 'inquiryClosed'],
    ['needs_response', 'open'],
    ['under_review', 'open'],
    ['appeal_under_review', 'open'],
    ['some_status_of_next_year', 'open'],
    ['won', 'won'],
    ['lost', 'lost'],
  ])('a dispute that is %s is %s', async (status, state) => {
    stripe.account.disputes.set('dp_1', {
      ...{ id: 'dp_1', object: 'dispute', amount: 500, currency: 'isk', charge: 'ch_1', payment_intent: 'pi_1' },
      ...{ reason: 'fraudulent', status, evidence_details: { due_by: placed / 1000 } },
    });
    const money = { amount: 5, currency: 'ISK', reason: 'fraudulent' };
    const respondBy = '2024-11-19T07:06:40.000Z';
    expect(await provider.dispute?.('dp_1')).toEqual({ id: 'dp_1', state, ...money, respondBy });
    expect(await provider.dispute?.('dp_2')).toBeUndefined();
    expect(await provider.dispute?.('pi_1')).toBeUndefined();
  });

  test('an authorization tells what is known of the card, and nothing of what nobody has checked', async () => {
    expect(await provider.authorize(authorization())).toMatchObject({ card });
  });

  test('a confirmation token is confirmed as one', async () => {
    expect(await provider.authorize(authorization('ctoken_ok'))).toMatchObject({ outcome: 'approved' });
  });

  describe('long after Stripe has forgotten the idempotency keys', () => {
    test('an authorization is found again, not made again', async () => {
      const first = await authorized();
      now += 25 * hour;
      expect(await authorized()).toBe(first);
      const known = { outcome: 'approved', reference: first, expiresAt, card };
      expect(await provider.query(authorization())).toEqual(known);
      // The customer's token may have been erased meanwhile.
      expect(await provider.query(authorization(''))).toEqual(known);
      expect(stripe.account.blocked).toBe(100_00);
    });

    test('an order that waited for days on a hold is authorized once, with an answer lost', async () => {
      now += 100 * hour;
      cutTwice(/confirm$/, 'loseAnswer');
      await expect(provider.authorize(authorization())).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
      await authorized();
      expect(stripe.account.blocked).toBe(100_00);
    });

    test('captures and refunds are found on the objects that they changed', async () => {
      const of = await authorized();
      const request = capture(of, 'ful_1', 30_00);
      const first = await provider.capture(request);
      if (first.outcome !== 'approved') throw new Error(JSON.stringify(first));
      const refunds = [5_00, 4_00, 3_00].map((amount, index) => ({
        operation: 'refund' as const,
        key: `${orderId}:refund:${index}`,
        amount,
        currency: 'EUR',
        capture: first.reference,
      }));
      const given = [];
      for (const refund of refunds) given.push(await provider.refund(refund));
      now += 25 * hour;
      expect(await provider.capture(request)).toEqual(first);
      for (const [index, refund] of refunds.entries()) expect(await provider.refund(refund)).toEqual(given[index]);
      expect([stripe.account.captured, stripe.account.refunded]).toEqual([30_00, 12_00]);
    });
  });

  test.each<Fault[][]>([
    [['loseRequest', 'loseRequest', 'loseAnswer', 'loseAnswer']],
    [['inUse', 'busy', 'loseAnswer', 'loseAnswer']],
    [['busy', 'inUse', 'loseRequest', 'loseRequest']],
    [['inUseInvalid', 'inUseInvalid', 'inUse', 'inUse']],
    [['failAfter']],
  ])('every effect takes place once, whatever happens on the way: %s', async (faults) => {
    for (const on of [/payment_intents$/, /confirm$/, /capture$/, /refunds$/]) {
      if (!faults.includes('failAfter')) stripe.faults.push(...faults.map((fault) => ({ on, fault })));
      else if (!/intents/.test(on.source)) stripe.faults.push({ on, fault: 'failAfter' });
    }
    const patiently = async (effect: PaymentEffect) => {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        try {
          const result = await (effect.operation === 'authorize'
            ? authorizeOrAsk(provider, effect)
            : orAskAgain(provider, effect));
          if (result.outcome !== 'approved') throw new Error(JSON.stringify(result));
          return result.reference;
        } catch (error) {
          if (!(error instanceof PaymentOutcomeUnknown || error instanceof PaymentUnavailable)) throw error;
        }
      }
      throw new Error('never');
    };
    const of = await patiently(authorization());
    const reference = await patiently(capture(of, 'ful_1', 30_00));
    await patiently({ operation: 'refund', key: 'r', amount: 7_00, currency: 'EUR', capture: reference });
    await patiently({ operation: 'void', key: 'v', amount: 70_00, currency: 'EUR', authorization: of });
    expect(stripe.faults).toEqual([]);
    expect([stripe.account.captured, stripe.account.refunded, stripe.account.blocked]).toEqual([30_00, 7_00, 0]);
    expect(stripe.account.intents.size).toBe(1);
  });

  test('a 500 that did nothing stays unknown, as Stripe repeats it for a day, and then takes place once', async () => {
    const of = await authorized();
    stripe.faults.push({ on: /capture$/, fault: 'fail' });
    const request = capture(of, 'ful_1', 30_00);
    await expect(orAskAgain(provider, request)).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    await expect(orAskAgain(provider, request)).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    now += 25 * hour;
    expect(await orAskAgain(provider, request)).toMatchObject({ outcome: 'approved' });
    expect(stripe.account.captured).toBe(30_00);
  });

  test('a key that Stripe refuses: nothing happened, to be repaired and tried again', async () => {
    const wrong = stripeClient('sk_test_other', stripe.url);
    const refused = stripePayments({ api: async () => wrong, now: () => now });
    await expect(refused.authorize(authorization())).rejects.toThrow(/^Stripe AuthenticationError 401$/);
    await expect(refused.authorize(authorization())).rejects.toBeInstanceOf(PaymentUnavailable);
  });

  test('nobody listens: nothing happened', async () => {
    const nowhere = stripeClient('sk_test_batuta', 'http://127.0.0.1:1');
    const away = stripePayments({ api: async () => nowhere, now: () => now });
    await expect(away.authorize(authorization())).rejects.toBeInstanceOf(PaymentUnavailable);
  });

  describe('captures and voids', () => {
    test('what is left after a partial capture is released; what was captured stays', async () => {
      const of = await authorized();
      await provider.capture(capture(of, 'ful_1', 30_00));
      expect(stripe.account.blocked).toBe(70_00);
      const request = { key: 'v', amount: 70_00, currency: 'EUR', authorization: of };
      expect(await provider.void(request)).toMatchObject({ outcome: 'approved' });
      expect([stripe.account.captured, stripe.account.blocked]).toEqual([30_00, 0]);
    });

    test('a card that takes one capture: the first releases the rest, the second is declined and says why', async () => {
      stripe.account.multicapture = 'unavailable';
      const of = await authorized();
      expect(await provider.capture(capture(of, 'ful_1', 30_00))).toMatchObject({ outcome: 'approved' });
      expect(stripe.account.blocked).toBe(0);
      const second = await provider.capture(capture(of, 'ful_2', 30_00));
      expect(second).toEqual({ outcome: 'declined', reason: 'authorization_used_up' });
      const rest = { key: 'v', amount: 70_00, currency: 'EUR', authorization: of };
      expect(await provider.void(rest)).toMatchObject({ outcome: 'approved' });
    });

    test('more than is left is declined, and nothing is taken', async () => {
      const of = await authorized();
      const tooMuch = await provider.capture(capture(of, 'ful_1', 100_01));
      expect(tooMuch).toEqual({ outcome: 'declined', reason: 'amount_exceeds_authorization' });
      expect(stripe.account.captured).toBe(0);
    });

    test('an authorization that has expired or was voided cannot be captured', async () => {
      const expired = await authorized();
      stripe.account.expire(expired);
      const late = await provider.capture(capture(expired, 'ful_1', 30_00));
      expect(late).toEqual({ outcome: 'declined', reason: 'authorization_expired' });
      const voided = await authorized('pm_card_visa', { orderId: 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D2' });
      await provider.void({ key: 'v', amount: 100_00, currency: 'EUR', authorization: voided });
      const after = await provider.capture(capture(voided, 'ful_2', 30_00));
      expect(after).toEqual({ outcome: 'declined', reason: 'authorization_canceled' });
    });

    test('two captures of the same authorization at once', async () => {
      const of = await authorized();
      const both = [capture(of, 'ful_1', 60_00), capture(of, 'ful_2', 40_00)];
      const results = await Promise.all(both.map((request) => provider.capture(request)));
      expect(results.map(({ outcome }) => outcome)).toEqual(['approved', 'approved']);
      expect([stripe.account.captured, stripe.account.blocked]).toEqual([100_00, 0]);
    });

    test('a refund that the bank refuses is declined, the same when asked again', async () => {
      const of = await authorized();
      const captured = await provider.capture(capture(of, 'ful_1', 30_00));
      if (captured.outcome !== 'approved') throw new Error(JSON.stringify(captured));
      stripe.account.refundsFail = true;
      const request = { key: 'r', amount: 5_00, currency: 'EUR', capture: captured.reference };
      const refused = await provider.refund(request);
      expect(refused).toEqual({ outcome: 'declined', reason: 'lost_or_stolen_card' });
      stripe.account.refundsFail = false;
      now += 25 * hour;
      expect(await provider.refund(request)).toEqual(refused);
    });
  });

  describe('an intent that the storefront authorized, with the customer there for 3-D Secure', () => {
    test('is taken over as it is, once however often it is asked for', async () => {
      const intent = stripe.account.authorizedByStorefront(100_00, 'eur');
      expect(await authorized(intent)).toBe(intent);
      expect(await authorized(intent)).toBe(intent);
      expect(await provider.query(authorization(intent))).toEqual({
        outcome: 'approved',
        reference: intent,
        expiresAt,
        card,
      });
      expect(stripe.account.intents.size).toBe(1);
    });

    test('pays one order: another is declined, at once and after days', async () => {
      const intent = stripe.account.authorizedByStorefront(100_00, 'eur');
      const other = authorization(intent, { orderId: 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D2' });
      const both = await Promise.all([provider.authorize(authorization(intent)), provider.authorize(other)]);
      expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['approved', 'declined']);
      now += 25 * hour;
      const third = authorization(intent, { orderId: 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D3' });
      expect(await provider.authorize(third)).toEqual({ outcome: 'declined', reason: 'token_already_used' });
    });

    test.each<Fault>(['inUse', 'inUseInvalid'])(
      'is not declined while another attempt takes it over: %s',
      async (fault) => {
        const intent = stripe.account.authorizedByStorefront(100_00, 'eur');
        stripe.faults.push({ on: new RegExp(`${intent}$`), fault });
        await expect(provider.authorize(authorization(intent))).rejects.toBeInstanceOf(PaymentUnavailable);
        expect(await provider.authorize(authorization(intent))).toMatchObject({
          outcome: 'approved',
          reference: intent,
        });
      },
    );

    test.each([
      [{ amount: 99_99 }, 'amount_mismatch'],
      [{ currency: 'USD' }, 'amount_mismatch'],
    ])('for %j it is declined', async (more, reason) => {
      const intent = stripe.account.authorizedByStorefront(100_00, 'eur');
      expect(await provider.authorize(authorization(intent, more))).toEqual({ outcome: 'declined', reason });
    });
  });

  describe('amounts as Stripe wants them', () => {
    test.each([
      ['EUR', 19_99, 1999, 'eur'],
      ['JPY', 500, 500, 'jpy'],
      ['KRW', 1200, 1200, 'krw'],
      // Two decimals for a currency that has none any more.
      ['ISK', 5, 500, 'isk'],
      ['UGX', 5, 500, 'ugx'],
      // None for one that has two.
      ['MGA', 700, 7, 'mga'],
      ['KWD', 5_120, 5120, 'kwd'],
    ])('%s %i is sent as %i %s', async (currency, amount, sent, code) => {
      const of = await authorized('pm_card_visa', { amount, currency });
      expect(stripe.account.intents.get(of)).toMatchObject({ amount: sent, currency: code });
      expect(await provider.capture(capture(of, 'ful_1', amount, currency))).toMatchObject({ outcome: 'approved' });
      expect(stripe.account.captured).toBe(sent);
    });

    test.each([
      ['KWD', 5_125, 'amount_not_chargeable'],
      ['MGA', 750, 'amount_not_chargeable'],
      ['IQD', 1_000, 'unsupported_currency'],
      ['CLF', 1_0000, 'unsupported_currency'],
      ['XXX', 1, 'unsupported_currency'],
    ])('%s %i is never rounded or guessed: %s', async (currency, amount, reason) => {
      expect(await provider.authorize(authorization('pm_card_visa', { amount, currency }))).toEqual({
        outcome: 'declined',
        reason,
      });
      expect(stripe.heard).toEqual([]);
    });
  });

  test('a live key leaves for Stripe only, and what is no key is not sent at all', () => {
    expect(() => stripeClient('sk_live_secret', 'https://stripe.example')).toThrow(/^A live key of Stripe is sent to/);
    expect(() => stripeClient('sk_live_secret', 'http://api.stripe.com')).toThrow(/not to http:\/\/api.stripe.com/);
    expect(() => stripeClient('sk_live_secret')).not.toThrow();
    expect(() => stripeClient('pk_test_public')).toThrow(/no key of Stripe/);
    expect(() => stripeClient('sk_test_x', 'file:///etc/passwd')).toThrow(/http/);
  });
});
