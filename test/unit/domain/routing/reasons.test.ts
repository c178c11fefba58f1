import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRoute } from '../../../../shared/domain/routing/decide-route.ts';
import { reasonCodes } from '../../../../shared/domain/routing/decision.ts';
import { explain } from '../../../../shared/domain/routing/explain.ts';
import { eur } from './network.ts';
import { randomQuestion } from './random-questions.ts';
import { bundleCodes, bundlesOf, siteCodes, stockFor, whyOut } from './reasons-oracle.ts';

const runs = process.env.BATUTA_TEST_LONG ? 2000 : 300;

describe('why a site is out', () => {
  test(`${runs} random questions: a site is out exactly when it cannot serve anything, and each true reason is told, no other`, () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(randomQuestion, (input) => {
        const { candidates, ...rest } = decideRoute(input);
        const told = new Map(
          explain({ ...rest, candidates }, eur).excluded.map(({ locationId, ...words }) => [locationId, words]),
        );
        for (const site of input.sites) {
          const candidate = candidates.find(({ locations }) => locations[0] === site.locationId);
          const expected = whyOut(site, input);
          expect(candidate?.excludedBy !== undefined).toBe(expected !== undefined);
          expect(told.has(site.locationId)).toBe(expected !== undefined);
          if (!expected || !candidate?.excludedBy) continue;
          met.set(candidate.excludedBy, (met.get(candidate.excludedBy) ?? 0) + 1);

          const ofSite = siteCodes(site, input);
          const deciding = ofSite.size > 0 ? ofSite : expected;
          expect(candidate.excludedBy).toBe(reasonCodes.find((code) => deciding.has(code)));
          const codes = new Set<string>(candidate.reasons.map(({ code }) => code));
          for (const code of expected) expect(codes).toContain(code);
          for (const code of codes) if (!expected.has(code)) expect(lacksAll(input, site, code)).toBe(true);
          // In words, the very same codes.
          const { reasons } = told.get(site.locationId)!;
          expect(new Set(reasons.map((text) => text.split(':')[0]))).toEqual(codes);
          for (const { code, sku, available, safetyStock } of candidate.reasons) {
            if (code !== 'NO_STOCK' && code !== 'SAFETY_STOCK') continue;
            const stock = site.stock.find((one) => one.sku === sku);
            expect(available).toBe(stock?.available ?? 0);
            const kept = input.rules[0]!.locationFilter.safetyStock === 'keep' ? (stock?.safetyStock ?? 0) : 0;
            expect(safetyStock).toBe(kept);
          }
        }
      }),
      { numRuns: runs, seed: 11 },
    );
    console.info(`routing: reasons met in ${runs} questions: ${JSON.stringify(Object.fromEntries(met))}`);
    for (const code of reasonCodes) expect(met.get(code) ?? 0, code).toBeGreaterThan(0);
  }, 600_000);
});

/** The site has some of what the lines ask for, but not all: told of a site that is out for a reason of its own. */
function lacksAll(
  input: Parameters<typeof siteCodes>[1],
  site: Parameters<typeof siteCodes>[0],
  code: string,
): boolean {
  if (code === 'NO_CAPACITY') return true;
  if (code !== 'NO_STOCK' && code !== 'SAFETY_STOCK') return false;
  const wanted = stockFor(input.needs, ({ quantity }) => quantity);
  const short = [...wanted].some(([name, units]) => {
    const { available = 0, safetyStock = 0 } = site.stock.find(({ sku }) => sku === name) ?? {};
    return available - safetyStock < units;
  });
  return short && bundlesOf(input.needs).some((bundle) => !bundleCodes(site, bundle, input).has(code));
}
