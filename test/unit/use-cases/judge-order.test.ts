import { describe, expect, test } from 'vitest';
import { memoryFraud } from '../../../shared/adapters/memory/fraud.ts';
import { listEntryId } from '../../../shared/domain/fraud/list-entry.ts';
import { FraudRule } from '../../../shared/domain/fraud/rules.ts';
import type { FraudProvider } from '../../../shared/ports/fraud.ts';
import { judgeOrder } from '../../../shared/use-cases/fraud/judge-order.ts';
import { facts } from '../domain/fraud/facts-for-tests.ts';

const asked: string[] = [];
const provider: FraudProvider = {
  name: 'other',
  async score({ key }) {
    asked.push(key);
    return { decision: 'review', score: 70, reasons: [{ code: 'other:odd', words: 'Odd.' }] };
  },
};
const thresholds = { review: 50 };
const velocity = FraudRule.parse({ id: 'many', type: 'velocity', of: 'email', window: 3600, above: 2, points: 60 });

describe('judging an order', () => {
  test('without rules and lists nothing is looked up but the settings', async () => {
    const book = memoryFraud();
    expect(await judgeOrder({ book }, facts)).toMatchObject({ decision: 'accept', provider: 'rules' });
    expect(book.calls).toEqual(['config']);
  });

  test('the third order of the same address is too many; judged again, it is still the third', async () => {
    const book = memoryFraud();
    await book.putRules({ rules: [velocity], thresholds }, facts.placedAt);
    const order = (n: number) => ({
      ...facts,
      orderId: facts.orderId.replace(/.$/, String(n)) as typeof facts.orderId,
    });
    const decisions = [];
    for (const n of [1, 2, 2, 3, 3]) decisions.push((await judgeOrder({ book }, order(n))).decision);
    expect(decisions).toEqual(['accept', 'accept', 'accept', 'review', 'review']);
  });

  test('who is let in or refused by a list is asked about nowhere else', async () => {
    for (const [effect, decision] of [
      ['allow', 'accept'],
      ['refuse', 'refuse'],
    ] as const) {
      const book = memoryFraud();
      const hash = '0'.repeat(32);
      const id = listEntryId('email', hash);
      await book.putEntry({ id, kind: 'email', effect, createdAt: facts.placedAt, createdBy: 'key' });
      asked.length = 0;
      const judged = await judgeOrder({ book, provider }, { ...facts, subjects: { email: hash } });
      expect([judged.decision, asked]).toEqual([decision, []]);
    }
  });

  test('the graver of the rules and the provider counts, with the reasons of both', async () => {
    const book = memoryFraud();
    const rule = FraudRule.parse({ id: 'units', type: 'unitsAbove', units: 1, points: 10 });
    await book.putRules({ rules: [rule], thresholds }, facts.placedAt);
    expect(await judgeOrder({ book, provider }, facts)).toMatchObject({
      decision: 'review',
      score: 70,
      provider: 'other',
      reasons: [{ code: 'rule:units' }, { code: 'other:odd' }],
    });
  });
});
