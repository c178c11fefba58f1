import { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { stripeWebhooks } from '../../../shared/adapters/stripe/webhook.ts';

const secret = 'whsec_test_of_batuta';
const sent = 1_732_000_000_000;
const webhooks = stripeWebhooks(secret);

/** An event as Stripe's API reference writes it, with the fields that matter here. */
const event = (type: string, object: object, id = 'evt_3Q1') =>
  JSON.stringify({
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: sent / 1000 - 2,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: 'req_1', idempotency_key: 'k' },
    type,
  });
const intent = {
  id: 'pi_3Q1',
  object: 'payment_intent',
  amount: 100_00,
  amount_received: 30_00,
  currency: 'eur',
  metadata: { batuta_key: 'ord_1:authorize:pay_1', batuta_order: 'ord_1' },
  status: 'requires_capture',
};
const signature = (payload: string, by = secret, at = sent) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp: at / 1000 });
const read = (body: string, header: string | undefined = signature(body), receivedAt = sent) =>
  webhooks.read({ headers: { 'stripe-signature': header }, body, receivedAt });

describe('who sent it', () => {
  const body = event('payment_intent.amount_capturable_updated', intent);
  const genuine = signature(body);

  test('Stripe: it is read', () => {
    expect(read(body)).toMatchObject({ outcome: 'read' });
  });

  test.each([
    ['another secret', body, signature(body, 'whsec_of_somebody_else')],
    ['another body', body.replace('10000', '1'), genuine],
    ['one space more', `${body} `, genuine],
    ['a signature without the time it was made at', body, genuine.replace(/t=\d+,/, '')],
    ['another time', body, genuine.replace(/t=(\d)/, 't=2')],
    ['a scheme of test only', body, genuine.replace('v1=', 'v0=')],
    ['an empty header', body, ''],
    ['a header of something else', body, 'sha256=abc'],
  ])('forged, with %s: refused', (_, forged, header) => {
    expect(read(forged, header)).toEqual({ outcome: 'refused', reason: 'wrong_signature' });
  });

  test('not signed at all', () => {
    expect(webhooks.read({ headers: {}, body, receivedAt: sent })).toEqual({
      outcome: 'refused',
      reason: 'not_signed',
    });
  });

  test('while the secret is rolled, one of two signatures is enough', () => {
    const old = signature(body, 'whsec_old').replace(/^t=\d+,/, '');
    expect(read(body, `${genuine},${old}`)).toMatchObject({ outcome: 'read' });
    expect(read(body, `t=${sent / 1000},${old},${genuine.replace(/^t=\d+,/, '')}`)).toMatchObject({ outcome: 'read' });
  });

  test('recorded and sent again: the same id within five minutes, refused after', () => {
    const first = read(body);
    expect(read(body, genuine, sent + 300_000)).toEqual(first);
    expect(read(body, genuine, sent + 301_000)).toEqual({ outcome: 'refused', reason: 'too_old' });
  });

  test.each([['{'], ['null'], ['[]'], ['{"object":"event"}'], ['{"object":"v2.core.event","id":"evt_1"}']])(
    'signed, and no event: %s',
    (nonsense) => {
      expect(read(nonsense)).toEqual({ outcome: 'refused', reason: 'malformed' });
    },
  );

  test('an endpoint without a secret reads nothing', () => {
    const header = signature(body);
    const careless = stripeWebhooks('').read({ headers: { 'stripe-signature': header }, body, receivedAt: sent });
    expect(careless).toEqual({ outcome: 'refused', reason: 'wrong_signature' });
  });
});

describe('what it says', () => {
  const charge = {
    id: 'ch_3Q2',
    object: 'charge',
    amount: 100_00,
    amount_captured: 30_00,
    currency: 'eur',
    payment_intent: 'pi_3Q1',
  };
  const refund = {
    id: 're_3Q3',
    object: 'refund',
    amount: 5_00,
    currency: 'eur',
    charge: 'ch_3Q2',
    payment_intent: 'pi_3Q1',
    metadata: { batuta_key: 'r' },
  };
  const dispute = {
    id: 'dp_3Q4',
    object: 'dispute',
    amount: 30_00,
    currency: 'eur',
    charge: 'ch_3Q2',
    payment_intent: 'pi_3Q1',
    status: 'needs_response',
  };

  test.each([
    ['payment_intent.amount_capturable_updated', intent, { kind: 'authorized', amount: 100_00, orderId: 'ord_1' }],
    ['payment_intent.payment_failed', intent, { kind: 'declined', key: 'ord_1:authorize:pay_1' }],
    ['payment_intent.canceled', intent, { kind: 'voided' }],
    ['payment_intent.succeeded', intent, { kind: 'captured', amount: 30_00 }],
    ['charge.captured', charge, { kind: 'captured', subject: 'ch_3Q2', amount: 30_00 }],
    ['charge.expired', charge, { kind: 'expired' }],
    ['refund.created', { ...refund, status: 'pending' }, { kind: 'refunded', key: 'r', amount: 5_00 }],
    ['refund.updated', { ...refund, status: 'failed' }, { kind: 'refundFailed' }],
    ['refund.failed', { ...refund, status: 'failed' }, { kind: 'refundFailed' }],
    ['charge.dispute.created', dispute, { kind: 'disputed', amount: 30_00, subject: 'dp_3Q4' }],
    ['charge.dispute.updated', dispute, { kind: 'disputed' }],
    ['charge.dispute.funds_reinstated', dispute, { kind: 'disputed' }],
    ['charge.dispute.closed', dispute, { kind: 'disputeClosed' }],
  ])('%s', (type, object, expected) => {
    const notice = { id: 'evt_3Q1', authorization: 'pi_3Q1', currency: 'EUR', occurredAt: '2024-11-19T07:06:38.000Z' };
    expect(read(event(type, object))).toMatchObject({ outcome: 'read', notice: { ...notice, ...expected } });
  });

  test('amounts come in our minor units', () => {
    const isk = read(event('charge.captured', { ...charge, amount_captured: 500, currency: 'isk' }));
    expect(isk).toMatchObject({ notice: { amount: 5, currency: 'ISK' } });
  });

  test('what does not concern orders is ignored, by its id', () => {
    const answer = read(event('customer.updated', { id: 'cus_1', object: 'customer' }));
    expect(answer).toEqual({ outcome: 'ignored', id: 'evt_3Q1', type: 'customer.updated' });
  });
});
