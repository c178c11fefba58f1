import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const minute = 60_000;

/** A cart is quoted while an order waits for the same goods, in a storefront that may not have them: who is ahead is read, too. */
async function quotes(api: ApiClient): Promise<void> {
  const scarce = 'quoted-cup';
  await api.must('warehouse', 'PUT', `/v1/inventory/${scarce}/locations/store-center`, { onHand: 1 });
  await api.must('admin', 'PUT', '/v1/storefronts/wide', { name: 'Wide', kind: 'web', currencies: ['EUR'] });
  const lines = [{ sku: scarce, quantity: 1, unitPrice: 500 }];
  const { id } = await api.place({ ...sampleOrder('iam-quoted', lines), channel: 'kiosk' });
  await api.waitFor(id, ({ status }) => status === 'BACKORDERED', 60_000);
  const destination = { country: 'ES', postalCode: '28001' };
  await api.must('storefront', 'POST', '/v1/quotes', { storefront: 'wide', lines, destination });
  await api.must('agent', 'GET', `/v1/backorders?sku=${scarce}`);
  const key = { 'idempotency-key': 'iam-quoted-cancel' };
  await api.must('admin', 'POST', `/v1/orders/${id}/cancel`, { reason: 'scene is over' }, key);
  await api.must('admin', 'DELETE', '/v1/storefronts/wide');
}

/** The shop's table of taxes, and what a cart is taxed with by it. */
async function taxes(api: ApiClient): Promise<void> {
  const rates = {
    zones: [{ zone: 'es', regions: ['ES'] }],
    rates: [{ zone: 'es', tax: 'IVA', rate: '0.21' }],
    classes: ['standard'],
    defaultClass: 'standard',
  };
  await api.must('admin', 'PUT', '/v1/tax/rates', rates);
  const cart = { storefront: 'web', currency: 'EUR', destination: { country: 'ES' }, items: [{ amount: 121 }] };
  await api.must('storefront', 'POST', '/v1/tax/quotes', cart);
  const { id } = await api.place({
    ...sampleOrder('iam-taxed', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1210 }]),
    tax: 'quote',
  });
  await api.waitFor(id, ({ lifecycle }) => lifecycle === 'RELEASED', 60_000);
}

/** Storefronts with their stock: what they may sell, and carts that hold it. */
export async function storefrontsSell({ api, clock }: Scene, forgetCursorSecret: () => Promise<void>): Promise<void> {
  const put = (path: string, body: object) => api.must('admin', 'PUT', path, body);
  const remove = (path: string) => api.must('admin', 'DELETE', path);
  await put('/v1/location-groups/north', { name: 'North', locations: [{ locationId: 'dc-north' }] });
  await put('/v1/location-groups/all', { name: 'All', groups: ['north'] });
  await put('/v1/location-groups/all/locations/dc-south', {});
  await forgetCursorSecret();
  await api.must('storefront', 'GET', '/v1/location-groups?limit=1');
  await put('/v1/storefronts/kiosk', { name: 'Kiosk', kind: 'pos', locationGroupId: 'all' });
  await put('/v1/safety-stock', { sku: 'mug-batuta', storefrontId: 'kiosk', units: 1 });
  await put('/v1/inventory/mug-batuta/category', { category: 'ceramics' });
  await api.must('warehouse', 'GET', '/v1/locations/dc-north/capacity');
  await api.must('storefront', 'GET', '/v1/availability?sku=mug-batuta&storefront=kiosk&country=ES&postalCode=28001');
  await quotes(api);
  await taxes(api);

  const hold = (seconds: number, key: string) =>
    api.must<{ id: string }>(
      'storefront',
      'POST',
      '/v1/cart-holds',
      { storefront: 'kiosk', lines: [{ sku: 'mug-batuta', quantity: 1 }], seconds },
      { 'idempotency-key': key },
    );
  const kept = await hold(600, 'iam-kept');
  await api.must('storefront', 'POST', `/v1/cart-holds/${kept.id}/extend`, { seconds: 1200 });
  const order = sampleOrder('iam-cart', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }]);
  await api.must('storefront', 'POST', '/v1/orders', { ...order, channel: 'kiosk', cartHoldId: kept.id });
  const released = await hold(600, 'iam-released');
  await api.must('storefront', 'DELETE', `/v1/cart-holds/${released.id}`);
  const left = await hold(60, 'iam-left');
  // The sweep ends it.
  await clock.advance(3 * minute);
  await api.must('storefront', 'GET', `/v1/cart-holds/${left.id}`);

  await remove('/v1/safety-stock?sku=mug-batuta&storefrontId=kiosk');
  await remove('/v1/storefronts/kiosk');
  await remove('/v1/location-groups/all');
  await remove('/v1/location-groups/north');
}
