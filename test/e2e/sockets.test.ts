import { expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { startShop } from './fixture.ts';

test('with functions that reach the services over sockets, as on AWS, an order is delivered and paid as well', async () => {
  const shop = await startShop({ transport: 'sockets' });
  try {
    const { api } = shop;
    const lines = [{ sku: 'donut-glazed', quantity: 6, unitPrice: 180 }];
    const placed = await api.place(sampleOrder('by-sockets', lines));
    await api.fulfill(await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED'));
    expect(await api.order(placed.id)).toMatchObject({ status: 'DELIVERED', paymentStatus: 'PAID' });
    expect(shop.failures).toEqual([]);
  } finally {
    await shop.cloud.stop();
  }
}, 120_000);
