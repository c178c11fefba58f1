import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { hour, second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
beforeAll(async () => {
  world = await workflowWorld('otherPolicy');
}, 120_000);
afterAll(() => world?.stop());

const mug = { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 };
const place = async (name: string, domain: string) => {
  const order = sampleOrder(name, [mug]);
  const { id } = await world.api.place({ ...order, customer: { ...order.customer, email: `ada@${domain}` } });
  await world.clock.settle();
  return id;
};
const available = async () => {
  const { buckets } = await world.api.must<{ buckets: { available: number }[] }>(
    'warehouse',
    'GET',
    '/v1/inventory/mug-batuta',
  );
  return buckets.reduce((sum, one) => sum + one.available, 0);
};

test('a good order is screened once and goes on: one state more, and its choice', async () => {
  const id = await place('fraud-good', 'example.com');
  expect(await world.statesOf('place-order', `${id}-1`)).toEqual([
    'ReserveStock',
    'StockReserved?',
    'AuthorizePayment',
    'PaymentAuthorized?',
    'ScreenFraud',
    'Screened?',
    'ConfirmOrder',
  ]);
  expect(await world.api.order(id)).toMatchObject({ status: 'CONFIRMED', riskLevel: 'LOW', risk: { score: 5 } });
});

test('for review: held with its stock; a person lets it go on, who that was stands on the order, and it ships', async () => {
  const id = await place('fraud-review', 'fraud-review.example');
  const held = await world.api.order(id);
  expect(held).toMatchObject({
    status: 'ON_HOLD',
    paymentStatus: 'AUTHORIZED',
    riskLevel: 'MEDIUM',
    holds: [{ handle: 'fraud:screening', reason: 'FRAUD', cancelAt: expect.any(String) }],
    nextAction: { action: 'RELEASE_HOLD', dueAt: expect.any(String) },
  });
  await world.api.must('agent', 'DELETE', `/v1/orders/${id}/holds/fraud:screening`);
  await world.clock.settle();
  const confirmed = await world.api.order(id);
  expect(confirmed).toMatchObject({
    status: 'CONFIRMED',
    risk: { review: { outcome: 'APPROVED', by: expect.any(String) } },
  });
  await world.fulfill(confirmed);
  expect((await world.api.order(id)).status).toBe('DELIVERED');
  const types = (await world.api.events(id)).map(({ type }) => type);
  expect(types.filter((type) => type === 'fraud.screened')).toHaveLength(1);
});

test('nobody looks at it: ended at the deadline, the authorization voided', async () => {
  const id = await place('fraud-late', 'fraud-review.example');
  await world.clock.advance(1.1 * hour);
  expect(await world.api.order(id)).toMatchObject({
    status: 'CANCELED',
    endReason: 'fraud_deadline',
    paymentStatus: 'VOIDED',
    risk: { review: { outcome: 'REJECTED' } },
  });
});

test('refused: ended at once, its stock for sale again, its money back', async () => {
  const before = await available();
  const id = await place('fraud-refuse', 'fraud-refuse.example');
  expect(await world.api.order(id)).toMatchObject({
    status: 'CANCELED',
    endReason: 'fraud_refused',
    paymentStatus: 'VOIDED',
    riskLevel: 'HIGH',
  });
  expect(await available()).toBe(before);
});

test('the provider is away twice: asked again after 1 and 2 seconds, and nobody notices', async () => {
  const id = await place('fraud-flaky', 'fraud-flaky.example');
  expect((await world.api.order(id)).status).toBe('PLACED');
  await world.clock.advance(3.1 * second);
  expect(await world.api.order(id)).toMatchObject({ status: 'CONFIRMED', riskLevel: 'LOW', exceptions: [] });
});

test('the provider stays away: held for a person, never let through', async () => {
  const id = await place('fraud-down', 'fraud-down.example');
  await world.clock.advance(10 * second);
  expect(await world.api.order(id)).toMatchObject({
    status: 'ON_HOLD',
    paymentStatus: 'AUTHORIZED',
    risk: { decision: 'review', reasons: ['provider_unavailable'] },
    exceptions: [],
  });
});

test('a card from abroad, an address on the network that was listed: both known when the order is judged, neither shown', async () => {
  const { api, clock } = world;
  const rule = { id: 'abroad', type: 'foreign', of: 'card', action: 'review' };
  await api.must('admin', 'PUT', '/v1/fraud/rules', { rules: [rule] });
  await api.must('admin', 'POST', '/v1/fraud/blocklist', { kind: 'ip', value: '2001:DB8:0:0::7' });
  const judged = async (name: string, token: string, ip: string) => {
    const { id } = await api.place({ ...sampleOrder(name, [mug], { token }), client: { ip } });
    await clock.settle();
    const events = JSON.stringify(await api.events(id));
    const order = await api.must<{ status: string; risk: { reasons: string[] } }>('admin', 'GET', `/v1/orders/${id}`);
    for (const secret of [ip, 'sandbox_issued']) expect(events + JSON.stringify(order)).not.toContain(secret);
    return [order.status, order.risk.reasons];
  };
  expect(await judged('fraud-home', 'tok_issued_es', '2001:db8::8')).toEqual(['CONFIRMED', []]);
  expect(await judged('fraud-abroad', 'tok_issued_fr', '2001:db8::8')).toEqual(['ON_HOLD', ['rule:abroad']]);
  expect(await judged('fraud-listed', 'tok_issued_es', '2001:db8::7')).toEqual(['CANCELED', ['blocklisted']]);
  await api.must('admin', 'PUT', '/v1/fraud/rules', { rules: [] });
});

test('a late chargeback holds what has not left, also at the site; won, it goes on', async () => {
  const order = sampleOrder('fraud-chargeback', [mug, { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 }]);
  const { id } = await world.api.place(order);
  await world.clock.settle();
  const [first] = (await world.api.order(id)).fulfillments;
  for (const verb of ['accept', 'pick', 'pack'] as const) {
    await world.api.verb(first?.id ?? '', verb);
    await world.clock.settle();
  }
  const { payments } = await world.api.must<{ payments: { id: string; captures: { id: string; amount: number }[] }[] }>(
    'agent',
    'GET',
    `/v1/orders/${id}`,
  );
  const [payment] = payments;
  const [capture] = payment?.captures ?? [];
  const chargeback = {
    chargebackId: 'dp_1',
    paymentId: payment?.id,
    captureId: capture?.id,
    amount: 500,
    reason: 'stolen',
  };
  const path = `/v1/orders/${id}/chargebacks`;
  await world.api.must('admin', 'POST', path, chargeback);
  await world.api.must('admin', 'POST', path, chargeback);
  expect(await world.api.order(id)).toMatchObject({
    paymentStatus: 'CHARGEBACK',
    holds: [{ handle: 'chargeback:dp_1', reason: 'FRAUD' }],
  });
  expect((await world.api.call('warehouse', 'POST', `/v1/fulfillments/${first?.id}/ship`)).status).toBe(409);
  await world.api.must('admin', 'POST', `${path}/dp_1/close`, { outcome: 'WON' });
  await world.clock.settle();
  expect(await world.api.order(id)).toMatchObject({
    paymentStatus: expect.not.stringMatching('CHARGEBACK'),
    holds: [],
  });
  await world.api.verb(first?.id ?? '', 'ship');
  expect(world.failures).toEqual([]);
});
