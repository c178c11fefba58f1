import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type History, history, play, whatOf } from './orders/history.ts';
import { regressions } from './orders/regressions.ts';

/** `BATUTA_RUNS` and `BATUTA_SEED`: a slice of a long run, next to others. */
const runs = Number(process.env.BATUTA_RUNS ?? (process.env.BATUTA_TEST_LONG ? 10_000 : 400));
const seed = Number(process.env.BATUTA_SEED ?? 20_260_105);

const farEnough = [
  'invoice.posted',
  'credit_memo.posted',
  'credit_memo.posted forced',
  'payment.refunded',
  'payment.refunded byHand',
  'payment.refunded storeCredit',
  'payment.refund_failed',
  'payment.voided',
  'payment.expired',
  'payment.chargeback',
  'payment.chargeback_closed',
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
  'order.remainder_canceled after its time',
  'order.canceled after its time',
  'order.closed',
];

describe('units and money are never created or lost', () => {
  test(`${runs} random histories with duplicates, conflicts, crashes, lost answers, outages, late notices, lapses and chargebacks hold U1-U4, U6, U9, U11-U14, M1-M10, P1, P5 under every capture policy; the books are to the cent what the providers say`, async () => {
    let performed = 0;
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(history, async (one) => {
        const { world, violations } = await play(one);
        expect(violations).toEqual([]);
        performed += [...one.batches, ...one.after].flat().length;
        for (const event of [...world.log.values()].flat()) for (const what of whatOf(event)) reached.add(what);
      }),
      { numRuns: runs, seed, examples: regressions.map((one): [History] => [one]) },
    );
    // A model that never gets there finds nothing.
    if (runs >= 400) expect([...reached]).toEqual(expect.arrayContaining(farEnough));
    console.info(`${runs} histories, ${performed} actions, seed ${seed}: no violation`);
  }, 600_000);
});
