import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAndSynth } from '../infra/bundle.ts';
import { ApiClient } from '../local/client.ts';
import { startCloud } from '../local/cloud.ts';
import { seed } from '../local/seed.ts';
import { localParameters } from '../local/template-parameters.ts';

/**
 * `node bench/availability.ts [--requests N]`: what a product page and a checkout ask, over HTTP against the one-machine cloud with its durable store: the
 * availability of one SKU that 200 locations have, of 100 such SKUs, and a quote for a cart of 5 lines. Milliseconds, one client, one request after the
 * other. The aim is a p95 under 20 ms for one SKU.
 */
const option = process.argv.indexOf('--requests');
const requests = option > 0 ? Number(process.argv[option + 1]) : 200;
const sites = 200;
const skus = 100;

const id = (n: number) => `site-${String(n).padStart(3, '0')}`;
const sku = (n: number) => `bench-${n}`;

async function everyone(count: number, act: (n: number) => Promise<unknown>, atOnce = 8): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** A network in Spain: a warehouse for each ten stores, opening hours, four services, a storefront that offers all of them. */
async function setUp(api: ApiClient): Promise<void> {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const hours = Object.fromEntries(days.map((day) => [day, [{ from: '08:00', to: '21:00' }]]));
  const putSite = (n: number) =>
    api.must('admin', 'PUT', `/v1/locations/${id(n)}`, {
      name: `Site ${n}`,
      kind: n % 10 === 0 ? 'warehouse' : 'store',
      country: 'ES',
      timeZone: 'Europe/Madrid',
      priority: n % 50,
      site: { coordinates: { latitude: 36 + ((n * 7) % 70) / 10, longitude: -8 + ((n * 11) % 110) / 10 } },
      capabilities: ['ship', 'pickup'],
      calendar: { hours },
      cutOffs: { standard: '17:00', next_day: '16:00' },
      processingMinutes: 30,
    });
  // One after the other: each change of the network raises its one version.
  await everyone(sites, putSite, 1);
  const services = { standard: [490, 2], next_day: [890, 0.5], same_day: [1290, 0.1], weekend: [990, 0.5] } as const;
  const rates = Object.entries(services).map(([service, [perParcel, transitDays]]) => ({
    zone: 'spain',
    service,
    perParcel,
    transitDays,
  }));
  await api.must('admin', 'PUT', '/v1/shipping-rates', { zones: [{ zone: 'spain', countries: ['ES'] }], rates });
  const locations = Array.from({ length: sites }, (_, n) => ({ locationId: id(n) }));
  await api.must('admin', 'PUT', '/v1/location-groups/bench', { name: 'Bench', locations });
  const prices = [{ currency: 'EUR', amount: 490 }];
  await api.must('admin', 'PUT', '/v1/storefronts/bench', {
    name: 'Bench',
    kind: 'web',
    locationGroupId: 'bench',
    currencies: ['EUR'],
    lowStock: 5,
    routingPolicy: 'cheapest',
    deliveryOptions: [
      ...Object.keys(services).map((service) => ({ id: service, name: service, method: 'ship', service, prices })),
      { id: 'pickup', name: 'Pickup', method: 'pickup', prices },
    ],
  });
}

/** Every location has the first SKUs, each tenth one the others. */
async function stockUp(api: ApiClient): Promise<void> {
  // SKUs side by side, the locations of one in turn: each count is the next event of its SKU.
  await everyone(skus, async (s) => {
    for (let n = 0; n < sites; n++) {
      if (s >= 5 && (n + s) % 10 > 0) continue;
      await api.must('warehouse', 'PUT', `/v1/inventory/${sku(s)}/locations/${id(n)}`, { onHand: 1 + ((s + n) % 9) });
    }
  });
}

async function measure(act: (n: number) => Promise<unknown>, count: number) {
  // Not counted: the first reads of a cold function, and the compiler's.
  for (let n = 0; n < 20; n++) await act(n);
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await act(n);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1));
  return { requests: count, p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-bench-'));
  const { assembly } = await bundleAndSynth();
  const cloud = await startCloud({
    assembly,
    dataDirectory: directory,
    apiPort: 0,
    awsPort: 0,
    transport: 'messages',
    parameters: localParameters,
  });
  try {
    const api = new ApiClient(cloud.apiUrl, await seed(cloud));
    await setUp(api);
    await stockUp(api);
    const place = 'country=ES&postalCode=28013';
    const one = (n: number) =>
      api.must('storefront', 'GET', `/v1/availability?storefront=bench&sku=${sku(n % 5)}&${place}`);
    const near = { country: 'ES', postalCode: '28013' };
    const all = Array.from({ length: skus }, (_, n) => sku(n));
    const batch = () => api.must('storefront', 'POST', '/v1/availability', { storefront: 'bench', skus: all, near });
    const lines = [0, 1, 2, 3, 4].map((n) => ({ sku: sku(n), quantity: 1 + (n % 3), unitPrice: 1000 }));
    const quote = () => api.must('storefront', 'POST', '/v1/quotes', { storefront: 'bench', lines, destination: near });
    const measured = {
      locations: sites,
      loadAverage: Number(loadavg()[0]?.toFixed(1)),
      availabilityOfOneSku: await measure(one, requests),
      availabilityOf100Skus: await measure(batch, Math.ceil(requests / 10)),
      quoteOf5Lines: await measure(quote, Math.ceil(requests / 2)),
    };
    console.log(JSON.stringify(measured, null, 2));
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
