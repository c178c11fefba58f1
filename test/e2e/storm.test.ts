import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OrderView, sampleOrder } from '../../local/client.ts';
import { auditShop } from './audit.ts';
import { type Shop, startPartner, startShop, until } from './fixture.ts';

let shop: Shop;
let partner: Awaited<ReturnType<typeof startPartner>>;
beforeAll(async () => {
  [shop, partner] = [await startShop(), await startPartner()];
  const { secret } = await shop.api.must<{ secret: string }>('admin', 'POST', '/v1/webhook-endpoints', {
    url: partner.url,
  });
  partner.use(secret);
}, 120_000);
afterAll(async () => {
  await shop?.cloud.stop();
  await partner?.stop();
});

const long = process.env.BATUTA_TEST_LONG === '1';
const orders = long ? 200 : 12;
const seeds = long ? [1, 2, 3] : [1];
/** Milliseconds: something hangs, or nobody is at it any more. 200 orders at once take their time. */
const patience = long ? 300_000 : 60_000;

/** A bad day at AWS: a few of all calls fail in every way that the product must live with. */
const storm = (seed: number) => ({
  seed,
  rules: [
    { service: 'dynamodb', kind: 'throttle', probability: 0.03 },
    { service: 'dynamodb', kind: 'server-error', probability: 0.02 },
    { service: 'dynamodb', kind: 'timeout', probability: 0.02 },
    { service: 'dynamodb', operation: 'TransactWriteItems', kind: 'conflict', probability: 0.1 },
    { service: 'dynamodb', operation: 'Query', kind: 'delay', probability: 0.05, delayMilliseconds: 50 },
    { service: 'dynamodb', operation: 'GetRecords', kind: 'duplicate', probability: 0.3 },
    { service: 'events', operation: 'PutEvents', kind: 'server-error', probability: 0.1 },
    { service: 'events', operation: 'PutEvents', kind: 'timeout', probability: 0.1 },
    { service: 'states', operation: 'StartExecution', kind: 'throttle', probability: 0.2 },
    { service: 'sqs', operation: 'SendMessage', kind: 'timeout', probability: 0.1 },
    { service: 'sqs', operation: 'ReceiveMessage', kind: 'duplicate', probability: 0.3 },
    { service: 'sqs', operation: 'ReceiveMessage', kind: 'reorder', probability: 0.5 },
    {
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      kind: 'crash',
      point: 'after',
      probability: 0.05,
      times: 3,
    },
    {
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      kind: 'crash',
      point: 'before',
      probability: 0.05,
      times: 3,
    },
  ],
});

/** What a partner does whose request was refused or got no answer: the same one again, under the same key. */
async function insist<T>(shopApi: Shop['api'], ...request: Parameters<Shop['api']['call']>): Promise<T> {
  const [role, method, path, body] = request;
  const key = { 'idempotency-key': crypto.randomUUID() };
  for (let attempt = 0; attempt < 30; attempt++) {
    const { status, body: answer } = await shopApi.call(role, method, path, body, method === 'POST' ? key : {});
    if (status < 300) return answer as T;
    if (status < 500 && status !== 409 && status !== 429)
      throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${method} ${path}: refused 30 times`);
}

async function placeAndDeliver(name: string, n: number): Promise<string> {
  const { api } = shop;
  const token = ['tok_ok', 'tok_flaky', 'tok_timeout_once'][n % 3] ?? 'tok_ok';
  const lines = [
    { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 },
    ...(n % 2 === 0 ? [{ sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 }] : []),
  ];
  const { id } = await insist<OrderView>(api, 'storefront', 'POST', '/v1/orders', sampleOrder(name, lines, { token }));
  const read = () => insist<OrderView>(api, 'agent', 'GET', `/v1/orders/${id}`);
  await until(async () => (await read()).status === 'CONFIRMED', `${name} confirmed`, patience);
  if (n % 4 === 3) {
    await insist(api, 'agent', 'POST', `/v1/orders/${id}/cancel`, { reason: 'in a storm' });
    return id;
  }
  for (const fulfillment of (await read()).fulfillments) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      await insist(api, 'warehouse', 'POST', `/v1/fulfillments/${fulfillment.id}/${verb}`);
    }
  }
  return id;
}

describe('a storm of faults', () => {
  test.each(seeds)(
    'throttling, errors, lost answers, conflicts, duplicates, disorder and functions that die (seed %i): every order ends as it should, nothing is lost or made twice',
    async (seed) => {
      const faults = `${shop.cloud.awsUrl}/_local/faults`;
      await shop.api.must('warehouse', 'PUT', '/v1/inventory/mug-batuta/locations/dc-south', { onHand: 1000 });
      const started = await fetch(faults, { method: 'PUT', body: JSON.stringify(storm(seed)) });
      expect(started.status).toBe(200);
      const ids = await Promise.all(Array.from({ length: orders }, (_, n) => placeAndDeliver(`storm-${seed}-${n}`, n)));
      const { rules } = (await (await fetch(faults, { method: 'DELETE' })).json()) as { rules: unknown[] };
      expect(rules).toEqual([]);

      const { OrdersTable = '', InventoryTable = '' } = shop.cloud.outputs;
      const audit = () => auditShop(shop.cloud.awsUrl, { orders: OrdersTable, inventory: InventoryTable });
      const mine = (all: Awaited<ReturnType<typeof audit>>['orders']) => all.filter(({ id }) => ids.includes(id));
      const isPaidFor = (order: { balance: OrderView['balance']; total: number; status: string }) =>
        order.status === 'CANCELED' ? order.balance.voided === order.total : order.balance.captured === order.total;
      await until(
        async () => (await Promise.all(ids.map((id) => shop.api.order(id)))).every(isPaidFor),
        'all the money settled',
        patience,
      );
      const { orders: all, violations } = await audit();
      expect(violations).toEqual([]);
      expect(mine(all)).toHaveLength(orders);
      // A message whose worker failed is out of sight for six minutes, in real time: too long for every day.
      const events = long ? (await Promise.all(ids.map((id) => shop.api.events(id)))).flat() : [];
      await until(
        () => events.every(({ id }) => partner.received.some((one) => one.id === id)),
        'a webhook for each event',
        1_200_000,
      );
      expect(partner.refused).toEqual([]);
    },
    1_800_000,
  );

  test('who may plan faults: no page of the web, no role of the template, no shop with its data on disk', async () => {
    const url = `${shop.cloud.awsUrl}/_local/faults`;
    const put = (headers: Record<string, string>) =>
      fetch(url, { method: 'PUT', body: JSON.stringify(storm(1)), headers });
    expect((await put({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await put({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const { accessKeyIdOf } = await import('../../local/iam/credentials.ts');
    const key = accessKeyIdOf(shop.cloud.roles[0]?.arn ?? '');
    const scope = `AWS4-HMAC-SHA256 Credential=${key}/20260105/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`;
    expect((await put({ authorization: scope })).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: '{"rules":[{"service":"sqs","kind":"conflict"}]}' })).status).toBe(
      400,
    );
    expect(await (await fetch(url)).json()).toEqual({ rules: [] });
  });
});
