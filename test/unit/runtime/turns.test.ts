import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turns } from '../../../shared/adapters/dynamodb/turns.ts';

const wants = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), { maxLength: 12 });

test('of those who want an item one at a time has it, in the order they came; nobody waits for ever, whoever fails', async () => {
  await fc.assert(
    fc.asyncProperty(wants, fc.infiniteStream(fc.boolean()), fc.scheduler(), async (all, fails, scheduler) => {
      const turns = new Turns();
      const held = new Set<string>();
      const served = new Map<string, number[]>();
      const one = async (items: readonly string[], number: number) => {
        for (const item of items) {
          expect(held.has(item)).toBe(false);
          held.add(item);
          served.set(item, [...(served.get(item) ?? []), number]);
        }
        await scheduler.schedule(Promise.resolve());
        for (const item of items) held.delete(item);
        if (fails.next().value) throw new Error('refused');
        return number;
      };
      const whole = Promise.allSettled(all.map((items, number) => turns.take(items, () => one(items, number))));
      await scheduler.waitFor(whole);
      expect(await whole).toHaveLength(all.length);
      for (const numbers of served.values()) expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      expect([...served.values()].flat()).toHaveLength(all.flat().length);
    }),
  );
});

test('who wants something else does not wait', async () => {
  const turns = new Turns();
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = turns.take(['a', 'b'], () => promise);
  expect(await turns.take(['c'], async () => 'at once')).toBe('at once');
  resolve('done');
  expect(await first).toBe('done');
});
