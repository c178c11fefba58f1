import { expect, test } from 'vitest';
import { rankOf, type Waiting } from '../../../shared/domain/backorders.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { queueFor } from '../../../shared/domain/queue-for-supply.ts';
import type { Supply } from '../../../shared/domain/stock/supply.ts';

const id = (n: number) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`);
const waits = (n: number, quantity: number, priority?: number): Waiting => ({
  orderId: id(n),
  rank: rankOf({ id: id(n), placedAt: `2026-01-0${n}T09:00:00.000Z`, ...(priority !== undefined && { priority }) }),
  ...{ quantity, excludedSites: [], channel: 'web', capabilities: [] },
});
const supply = (eta: string, quantity: number, more: Partial<Supply> = {}) =>
  ({ eta, quantity, received: 0, status: 'expected', ...more }) as Supply;

test('supply is counted out in the order of the queue, soonest first; what is received or canceled is not to come', () => {
  const queue = queueFor(
    [waits(3, 2, 9), waits(1, 4), waits(1, 1), waits(2, 5)],
    [
      supply('2026-03-01T00:00:00Z', 3),
      supply('2026-02-01T00:00:00Z', 5, { received: 1 }),
      supply('2026-01-15T00:00:00Z', 9, { status: 'canceled' }),
      supply('2026-01-16T00:00:00Z', 2, { received: 4 }),
    ],
  );
  expect(queue).toEqual([
    {
      orderId: id(3),
      priority: 9,
      placedAt: '2026-01-03T09:00:00.000Z',
      quantity: 2,
      expectedAt: '2026-02-01T00:00:00Z',
    },
    {
      orderId: id(1),
      priority: 0,
      placedAt: '2026-01-01T09:00:00.000Z',
      quantity: 5,
      expectedAt: '2026-03-01T00:00:00Z',
    },
    { orderId: id(2), priority: 0, placedAt: '2026-01-02T09:00:00.000Z', quantity: 5 },
  ]);
  expect(queueFor([], [supply('2026-03-01T00:00:00Z', 3)])).toEqual([]);
});
