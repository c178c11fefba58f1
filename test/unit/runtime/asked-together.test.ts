import { expect, test } from 'vitest';
import { askedTogether } from '../../../shared/runtime/asked-together.ts';

test('those who ask while a read is under way share it; who asks later gets a read of his own', async () => {
  let reads = 0;
  const ask = askedTogether(async () => ++reads);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(2);
});

test('a failed read fails for all who share it and is not kept', async () => {
  let fails = true;
  const ask = askedTogether(async () => {
    if (fails) throw new Error('throttled');
    return 'there';
  });
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await ask()).toBe('there');
});
