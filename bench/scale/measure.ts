import { type ApiClient, sampleOrder } from '../../local/client.ts';
import { locationOf, type Scale, skuOf, unitsAt } from './distribution.ts';

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(1));
};

const summary = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95) });

/** SKUs from the whole range, that are stocked somewhere. */
function* someSkus(scale: Scale, count: number): Generator<number> {
  for (let n = 0, found = 0; found < count; n++) {
    const sku = Math.floor(((n * 0.618034) % 1) * scale.skus);
    if (!Array.from({ length: scale.locations }, (_, at) => unitsAt(scale, sku, at)).some((units) => units > 0))
      continue;
    found += 1;
    yield sku;
  }
}

/** Milliseconds over HTTP, one request after the other: availability of one SKU, and an order from placed to confirmed. */
export async function measure(api: ApiClient, scale: Scale, requests: number, orders: number) {
  const availability: number[] = [];
  const country = 'country=ES&postalCode=28013';
  for (const sku of someSkus(scale, requests)) {
    const started = performance.now();
    await api.must('storefront', 'GET', `/v1/availability?sku=${skuOf(sku)}&storefront=scale&${country}`);
    availability.push(performance.now() - started);
  }
  const [placing, confirmed]: [number[], number[]] = [[], []];
  const run = Date.now().toString(36);
  for (const sku of someSkus(scale, orders)) {
    const started = performance.now();
    const lines = [{ sku: skuOf(sku), quantity: 1, unitPrice: 1000 }];
    const { id } = await api.place({ ...sampleOrder(`scale-${run}-${sku}`, lines), channel: 'scale' });
    placing.push(performance.now() - started);
    await api.waitFor(id, ({ status }) => status === 'CONFIRMED', 60_000);
    confirmed.push(performance.now() - started);
  }
  return { availability: summary(availability), placing: summary(placing), confirmed: summary(confirmed) };
}

/** Locations all over the Iberian peninsula, a group of all of them, and a storefront that sells from it: by the public API. */
export async function makeNetwork(
  api: ApiClient,
  { locations }: Scale,
  isCenter: (n: number) => boolean,
): Promise<void> {
  for (let n = 0; n < locations; n++) {
    await api.must('admin', 'PUT', `/v1/locations/${locationOf(n)}`, {
      name: `Site ${n}`,
      kind: isCenter(n) ? 'distribution_center' : 'store',
      timeZone: 'Europe/Madrid',
      country: 'ES',
      priority: isCenter(n) ? 200 : 100,
      site: { coordinates: { latitude: 37 + ((n * 0.618034) % 1) * 5.5, longitude: -8 + ((n * 0.754878) % 1) * 10 } },
    });
  }
  const members = Array.from({ length: locations }, (_, n) => ({ locationId: locationOf(n) }));
  await api.must('admin', 'PUT', '/v1/location-groups/scale', { name: 'All sites', locations: members });
  const storefront = { name: 'Scale', kind: 'web', locationGroupId: 'scale', lowStock: 5 };
  await api.must('admin', 'PUT', '/v1/storefronts/scale', storefront);
}
