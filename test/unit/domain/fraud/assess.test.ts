import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assess, countedBy, type Known } from '../../../../shared/domain/fraud/assess.ts';
import type { FraudFacts } from '../../../../shared/domain/fraud/facts.ts';
import { type ListEntry, listEntryId } from '../../../../shared/domain/fraud/list-entry.ts';
import { FraudRule, FraudThresholds } from '../../../../shared/domain/fraud/rules.ts';
import { facts, nothingKnown } from './facts-for-tests.ts';

const rule = (one: object) => FraudRule.parse({ id: 'one', points: 60, ...one });
const judged = (
  rules: object[],
  changed: Partial<FraudFacts> = {},
  known: Partial<Known> = {},
  thresholds: object = {},
) =>
  assess(
    { ...facts, ...changed },
    { rules: rules.map(rule), thresholds: FraudThresholds.parse(thresholds) },
    { ...nothingKnown, ...known },
  );
const listed = (kind: ListEntry['kind'], effect: ListEntry['effect']): ListEntry => ({
  id: listEntryId(kind, '0123456789abcdef'.repeat(2)),
  kind,
  effect,
  createdAt: facts.placedAt,
  createdBy: 'key',
});
const eur = (amount: number) => [{ currency: 'EUR', amount }];

describe('each rule fits what it says and nothing else', () => {
  const abroad = { billing: { country: 'FR' }, addressesMatch: false };
  test.each<[name: string, rule: object, fits: Partial<FraudFacts>, known?: Partial<Known>]>([
    [
      'the fourth order of an hour',
      { type: 'velocity', of: 'customer', window: 3600, above: 3 },
      {},
      { count: () => 4 },
    ],
    ['another country', { type: 'addressMismatch', of: 'country' }, abroad],
    ['another address', { type: 'addressMismatch', of: 'address' }, { addressesMatch: false }],
    ['more than the limit', { type: 'amountAbove', limits: eur(100_00) }, { amount: 100_01 }],
    ['a large first order', { type: 'firstOrderAbove', limits: eur(50_00) }, {}, { isFirstOrder: true }],
    ['many units', { type: 'unitsAbove', units: 2 }, { items: 3 }],
    ['a risky country', { type: 'highRiskCountry', countries: ['KP'] }, { shipping: { country: 'KP' } }],
    ['a foreign card', { type: 'foreign', of: 'card' }, { payment: { method: 'card', card: { country: 'US' } } }],
    ['a foreign caller', { type: 'foreign', of: 'ip' }, { ip: { country: 'US' } }],
    [
      'a wrong security code',
      { type: 'cardCheckFailed', of: 'cvc' },
      { payment: { method: 'card', card: { cvcCheck: 'fail' } } },
    ],
  ])('%s', (_, given, fits, known = {}) => {
    expect(judged([given])).toEqual({ decision: 'accept', score: 0, reasons: [] });
    expect(judged([given], fits, known)).toMatchObject({
      decision: 'review',
      score: 60,
      reasons: [{ code: 'rule:one' }],
    });
    expect(judged([{ ...given, channels: ['elsewhere'] }], fits, known).decision).toBe('accept');
  });

  test('what is unknown fits no rule', () => {
    const { billing: _, addressesMatch: __, email: ___, ...bare } = facts;
    const all = [
      { type: 'addressMismatch', of: 'country' },
      { type: 'addressMismatch', of: 'address' },
      { type: 'foreign', of: 'card' },
      { type: 'foreign', of: 'ip' },
      { type: 'cardCheckFailed', of: 'address' },
    ].map((one, index) => rule({ ...one, id: `r${index}` }));
    const thresholds = { review: 1 };
    const payment = { method: 'card' } as const;
    expect(assess({ ...bare, payment }, { rules: all, thresholds }, nothingKnown).decision).toBe('accept');
  });

  test('a limit of another currency is none: 100 yen are not 100 euros', () => {
    expect(judged([{ type: 'amountAbove', limits: [{ currency: 'JPY', amount: 1 }] }]).decision).toBe('accept');
  });
});

describe('points, thresholds, actions', () => {
  const two = [
    { id: 'a', type: 'unitsAbove', units: 1, points: 30 },
    { id: 'b', type: 'amountAbove', limits: eur(1), points: 30 },
  ];
  test('points add up to the threshold, up to 100', () => {
    expect(judged(two, {}, {}, { review: 61 })).toMatchObject({ decision: 'accept', score: 60 });
    expect(judged(two, {}, {}, { review: 60 })).toMatchObject({ decision: 'review', score: 60 });
    expect(judged(two, {}, {}, { review: 50, refuse: 60 })).toMatchObject({ decision: 'refuse', score: 60 });
    expect(judged([...two, { ...two[0], id: 'c', points: 90 }]).score).toBe(100);
  });
  test('an action decides whatever the points', () => {
    expect(judged([{ ...two[0], points: 0, action: 'review' }])).toMatchObject({ decision: 'review', score: 0 });
    expect(judged([{ ...two[0], points: 0, action: 'refuse' }])).toMatchObject({ decision: 'refuse', score: 100 });
  });
});

describe('lists', () => {
  test.each<[ListEntry[], string]>([
    [[listed('emailDomain', 'refuse')], 'refuse'],
    [[listed('address', 'review')], 'review'],
    [[listed('emailDomain', 'refuse'), listed('email', 'allow')], 'accept'],
    [[listed('email', 'refuse'), listed('address', 'allow')], 'refuse'],
    [[listed('email', 'refuse'), listed('customer', 'allow')], 'refuse'],
    [[listed('ip', 'refuse'), listed('phone', 'review')], 'review'],
  ])('%#: %s', (entries, decision) => {
    expect(judged([], {}, { listed: entries }).decision).toBe(decision);
  });
  test('who is allowed is asked nothing else', () => {
    const refusing = [{ type: 'unitsAbove', units: 1, action: 'refuse' }];
    expect(judged(refusing, {}, { listed: [listed('customer', 'allow')] })).toMatchObject({
      decision: 'accept',
      score: 0,
      reasons: [{ code: 'allowlisted' }],
    });
  });
});

test('more that speaks against an order never makes the decision milder', () => {
  const grave = ['accept', 'review', 'refuse'];
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          points: fc.integer({ min: 0, max: 100 }),
          action: fc.constantFrom(undefined, 'review', 'refuse'),
          fits: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      fc.integer({ min: 1, max: 100 }),
      (made, review) => {
        const rules = made.map(({ fits, ...one }, index) => ({
          ...one,
          id: `r${index}`,
          type: 'unitsAbove',
          units: fits ? 1 : 1000,
        }));
        const all = judged(rules, {}, {}, { review });
        const fewer = judged(rules.slice(1), {}, {}, { review });
        expect(grave.indexOf(all.decision)).toBeGreaterThanOrEqual(grave.indexOf(fewer.decision));
        expect(all.score).toBeGreaterThanOrEqual(Math.min(fewer.score, 100));
        expect(all.score).toBeLessThanOrEqual(100);
      },
    ),
  );
});

test('only what rules count by is counted, for the longest window', () => {
  const rules = [
    { id: 'a', type: 'velocity', of: 'card', window: 60, above: 1 },
    { id: 'b', type: 'velocity', of: 'card', window: 3600, above: 9 },
    { id: 'c', type: 'unitsAbove', units: 1 },
  ].map(rule);
  expect([...countedBy(rules)]).toEqual([['card', 3600]]);
});
