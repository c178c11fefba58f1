import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OrderView, sampleOrder } from '../../local/client.ts';
import { type Shop, startShop, until } from './fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 120_000);
afterAll(() => shop?.cloud.stop());

const many = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

describe('many at once', () => {
  test('50 identical parallel POSTs make one order, the others get its answer', async () => {
    const { api } = shop;
    const order = sampleOrder('e2e-identical', [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }]);
    const answers = await many(50, () =>
      api.call<OrderView>('storefront', 'POST', '/v1/orders', order, { 'idempotency-key': 'the-same-key' }),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(created.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
    const found = await api.must<{ data: unknown[] }>('agent', 'GET', '/v1/orders?externalId=e2e-identical');
    expect(found.data).toHaveLength(1);
  }, 60_000);

  test('40 parallel orders for the last 7 units: 7 confirmed, 33 not, none left, none oversold', async () => {
    const { api } = shop;
    await api.must('warehouse', 'PUT', '/v1/inventory/last-seven/locations/dc-north', { onHand: 7 });
    const placed = await many(40, (n) =>
      api.place(sampleOrder(`e2e-last-${n}`, [{ sku: 'last-seven', quantity: 1, unitPrice: 100 }])),
    );
    const current = () => Promise.all(placed.map(({ id }) => api.order(id)));
    await until(
      async () => (await current()).every(({ status }) => status === 'CONFIRMED' || status === 'BACKORDERED'),
      'all 40 decided',
    );
    const statuses = (await current()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'CONFIRMED')).toHaveLength(7);
    expect(statuses.filter((status) => status === 'BACKORDERED')).toHaveLength(33);
    const stock = await api.must<{ buckets: unknown[] }>('warehouse', 'GET', '/v1/inventory/last-seven');
    expect(stock.buckets).toMatchObject([{ onHand: 7, available: 0, committed: 7 }]);
  }, 60_000);

  test('an answer that is lost charges once: the provider saw one authorization and one capture', async () => {
    const { api, cloud } = shop;
    const placed = await api.place(
      sampleOrder('e2e-lost-answer', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }], {
        token: 'tok_timeout_once',
      }),
    );
    await api.fulfill(await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED', 30_000));
    expect(await api.order(placed.id)).toMatchObject({
      status: 'DELIVERED',
      balance: { authorized: 1200, captured: 1200 },
    });
    const client = new DynamoDBClient({
      endpoint: cloud.awsUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
    });
    const { Items = [] } = await client.send(new ScanCommand({ TableName: cloud.outputs.SandboxTable }));
    const effects = Items.filter(({ pk }) => pk?.S?.startsWith(`PAYMENT#${placed.id}:`)).map(
      ({ data }) => (JSON.parse(data?.S ?? '{}') as { operation: string }).operation,
    );
    expect(effects.sort()).toEqual(['authorize', 'capture']);
  }, 60_000);

  test('a provider that answers 503 twice is asked until it answers', async () => {
    const { api } = shop;
    const placed = await api.place(
      sampleOrder('e2e-flaky', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }], { token: 'tok_flaky' }),
    );
    const confirmed = await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED', 30_000);
    expect(confirmed.balance).toMatchObject({ authorized: 1200 });
    expect(shop.failures).toEqual([]);
  }, 60_000);
});
