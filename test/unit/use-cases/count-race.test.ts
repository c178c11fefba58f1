import { describe, expect, test } from 'vitest';
import { memoryWorld } from '../../../shared/adapters/memory/world.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { bucketsBalance } from '../../../shared/domain/invariants.ts';
import { applyChange, type Bucket, bucketChanges } from '../../../shared/domain/stock.ts';
import type { StockStore } from '../../../shared/ports/stock-store.ts';
import { executeStock } from '../../../shared/use-cases/stock/execute-stock.ts';
import { bucket as full, seeded, testSystem } from '../../model/world.ts';

const tea = Sku.parse('tea');
const dc = LocationId.parse('dc-1');
const actor = { id: 'w', role: 'warehouse' } as const;

/** Ten on hand, six of them promised; somebody counts while an order takes units (more) or gives them back (fewer). */
async function countedDuring(counted: number, promisedMeanwhile: number): Promise<Bucket | undefined> {
  const memory = memoryWorld([{ ...full('tea', 'dc-1', 10), available: 4, committed: 6 }]);
  let hasMoved = false;
  const stock: StockStore = {
    ...memory.stock.store,
    async commit(commit) {
      const before = memory.buckets.get('tea dc-1');
      const [change] = bucketChanges([
        promisedMeanwhile > 0
          ? { sku: tea, locationId: dc, from: 'AVAILABLE', to: 'COMMITTED', quantity: promisedMeanwhile }
          : { sku: tea, locationId: dc, from: 'COMMITTED', to: 'AVAILABLE', quantity: -promisedMeanwhile },
      ]);
      const after = !hasMoved && before && change && applyChange(before, change);
      hasMoved = true;
      if (after) memory.buckets.set('tea dc-1', after);
      return memory.stock.store.commit(commit);
    },
  };
  const done = await executeStock(
    { stock, system: testSystem(seeded(1)) },
    { type: 'count', sku: tea, locationId: dc, counted, onMissing: 'open_discrepancy' },
    { actor, correlationId: 'c', causationId: 'c' },
  );
  expect(done.outcome).toBe('done');
  return memory.buckets.get('tea dc-1');
}

describe('a count that meets an order between its look and its write', () => {
  test.each([
    ['finds more than the books say, while units are promised', 12, 3],
    ['finds fewer, while units are promised', 7, 2],
    ['finds fewer than are promised by then', 7, 4],
    ['finds fewer, while promises are given back', 7, -2],
    ['finds fewer than were promised, while promises are given back', 5, -1],
    ['finds fewer than were promised, while some promises are given back', 3, -1],
  ])(
    '%s: what is on hand is what was found, or what is promised, and nothing is for sale that nobody found',
    async (_, counted, promised) => {
      const after = await countedDuring(counted, promised);
      const committed = 6 + promised;
      expect(after && bucketsBalance(after)).toEqual([]);
      expect(after).toMatchObject({
        committed,
        onHand: Math.max(counted, committed),
        available: Math.max(0, counted - committed),
        missing: Math.max(0, committed - counted),
      });
    },
  );
});
