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
