import { afterEach, describe, expect, test } from 'vitest';
import { stripeClient } from '../../../shared/adapters/stripe/client.ts';
import { stripePayments } from '../../../shared/adapters/stripe/payment.ts';
import type { PaymentEffect } from '../../../shared/ports/payment.ts';
import { authorizeOrAsk, orAskAgain } from '../../../shared/use-cases/ask-provider.ts';
import { stripeMockWith } from './stripe-mock-proxy.ts';

const base = process.env.STRIPE_API_BASE ?? '';
if (base === '') console.warn('No stripe-mock at STRIPE_API_BASE (http://127.0.0.1:12111): its tests are skipped.');

/**
 * stripe-mock is Stripe's own: it checks each request against Stripe's OpenAPI document and answers with a fixture, whatever was asked before. Shown
 * here: every request that the adapter can make is one that Stripe knows, parameter by parameter. What the effects are is in stripe.test.ts.
 */
describe.skipIf(base === '')('stripe-mock takes what is sent', () => {
  const placed = 1_732_000_000_000;
  const orderId = 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D1';
  const money = { amount: 10_00, currency: 'EUR' };
  const charge = (multicapture: 'available' | 'unavailable') => ({
    id: 'ch_1',
    object: 'charge',
    payment_method_details: { type: 'card', card: { brand: 'visa', multicapture: { status: multicapture } } },
  });
  const open = {
    ...{ status: 'requires_capture', capture_method: 'manual', currency: 'eur', metadata: {} },
    ...{ amount: 10_00, amount_capturable: 10_00, amount_received: 0, latest_charge: charge('available') },
  };

  const authorize = { operation: 'authorize', key: 'a', token: 'pm_card_visa', orderId, ...money } as const;
  const capture = { operation: 'capture', key: 'c', authorization: 'pi_1', ...money } as const;
  const release = { operation: 'void', key: 'v', authorization: 'pi_1', ...money } as const;
  const refund = { operation: 'refund', key: 'r', capture: `ch_1/${'0'.repeat(24)}`, ...money } as const;

  const create = 'POST /v1/payment_intents';
  const confirm = 'POST /v1/payment_intents/{id}/confirm';
  const retrieve = 'GET /v1/payment_intents/{id}';
  const take = 'POST /v1/payment_intents/{id}/capture';
  const search = 'GET /v1/payment_intents/search';

  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function providerWith(intent: object) {
    const mock = await stripeMockWith(base, intent);
    stops.push(mock.stop);
    const client = stripeClient('sk_test_123', mock.url);
    return { ...mock, provider: stripePayments({ api: async () => client, now: () => placed }) };
  }

  test.each<[string, PaymentEffect, object, string[]]>([
    ['a card of this order', authorize, {}, [create, confirm]],
    ['a confirmation token', { ...authorize, token: 'ctoken_1' }, {}, [create, confirm]],
    // Found by the search, it is not tried again.
    ['a card of an older order', { ...authorize, orderId: 'ord_older' }, {}, [search, retrieve]],
    ['an intent of the storefront', { ...authorize, token: 'pi_1' }, {}, [retrieve, 'POST /v1/payment_intents/{id}']],
    ['a capture of all, card that takes several', capture, {}, [retrieve, take]],
    ['a part, card that takes several', { ...capture, amount: 3_00 }, {}, [retrieve, take]],
    [
      'a part, card that takes one',
      { ...capture, amount: 3_00 },
      { latest_charge: charge('unavailable') },
      [retrieve, take],
    ],
    ['what nobody captured from', release, {}, [retrieve, 'POST /v1/payment_intents/{id}/cancel']],
    ['what is left after a capture', release, { amount_received: 3_00 }, [retrieve, take]],
    ['a refund', refund, {}, ['GET /v1/refunds', 'POST /v1/refunds']],
  ])('%s', async (_, effect, state, requests) => {
    const { provider, passed } = await providerWith({ ...open, ...state });
    const result = await (effect.operation === 'authorize'
      ? authorizeOrAsk(provider, effect)
      : orAskAgain(provider, effect));
    expect(result).toMatchObject({ outcome: 'approved' });
    expect(passed).toEqual(requests.map((route) => ({ route, status: 200 })));
  });

  test('what is asked about: an authorization, a capture, a void, a refund, what has become of an authorization, a dispute', async () => {
    const { provider, passed } = await providerWith(open);
    for (const effect of [authorize, capture, release, refund]) await provider.query(effect);
    expect(await provider.lookUp?.('pi_1')).toEqual({ state: 'open' });
    expect(await provider.dispute?.('dp_1')).toMatchObject({ id: 'dp_1', currency: 'USD' });
    expect(passed.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200]);
  });

  test('it does look: a parameter that Stripe does not have is refused', async () => {
    const { url, passed } = await providerWith(open);
    const answer = await fetch(`${url}/v1/payment_intents/pi_1/capture`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_123', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'amount_to_capture=100&final=true',
    });
    expect(answer.status).toBe(400);
    expect(passed).toEqual([{ route: take, status: 400 }]);
  });
});
