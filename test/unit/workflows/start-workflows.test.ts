import { expect, test } from 'vitest';
import {
  askedAhead,
  startWorkflows,
  type TriggerRow,
} from '../../../functions/streams/start-workflows/start-workflows.ts';

const adjusted = (sku: string, available: number, change: number, sequence: number): TriggerRow => ({
  pk: `SKU#${sku}`,
  id: `evt_${sku}_${sequence}`,
  type: 'stock.adjusted',
  sequence,
  data: JSON.stringify({ sku, available, change }),
});

test('a batch of a feed asks once for each SKU who waits; each event wakes as many as there are units', async () => {
  const asked: [string, number][] = [];
  const started: string[] = [];
  const deps = {
    start: async (machine: string, name: string) => void started.push(`${machine} ${name}`),
    waitingFor: async (sku: string, limit: number) => {
      asked.push([sku, limit]);
      const waiting = sku === 'cup' ? ['ord_1', 'ord_2', 'ord_3'] : [];
      return waiting.slice(0, limit).map((orderId) => ({ orderId, isReleased: orderId === 'ord_2' }));
    },
  };
  const rows = [
    adjusted('cup', 1, 1, 1),
    adjusted('cup', 2, 2, 2),
    adjusted('tea', 5, 5, 1),
    adjusted('pot', 4, -1, 1),
    adjusted('jar', 0, 0, 1),
  ];
  const ahead = await askedAhead(deps, rows, 10);
  expect(asked.sort()).toEqual([
    ['cup', 2],
    ['tea', 5],
  ]);
  for (const row of rows) await startWorkflows(ahead, row);
  expect(asked).toHaveLength(2);
  expect(started).toEqual(['place-order ord_1-evt_cup_1', 'place-order ord_1-evt_cup_2', 'reroute ord_2-evt_cup_2']);
});

test('a site is asked again for what an order waits for: whoever is behind it in the queue looks again, too', async () => {
  const started: string[] = [];
  const deps = {
    start: async (machine: string, name: string) => {
      started.push(`${machine} ${name}`);
    },
    waitingFor: async (_: string, limit: number) =>
      ['ord_1', 'ord_2', 'ord_3'].slice(0, limit).map((orderId) => ({ orderId, isReleased: true })),
  };
  const resolved = { exceptionId: 'reroute:order', workflow: 'reroute', retry: true };
  const row = (data: object): TriggerRow => ({
    ...{ pk: 'ORDER#ord_1', id: 'evt_9', type: 'exception.resolved', sequence: 9 },
    data: JSON.stringify(data),
  });
  await startWorkflows(deps, row({ ...resolved, moved: [{ sku: 'cup', quantity: 1 }] }));
  expect(started).toEqual(['reroute ord_1-9', 'reroute ord_1-evt_9', 'reroute ord_2-evt_9']);
  started.length = 0;
  await startWorkflows(deps, row(resolved));
  expect(started).toEqual(['reroute ord_1-9']);
});
