import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoFraudBook } from '../../../shared/adapters/dynamodb/fraud-book.ts';
import { dynamoFraudSettings } from '../../../shared/adapters/dynamodb/fraud-settings.ts';
import { rememberedWish } from '../../../shared/adapters/dynamodb/screening-wanted.ts';
import { memoryFraud } from '../../../shared/adapters/memory/fraud.ts';
import { type ListEntry, listEntryId } from '../../../shared/domain/fraud/list-entry.ts';
import { FraudRule, noRules } from '../../../shared/domain/fraud/rules.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import type { FraudBook, FraudSettings } from '../../../shared/ports/fraud-book.ts';
import { dynamoStores } from '../stores/stores-for-tests.ts';

const entry = (kind: ListEntry['kind'], digit: string, effect: ListEntry['effect'] = 'refuse'): ListEntry => ({
  id: listEntryId(kind, digit.repeat(32)),
  kind,
  effect,
  createdAt: '2026-01-05T09:00:00.000Z',
  createdBy: 'key',
});
const at = (minute: number) => `2026-01-05T09:${String(minute).padStart(2, '0')}:00.000Z`;
const order = (digit: string) => OrderId.parse(`ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D${digit}`);
const rules = [FraudRule.parse({ id: 'many', type: 'velocity', of: 'card', window: 3600, above: 1, points: 50 })];

let stores: Awaited<ReturnType<typeof dynamoStores>>;
beforeAll(async () => {
  stores = await dynamoStores([]);
});
afterAll(() => stores.stop());

const dynamo = (): FraudBook & FraudSettings => ({
  ...dynamoFraudBook(stores.client, 'orders', stores.system),
  ...dynamoFraudSettings(stores.client, 'orders', stores.system),
});

describe.each([
  ['memory', memoryFraud],
  ['DynamoDB', dynamo],
])('%s', (_, start) => {
  test('nothing is set; rules are replaced as a whole, each time with a higher version', async () => {
    const book = start();
    expect(await book.config()).toEqual({ rules: noRules, entries: 0 });
    const saved = await book.putRules({ rules, thresholds: { review: 40 } }, at(1));
    expect(saved).toEqual({ rules, thresholds: { review: 40 }, version: 1, updatedAt: at(1) });
    expect((await book.config()).rules).toEqual(saved);
    expect((await book.putRules({ rules: [], thresholds: { review: 50 } }, at(2))).version).toBe(2);
  });

  test('entries: made, replaced, found among others, counted, paged, taken away', async () => {
    const book = start();
    const all = [entry('card', 'a'), entry('email', 'b'), entry('email', 'c'), entry('ip', 'd')];
    for (const one of all) expect(await book.putEntry(one)).toBe('created');
    expect(await book.putEntry({ ...entry('email', 'b'), effect: 'allow' })).toBe('replaced');
    expect((await book.config()).entries).toBe(4);
    const ids = [entry('email', 'b').id, entry('email', 'f').id, entry('ip', 'd').id];
    expect((await book.entriesAmong(ids)).map(({ id, effect }) => `${id[0]} ${effect}`)).toEqual([
      'e allow',
      'i refuse',
    ]);
    expect(await book.entriesAmong([])).toEqual([]);

    const seen: string[] = [];
    for (
      let page = await book.entries({ limit: 3 });
      ;
      page = await book.entries({ limit: 3, after: page.next ?? {} })
    ) {
      seen.push(...page.items.map(({ id }) => id));
      if (!page.next) break;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
    expect((await book.entries({ kind: 'email', limit: 9 })).items).toHaveLength(2);

    const together = await Promise.all([1, 2, 3].map(() => book.deleteEntry(entry('ip', 'd').id)));
    expect(together.filter(Boolean)).toHaveLength(1);
    expect((await book.config()).entries).toBe(3);
  });

  test('an order is counted once however often it is said, and only within the window', async () => {
    const book = start();
    const counted = { kind: 'card', subject: 'x', keptFor: 3600 } as const;
    for (const [digit, minute] of [
      ['1', 0],
      ['2', 10],
      ['2', 10],
      ['3', 20],
    ] as const) {
      await book.record({ ...counted, orderId: order(digit), placedAt: at(minute) });
    }
    expect(await book.countSince('card', 'x', at(0), 10)).toBe(3);
    expect(await book.countSince('card', 'x', at(5), 10)).toBe(2);
    expect(await book.countSince('card', 'x', at(0), 2)).toBe(2);
    expect(await book.countSince('card', 'y', at(0), 10)).toBe(0);
    expect(await book.countSince('customer', 'x', at(0), 10)).toBe(0);
  });
});

test('whether to screen is asked every 30 s: without a rule or an entry nobody does', async () => {
  const book = dynamo();
  await book.putRules({ rules: [], thresholds: { review: 50 } }, at(1));
  for (const { id } of (await book.entries({ limit: 50 })).items) await book.deleteEntry(id);
  let now = 0;
  const wanted = rememberedWish(stores.client, 'orders', () => now);
  expect(await wanted.isWanted()).toBe(false);
  await book.putRules({ rules, thresholds: { review: 50 } }, at(2));
  now = 29_999;
  expect(await wanted.isWanted()).toBe(false);
  now = 30_000;
  expect(await wanted.isWanted()).toBe(true);
  await book.putRules({ rules: [], thresholds: { review: 50 } }, at(3));
  await book.putEntry(entry('ip', 'e'));
  now = 60_000;
  expect(await wanted.isWanted()).toBe(true);
  await book.deleteEntry(entry('ip', 'e').id);
  now = 90_000;
  expect(await wanted.isWanted()).toBe(false);
});
