import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startPartner, startShop, until } from './fixture.ts';

let shop: Shop;
let partner: Awaited<ReturnType<typeof startPartner>>;

beforeAll(async () => {
  [shop, partner] = [await startShop(), await startPartner()];
  const endpoint = await shop.api.must<{ secret: string }>('admin', 'POST', '/v1/webhook-endpoints', {
    url: partner.url,
  });
  partner.use(endpoint.secret);
}, 120_000);

afterAll(async () => {
  await shop?.cloud.stop();
  await partner?.stop();
});

const stockOf = async (sku: string, location: string) => {
  const { buckets } = await shop.api.must<{
    buckets: { locationId: string; onHand: number; available: number; committed: number }[];
  }>('warehouse', 'GET', `/v1/inventory/${sku}`);
  const bucket = buckets.find(({ locationId }) => locationId === location);
  return bucket && [bucket.onHand, bucket.available, bucket.committed];
};

const mails = async () =>
  (
    (await (await fetch(`${shop.cloud.apiUrl}/local/mailbox`, { headers: { accept: 'application/json' } })).json()) as {
      mails: { subject: string; to: string[] }[];
    }
  ).mails;

describe('an order runs end to end over HTTP', () => {
  test('placed, confirmed by itself, fulfilled by a warehouse: delivered, paid once, stock gone once, every event once to the partner, two mails', async () => {
    const { api } = shop;
    const lines = [
      { sku: 'donut-glazed', quantity: 6, unitPrice: 180 },
      { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 },
    ];
    const placed = await api.place(sampleOrder('e2e-happy', lines));
    expect(placed).toMatchObject({ status: 'PLACED', total: 2570 });

    const confirmed = await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED');
    expect(confirmed).toMatchObject({ paymentStatus: 'AUTHORIZED', balance: { authorized: 2570, captured: 0 } });
    expect(await stockOf('donut-glazed', 'dc-north')).toEqual([1000, 994, 6]);

    await api.fulfill(confirmed);
    const delivered = await api.order(placed.id);
    expect(delivered).toMatchObject({
      status: 'DELIVERED',
      paymentStatus: 'PAID',
      balance: { captured: 2570, refunded: 0 },
    });
    expect(await stockOf('donut-glazed', 'dc-north')).toEqual([994, 994, 0]);
    expect(await stockOf('coffee-beans-1kg', 'dc-north')).toEqual([299, 299, 0]);

    const events = await api.events(placed.id);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ type }) => type)).toEqual([
      'order.placed',
      'reservation.created',
      'payment.authorized',
      'order.confirmed',
      'order.released',
      'fulfillment.created',
      'fulfillment.accepted',
      'fulfillment.picked',
      'fulfillment.packed',
      'payment.captured',
      'invoice.posted',
      'shipment.labeled',
      'fulfillment.shipped',
      'fulfillment.delivered',
    ]);

    const mine = () => partner.received.filter(({ subject }) => subject === placed.id);
    await until(() => mine().length >= events.length, 'a webhook for each event');
    expect(
      mine()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(events.map(({ id }) => id).sort());
    expect(partner.refused).toEqual([]);

    await until(async () => (await mails()).length >= 2, 'two mails');
    expect((await mails()).map(({ to }) => to)).toEqual([['ada@example.com'], ['ada@example.com']]);

    const executions = await api.must<{ data: { machine: string; status: string }[] }>(
      'agent',
      'GET',
      `/v1/orders/${placed.id}/executions`,
    );
    expect(executions.data.map(({ machine }) => machine)).toEqual(['place-order', 'ship-fulfillment']);
    expect(shop.failures).toEqual([]);
  }, 60_000);

  test('what left is invoiced: as JSON, as PDF byte for byte, as XML', async () => {
    const { api } = shop;
    const placed = await api.place(sampleOrder('e2e-invoice', [{ sku: 'mug-batuta', quantity: 2, unitPrice: 1200 }]));
    await api.fulfill(await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED'));
    const path = `/v1/orders/${placed.id}/invoices`;
    const { data } = await api.must<{ data: object[] }>('agent', 'GET', path);
    expect(data).toMatchObject([{ id: 'inv_1', total: { gross: 2400 }, due: 0, paid: [{ amount: 2400 }] }]);
    const file = async (suffix: string) => {
      const authorization = `Bearer ${api.keys.agent}`;
      const response = await fetch(`${api.url}${path}/inv_1${suffix}`, { headers: { authorization } });
      return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
    };
    const [pdf, again, xml] = [await file('.pdf'), await file('.pdf'), await file('.xml')];
    expect(pdf.type).toBe('application/pdf');
    expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.bytes.subarray(-6).toString()).toContain('%%EOF');
    expect(again.bytes.equals(pdf.bytes)).toBe(true);
    expect(xml.type).toContain('application/xml');
    expect(xml.bytes.toString()).toContain('<cbc:PayableAmount currencyID="EUR">0.00</cbc:PayableAmount>');
    expect(shop.failures).toEqual([]);
  }, 60_000);

  test('confirming receipt closes the story for the customer, once', async () => {
    const { api } = shop;
    const placed = await api.place(sampleOrder('e2e-receipt', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }]));
    await api.fulfill(await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED'));
    await api.must('storefront', 'POST', `/v1/orders/${placed.id}/confirm-receipt`);
    await api.must('storefront', 'POST', `/v1/orders/${placed.id}/confirm-receipt`);
    const receipts = (await api.events(placed.id)).filter(({ type }) => type === 'receipt.confirmed');
    expect(receipts).toHaveLength(1);
  }, 60_000);

  test('canceled before a location accepts it: the stock is back and the authorization voided', async () => {
    const { api } = shop;
    const before = await stockOf('apron-baker', 'dc-north');
    const placed = await api.place(sampleOrder('e2e-cancel', [{ sku: 'apron-baker', quantity: 2, unitPrice: 2500 }]));
    await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED');
    await api.must('agent', 'POST', `/v1/orders/${placed.id}/cancel`, { reason: 'changed my mind' });
    const canceled = await api.waitFor(placed.id, ({ balance }) => balance.voided === 5000);
    expect(canceled).toMatchObject({ status: 'CANCELED', paymentStatus: 'VOIDED', balance: { captured: 0 } });
    expect(await stockOf('apron-baker', 'dc-north')).toEqual(before);
  }, 60_000);

  test('a shipped order cannot be canceled: 409 says what is possible instead', async () => {
    const { api } = shop;
    const placed = await api.place(
      sampleOrder('e2e-late-cancel', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }]),
    );
    await api.fulfill(await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED'));
    const answer = await api.call('agent', 'POST', `/v1/orders/${placed.id}/cancel`, { reason: 'too late' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'cancel_not_possible' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }, 60_000);
});
