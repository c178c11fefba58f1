import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoNetworkChanges } from '../../../shared/adapters/dynamodb/network-changes.ts';
import { ordersThatMayWait } from '../../../shared/adapters/dynamodb/sweeps.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { tendNetwork } from '../../../shared/use-cases/tend-network.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const started: string[] = [];
const put = async (path: string, body: unknown) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
};
const store = { name: 'Store', kind: 'store', timeZone: 'Europe/Madrid' };
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;

const sweep = (start = async (_: string, name: string) => void started.push(name)) => {
  started.length = 0;
  return tendNetwork({
    orders: api.orders,
    waitingOrders: () => ordersThatMayWait(api.client, 'orders'),
    changes: dynamoNetworkChanges(api.client, 'inventory'),
    start,
  });
};
const reserve = (id: string) => reserveStock(api.deps, OrderId.parse(id), meta);
const waits = async (channel: string) => {
  const { id } = await api.place({ channel, lines: [{ sku: 'pot', quantity: 1, unitPrice: 100 }] });
  expect(await reserve(id)).toEqual({ outcome: 'BACKORDERED' });
  return id;
};

beforeAll(async () => {
  api = await startApi();
  for (const id of ['near', 'far', 'shut']) await put(`/v1/locations/${id}`, { ...store, enabled: id !== 'shut' });
  for (const id of ['far', 'shut']) await put(`/v1/inventory/pot/locations/${id}`, { onHand: 1 });
  await put('/v1/location-groups/few', { name: 'Few', locations: [{ locationId: 'near' }, { locationId: 'shut' }] });
  await put('/v1/storefronts/few', { name: 'Few', kind: 'web', locationGroupId: 'few' });
});
afterAll(() => api.stop());

describe('an order that waits for supply in a storefront', () => {
  test('nothing waits: the change is seen, and not looked at again', async () => {
    expect(await sweep()).toBe(0);
    expect(await sweep()).toBe(0);
  });

  test('a location joins the group of the storefront: it gets another go, once, and the units', async () => {
    const id = await waits('few');
    expect(await sweep()).toBe(0);
    await put('/v1/location-groups/few/locations/far', {});
    expect(await sweep()).toBe(1);
    expect(started).toEqual([expect.stringMatching(new RegExp(`^${id}-network-\\d+$`))]);
    expect(await reserve(id)).toEqual({ outcome: 'RESERVED' });
    expect(await sweep()).toBe(0);
  });

  test('a location is enabled: likewise; a sweep that was cut off says the same names again', async () => {
    const id = await waits('few');
    await put('/v1/locations/shut', { ...store, enabled: true });
    await expect(sweep(() => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
    expect(await sweep()).toBe(1);
    const [name] = started;
    expect(await reserve(id)).toEqual({ outcome: 'RESERVED' });
    await dynamoNetworkChanges(api.client, 'inventory').seen(1);
    expect(await sweep(), 'what was seen never goes back').toBe(0);
    expect(name).toContain(id);
  });

  test('the storefront sells from another group: likewise', async () => {
    await put('/v1/inventory/pot/locations/dc-1', { onHand: 1 });
    const id = await waits('few');
    await put('/v1/location-groups/more', { name: 'More', locations: [{ locationId: 'dc-1' }] });
    await put('/v1/storefronts/few', { name: 'Few', kind: 'web', locationGroupId: 'more' });
    expect(await sweep()).toBe(1);
    expect(await reserve(id)).toEqual({ outcome: 'RESERVED' });
  });

  test('its SKU leaves a category whose units are kept back: likewise', async () => {
    await put('/v1/safety-stock', { category: 'clay', units: 2 });
    await put('/v1/inventory/pot/category', { category: 'clay' });
    await put('/v1/inventory/pot/locations/dc-1', { onHand: 3 });
    const id = await waits('few');
    expect(await sweep()).toBe(1);
    expect(await reserve(id)).toEqual({ outcome: 'BACKORDERED' });
    await put('/v1/inventory/pot/category', { category: null });
    expect(await sweep()).toBe(1);
    expect(await reserve(id)).toEqual({ outcome: 'RESERVED' });
  });
});
