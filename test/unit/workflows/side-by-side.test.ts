import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sideBySide } from '../../../functions/streams/start-workflows/side-by-side.ts';

interface Item {
  key: string;
  number: number;
}

const batch = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 40 })
  .map((keys): Item[] => keys.map((key, number) => ({ key, number })));

test('each key in its order, no more keys at once than asked, and nothing twice, however long each item takes', async () => {
  await fc.assert(
    fc.asyncProperty(batch, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async (items, atOnce, scheduler) => {
      const begun: Item[] = [];
      const open = new Set<string>();
      const work = async (item: Item) => {
        expect(open.has(item.key)).toBe(false);
        open.add(item.key);
        expect(open.size).toBeLessThanOrEqual(atOnce);
        begun.push(item);
        await scheduler.schedule(Promise.resolve());
        open.delete(item.key);
      };
      const whole = sideBySide(items, ({ key }) => key, atOnce, work);
      await scheduler.waitFor(whole);
      expect(await whole).toBeUndefined();
      expect(begun.toSorted((x, y) => x.number - y.number)).toEqual(items);
      for (const key of new Set(items.map((item) => item.key))) {
        const numbers = begun.filter((item) => item.key === key).map(({ number }) => number);
        expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      }
    }),
  );
});

test('when items fail, everything before the place that is told is done, and of the failed key nothing after its failure', async () => {
  await fc.assert(
    fc.asyncProperty(
      batch.filter((items) => items.length > 0),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.boolean()),
      fc.scheduler(),
      async (items, atOnce, fails, scheduler) => {
        const done = new Set<number>();
        const failed: Item[] = [];
        const work = async (item: Item) => {
          await scheduler.schedule(Promise.resolve());
          expect(failed.every(({ key }) => key !== item.key)).toBe(true);
          if (fails.next().value) {
            failed.push(item);
            throw new Error('throttled');
          }
          done.add(item.number);
        };
        const whole = sideBySide(items, ({ key }) => key, atOnce, work);
        await scheduler.waitFor(whole);
        const from = await whole;
        const first = items.findIndex(({ number }) => !done.has(number));
        expect(from).toBe(failed.length === 0 ? undefined : first);
      },
    ),
  );
});
