import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../../../local/kernel/collect-garbage.ts';

test('what nobody refers to any more is given back, what somebody does stays', async () => {
  const kept = { text: 'kept' };
  const [forgotten, known] = [new WeakRef({ text: 'forgotten' }), new WeakRef(kept)];
  // A WeakRef holds its object until the end of the turn that made it.
  await setImmediate();
  collectGarbage();
  expect([forgotten.deref(), known.deref()]).toEqual([undefined, kept]);
});
