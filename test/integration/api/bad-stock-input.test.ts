import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoFeeds } from '../../../shared/adapters/dynamodb/inventory/feed-store.ts';
import { FeedId } from '../../../shared/domain/stock/feed.ts';
import { applyFeed } from '../../../shared/use-cases/stock/apply-feed.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
let keys = 0;

/** Everything that is kept of stock and of the network. A refusal may be kept under its key, and a feed is kept with its errors. */
async function everything(): Promise<string[]> {
  const { Items = [] } = await api.client.send(new ScanCommand({ TableName: 'inventory', ConsistentRead: true }));
  return Items.filter(({ pk }) => !/^(IDEMPOTENCY|FEED)#/.test(pk?.S ?? ''))
    .map((item) => JSON.stringify(item))
    .toSorted();
}

async function refused(method: string, path: string, body: object, status: number, expected: object): Promise<void> {
  const before = await everything();
  const headers = method === 'POST' ? { 'idempotency-key': `bad-${++keys}` } : {};
  const answer = await api.ask(method, path, { body, headers });
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.body).toMatchObject(expected);
  expect(await everything()).toEqual(before);
}
const at = (pointer: string, code?: string) => ({
  code: 'validation_failed',
  errors: expect.arrayContaining([expect.objectContaining({ pointer, ...(code !== undefined && { code }) })]),
});

beforeAll(async () => {
  api = await startApi();
  await count(api, 'mug', 'dc-1', 5);
  for (const [id, groups] of [
    ['a', []],
    ['b', ['a']],
    ['c', ['b']],
  ] as const) {
    await api.ask('PUT', `/v1/location-groups/${id}`, { body: { name: id, locations: [], groups } });
  }
}, 60_000);
afterAll(() => api.stop());

const bucket = '/v1/inventory/mug/locations/dc-1';
const elsewhere = '/v1/inventory/mug/locations/atlantis';

describe('negative counts', () => {
  test.each([
    ['PUT', bucket, { onHand: -1 }, '/onHand'],
    ['POST', `${bucket}/counts`, { counted: -1 }, '/counted'],
    ['POST', `${bucket}/receipts`, { quantity: -3 }, '/quantity'],
    ['POST', `${bucket}/receipts`, { quantity: 0 }, '/quantity'],
    ['POST', `${bucket}/unavailable`, { quantity: -1, from: 'available', to: 'damaged' }, '/quantity'],
    ['PUT', '/v1/safety-stock', { sku: 'mug', units: -1 }, '/units'],
  ])('%s %s %j', (method, path, body, pointer) => refused(method, path, body, 422, at(pointer)));

  test('taking more than there is', () =>
    refused('POST', `${bucket}/adjustments`, { delta: -6, reason: 'lost' }, 409, { code: 'insufficient_stock' }));
});

describe('unknown locations', () => {
  test.each([
    ['PUT', elsewhere, { onHand: 1 }],
    ['POST', `${elsewhere}/counts`, { counted: 1 }],
    ['POST', `${elsewhere}/receipts`, { quantity: 1 }],
    ['POST', `${elsewhere}/adjustments`, { delta: 1, reason: 'found' }],
    ['POST', '/v1/locations/atlantis/outage', { reason: 'sunk' }],
  ])('%s %s', (method, path, body) => refused(method, path, body, 404, { code: 'location_not_found' }));

  test.each([
    ['/v1/transfers', { from: 'dc-1', to: 'atlantis', lines: [{ sku: 'mug', quantity: 1 }], mode: 'immediate' }, '/to'],
    [
      '/v1/supplies',
      {
        sku: 'mug',
        locationId: 'atlantis',
        quantity: 1,
        eta: '2030-01-01T00:00:00Z',
        source: { type: 'other', id: 'x' },
      },
      '/locationId',
    ],
    [
      '/v1/cart-holds',
      { storefront: 'web', lines: [{ sku: 'mug', quantity: 1 }], locationId: 'atlantis' },
      '/locationId',
    ],
  ])('POST %s %j', (path, body, pointer) =>
    refused('POST', path, body, 422, { code: 'unknown_location', errors: [{ pointer, code: 'unknown_location' }] }),
  );

  test('in a group', () =>
    refused('PUT', '/v1/location-groups/a', { name: 'A', locations: [{ locationId: 'atlantis' }] }, 422, {
      errors: [{ pointer: '/locations/0/locationId' }],
    }));
});

describe('safety stock of nothing', () => {
  test.each([
    [{ locationId: 'atlantis', units: 1 }, 'unknown_location', '/locationId'],
    [{ sku: 'mug', locationId: 'atlantis', units: 1 }, 'unknown_location', '/locationId'],
  ])('%j', (rule, code, pointer) =>
    refused('PUT', '/v1/safety-stock', rule, 422, { code, errors: [{ pointer, code }] }),
  );
});

describe('circles of groups', () => {
  test.each([
    ['a', ['a']],
    ['a', ['b']],
    ['a', ['c']],
  ])('%s with %j', (id, groups) =>
    refused('PUT', `/v1/location-groups/${id}`, { name: id, locations: [], groups }, 422, {
      errors: [expect.objectContaining({ pointer: '/groups/0' })],
    }),
  );
});

describe('locations', () => {
  const store = { name: 'Store', kind: 'store', timeZone: 'UTC' };
  const from = (...hours: [string, string][]) => hours.map(([opens, closes]) => ({ from: opens, to: closes }));
  test.each([
    [{ calendar: { hours: { monday: from(['09:00', '13:00'], ['12:59', '18:00']) } } }, '/calendar/hours/monday/1'],
    [{ calendar: { hours: { monday: from(['13:00', '18:00'], ['09:00', '14:00']) } } }, '/calendar/hours/monday/0'],
    [{ calendar: { hours: { monday: from(['18:00', '09:00']) } } }, '/calendar/hours/monday/0'],
    [
      {
        calendar: {
          hours: {},
          exceptions: [{ date: '2026-12-24', hours: from(['09:00', '12:00'], ['11:00', '13:00']) }],
        },
      },
      '/calendar/exceptions/0/hours/1',
    ],
    [{ site: { coordinates: { latitude: 90.01, longitude: 0 } } }, '/site/coordinates/latitude'],
    [{ site: { coordinates: { latitude: -91, longitude: 0 } } }, '/site/coordinates/latitude'],
    [{ site: { coordinates: { latitude: 0, longitude: 180.5 } } }, '/site/coordinates/longitude'],
    [{ site: { coordinates: { latitude: 0, longitude: '3' } } }, '/site/coordinates/longitude'],
    [
      {
        calendar: {
          hours: {},
          exceptions: [
            { date: '2026-12-24', hours: [] },
            { date: '2026-12-24', hours: from(['09:00', '12:00']) },
          ],
        },
      },
      '/calendar/exceptions/1/date',
    ],
    [{ calendar: { hours: {}, holidays: ['2026-12-25', '2026-12-25'] } }, '/calendar/holidays/1'],
    [{ capabilities: ['ship', 'pickup', 'ship'] }, '/capabilities/2'],
    [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
  ])('%j', (fault, pointer) => refused('PUT', '/v1/locations/store-1', { ...store, ...fault }, 422, at(pointer)));
});

describe('a feed with rows that are malformed, twice, negative, of nowhere', () => {
  const csv = [
    'sku,locationId,quantity',
    'mug,dc-1,9',
    'mug,dc-1,8',
    'cup,dc-1,-4',
    'cup,atlantis,4',
    'cup,dc-1,four',
    'no sku at all,dc-1,4',
    'tea,dc-1,4',
  ].join('\n');
  const send = async (onError: 'reject' | 'skip') => {
    const body = { mode: 'reset', source: 'ERP', format: 'csv', onError };
    const begun = await api.ask('POST', '/v1/inventory/feeds', {
      body,
      headers: { 'idempotency-key': `feed-${onError}` },
    });
    const { id } = begun.body as { id: string };
    await api.ask('PUT', `/v1/inventory/feeds/${id}/parts/1`, { body: { csv } });
    await api.ask('POST', `/v1/inventory/feeds/${id}/submit`, { body: {} });
    await applyFeed(
      { ...api.deps, feeds: dynamoFeeds(api.client, 'inventory', api.system) },
      FeedId.parse(id),
      () => true,
    );
    const feed = (await api.ask('GET', `/v1/inventory/feeds/${id}`)).body as { state: string };
    const { data } = (await api.ask('GET', `/v1/inventory/feeds/${id}/errors`)).body as {
      data: { row: number; code: string }[];
    };
    return { state: feed.state, errors: data.map(({ row, code }) => `${row} ${code}`) };
  };
  const errors = [
    '1 duplicate_row',
    '2 duplicate_row',
    '3 negative_count',
    '4 unknown_location',
    '5 invalid_quantity',
    '6 invalid_sku',
  ];

  test('reject: each is told by row and code, and nothing is changed', async () => {
    const before = await everything();
    expect(await send('reject')).toEqual({ state: 'REJECTED', errors });
    expect(await everything()).toEqual(before);
  });

  test('skip: the only row that is right is applied', async () => {
    expect(await send('skip')).toEqual({ state: 'DONE', errors });
    expect((await api.bucket('tea', 'dc-1'))?.onHand).toBe(4);
    expect((await api.bucket('mug', 'dc-1'))?.onHand).toBe(5);
  });

  test('a CSV that is no table is refused at its part', async () => {
    const body = { mode: 'reset', source: 'ERP', format: 'csv', onError: 'skip' };
    const begun = await api.ask('POST', '/v1/inventory/feeds', { body, headers: { 'idempotency-key': 'no-table' } });
    const { id } = begun.body as { id: string };
    await refused('PUT', `/v1/inventory/feeds/${id}/parts/1`, { csv: 'sku,sku\n1,2' }, 422, {
      errors: [{ pointer: expect.any(String) }],
    });
  });
});
