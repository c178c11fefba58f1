import { describe, expect, test } from 'vitest';
import { newDirectory, openNotes } from './data-for-tests.ts';

describe('an effect after a commit that throws', () => {
  test.each([
    ['in a file', newDirectory],
    ['in memory', () => undefined],
  ])('is reported and costs nobody else an answer or an effect (%s)', async (_, directory) => {
    const reported: string[] = [];
    const { storage, failures, add, ids } = openNotes(directory(), {
      report: (where, error) => reported.push(`${where}: ${error}`),
    });
    const effects: number[] = [];
    const write = (id: number, effect: () => void) =>
      storage.write((group) => {
        group.afterCommit(effect);
        group.afterCommit(() => effects.push(id));
      });
    await Promise.all([
      write(1, () => {
        throw new Error('broken poller');
      }),
      write(2, () => {}),
      add(3),
    ]);
    await add(4);
    expect({ effects, ids: ids(), failures }).toEqual({ effects: [1, 2], ids: [3, 4], failures: [] });
    expect(reported).toEqual(['storage afterCommit: Error: broken poller']);
    await storage.close();
  });
});
