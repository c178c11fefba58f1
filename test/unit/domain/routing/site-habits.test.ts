import { describe, expect, test } from 'vitest';
import { decideRoute } from '../../../../shared/domain/routing/decide-route.ts';
import { explain } from '../../../../shared/domain/routing/explain.ts';
import type { Weights } from '../../../../shared/domain/routing/policies.ts';
import { eur, need, policy, question, rule, site, sku } from './network.ts';

/** Two sites alike, but for the id: what differs decides, and of equals the first wins. */
const asked = (weights: Partial<Weights>, first: Parameters<typeof site>[2], second: Parameters<typeof site>[2] = {}) =>
  question([need(1, 'tea', 2)], [site('a', { tea: 10 }, first), site('b', { tea: 10 }, second)], {
    rules: [rule({ weights: { ...policy('cheapest').weights, ...weights } })],
  });
const winner = (...args: Parameters<typeof asked>) => decideRoute(asked(...args)).chosen?.locations.join();
const lasting = (coverDays: number) => ({ stock: [{ sku: sku('tea'), available: 10, safetyStock: 0, coverDays }] });

describe('what a site gives back', () => {
  test('the site that rejects more loses under the weight, and what it costs is told in money', () => {
    const input = asked({ reject: 1 }, { rejectRate: 0.2 }, { rejectRate: 0.1 });
    const decision = decideRoute(input);
    expect(decision.chosen?.locations).toEqual(['b']);
    const { comparison } = explain(decision, eur);
    expect(comparison?.terms).toEqual([{ term: 'reject', chosen: 40, runnerUp: 80, difference: 40 }]);
    expect(comparison?.text).toContain('reject +0.40');
  });

  test('it costs nothing at weight 0', () => {
    expect(winner({ reject: 0 }, { rejectRate: 1 })).toBe('a');
  });

  test('it is weighed against other money: a parcel that is dearer by more than the risk does not win', () => {
    const dear = { packCost: 131 };
    expect(winner({ reject: 1 }, { rejectRate: 0.2 }, dear)).toBe('a');
    expect(winner({ reject: 1.1 }, { rejectRate: 0.2 }, dear)).toBe('b');
  });
});

describe('how long the stock of a site lasts', () => {
  test('the site that is left with less loses under the weight, and what it costs is told in money', () => {
    const decision = decideRoute(asked({ cover: 1 }, lasting(2), lasting(20)));
    expect(decision.chosen?.locations).toEqual(['b']);
    const { comparison } = explain(decision, eur);
    expect(comparison?.terms.map(({ term }) => term)).toEqual(['cover']);
    // 1 / (1 + 1.6) - 1 / (1 + 2), and 1 / (1 + 16) - 1 / (1 + 20), of 10.00.
    expect(comparison?.terms[0]).toMatchObject({ chosen: expect.closeTo(11.2, 1), runnerUp: expect.closeTo(51.28, 1) });
    expect(comparison?.text).toContain('cover +0.40');
  });

  test('it costs nothing at weight 0, nor where it is not known', () => {
    expect(winner({ cover: 0 }, lasting(0.1), lasting(100))).toBe('a');
    expect(winner({ cover: 1 }, {}, lasting(100))).toBe('a');
  });
});
