import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../shared/domain/events.ts';
import { CapturePolicy, ChargePolicy, defaultPolicy } from '../../shared/domain/policy.ts';
import { action } from './orders/actions.ts';
import { audit, idle, providerAgrees, unfinished } from './orders/checks.ts';
import { perform, tolerate } from './orders/perform.ts';
import { quiesce } from './orders/quiesce.ts';
import { bucket, locations, modelWorld, skus } from './world.ts';

/** `BATUTA_RUNS` and `BATUTA_SEED`: a slice of a long run, next to others. */
const runs = Number(process.env.BATUTA_RUNS ?? (process.env.BATUTA_TEST_LONG ? 10_000 : 400));
const seed = Number(process.env.BATUTA_SEED ?? 20_260_105);

const farEnough = [
  'invoice.posted',
  'payment.refunded',
  'payment.voided',
  'digital.delivered',
  'customization.finished',
  'kit reservation.created',
  'kit order.backordered',
  'kit fulfillment.rejected',
  'kit fulfillment.shorted',
  'kit shorted by pieces',
  'kit fulfillment.shipped',
  'kit order.canceled',
  'kit order.remainder_canceled',
];

/** What an event shows that a history has come to. */
function whatOf({ type, data }: OrderEvent): string[] {
  const text = JSON.stringify(data);
  if (!text.includes('"components"')) return [type];
  return [type, `kit ${type}`, ...(text.includes('"missing"') ? ['kit shorted by pieces'] : [])];
}

describe('units and money are never created or lost', () => {
  test(`${runs} random histories with duplicates, conflicts, crashes and lost answers of plain, kit, customized and digital lines hold U1-U4, U6, U9, U11, U12, M1-M7, M9, P1, P5 under every capture policy`, async () => {
    let performed = 0;
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 9, maxLength: 9 }),
        fc.constantFrom('allow' as const, 'allow' as const, 'split' as const, 'split' as const, 'deny' as const),
        fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30 }),
        fc.boolean(),
        // Days that one order fills, or the units of a large one.
        fc.constantFrom({}, {}, { ordersPerDay: 1 }, { unitsPerDay: 60 }),
        fc.constantFrom('onPack', ...CapturePolicy.options),
        fc.constantFrom(...ChargePolicy.options),
        async (worldSeed, stock, backorder, batches, splitKits, capacity, capture, shippingCharge) => {
          const buckets = locations.flatMap((location, row) =>
            skus.map((sku, column) => bucket(sku, location.id, stock[row * skus.length + column] ?? 0)),
          );
          const faults = { versionConflict: 0.05, contention: 0.05, crashBefore: 0.03, crashAfter: 0.03 };
          const money = { capture, shippingCharge };
          const policy = {
            ...defaultPolicy,
            ...money,
            backorder,
            splitKits,
            acceptWithin: 5 * 60_000,
            routingAttempts: 2,
          };
          const world = modelWorld({ seed: worldSeed, buckets, faults, policy, capacity });
          for (const batch of batches) {
            // A batch runs at once: its actions interleave at every await.
            await Promise.all(batch.map((one) => perform(world, one).catch(tolerate)));
            performed += batch.length;
            expect(await audit(world)).toEqual([]);
          }
          await quiesce(world);
          expect(await audit(world)).toEqual([]);
          expect(providerAgrees(world)).toEqual([]);
          expect(unfinished(world)).toEqual([]);
          expect(await idle(world)).toEqual([]);
          for (const event of [...world.log.values()].flat()) for (const what of whatOf(event)) reached.add(what);
        },
      ),
      { numRuns: runs, seed },
    );
    // A model that never gets there finds nothing.
    if (runs >= 400) expect([...reached]).toEqual(expect.arrayContaining(farEnough));
    console.info(`${runs} histories, ${performed} actions, seed ${seed}: no violation`);
  }, 600_000);
});
