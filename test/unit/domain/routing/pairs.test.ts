import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../../shared/domain/routing/filters.ts';
import type { RoutingInput } from '../../../../shared/domain/routing/input.ts';
import { itemsOf, placesOf } from '../../../../shared/domain/routing/items.ts';
import { Pairs } from '../../../../shared/domain/routing/pairs.ts';
import { Path } from '../../../../shared/domain/routing/path.ts';
import { Pool } from '../../../../shared/domain/routing/pool.ts';
import { problemOf } from '../../../../shared/domain/routing/problem.ts';
import { type Table, tableOf } from '../../../../shared/domain/routing/table.ts';
import { need, question, rule, site } from './network.ts';

const runs = process.env.BATUTA_TEST_LONG ? 5000 : 200;

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Up to 40 sites, so that their bits fill more than one word, with little of each SKU. */
const randomQuestion = fc
  .record({
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 4 }), splittable: fc.boolean() }), {
      minLength: 3,
      maxLength: names.length,
    }),
    shelves: fc.array(fc.array(fc.integer({ min: -2, max: 4 }), { minLength: 6, maxLength: 6 }), {
      minLength: 3,
      maxLength: 40,
    }),
  })
  .map(({ lines, shelves }) =>
    question(
      lines.map(({ quantity, splittable }, n) => need(n + 1, names[n]!, quantity, { splittable })),
      shelves.map((units, n) =>
        site(`s${n}`, Object.fromEntries(names.map((name, place) => [name, Math.max(0, units[place]!)]))),
      ),
      { rules: [rule({ locationFilter: { meetPromise: false } })] },
    ),
  );

function tableOfQuestion(input: RoutingInput): Table {
  const [rule] = input.rules;
  const items = itemsOf(input.needs);
  const judged = input.sites.map((site) => judge(site, items, placesOf(items), rule!.locationFilter, input));
  return tableOf(problemOf(input, rule!, items, judged, input.policy.weights));
}

/** Units that the sources leave short together, counted one by one. */
const shortWith = ({ caps, counts, units, items }: Table, sources: readonly number[]) =>
  Array.from({ length: items }, (_, i) => {
    const had = sources.reduce((sum, source) => sum + caps[source * items + i]!, 0);
    return Math.max(0, counts[i]! - had) * units[i]!;
  }).reduce((sum, short) => sum + short, 0);

test(`${runs} random questions: a pair that leaves no more short than it may is found, and once`, () => {
  let found = 0;
  let ruledOut = 0;
  fc.assert(
    fc.property(
      randomQuestion,
      fc.nat(),
      fc.boolean(),
      fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: 12 })),
      (input, pick, goesOn, spared) => {
        const table = tableOfQuestion(input);
        const { sources, site } = table;
        if (sources < 3) return;
        const path = new Path(table, 3);
        const first = pick % sources;
        if (goesOn) path.enter(first);
        const entered = goesOn ? [first] : [];
        const pool = new Pool(sources).fill();
        if (goesOn) pool.becomeWithoutSite(pool, site, site[first]!);

        const pairs = new Pairs(table, sources * sources);
        if (!pairs.find(path, pool, spared)) return;
        const listed = new Set<string>();
        for (let n = 0; n < pairs.length; n++) {
          const [a, b] = [pairs.first[n]!, pairs.second[n]!];
          listed.add(a < b ? `${a} ${b}` : `${b} ${a}`);
        }
        expect(listed.size).toBe(pairs.length);
        for (const [k, a] of pool.at.subarray(0, pool.length).entries()) {
          for (const b of pool.at.subarray(k + 1, pool.length)) {
            if (site[a] === site[b]) continue;
            const isListed = listed.has(`${a} ${b}`);
            if (shortWith(table, [...entered, a, b]) <= spared) expect(isListed, `${a} ${b}`).toBe(true);
            if (isListed) found += 1;
            else ruledOut += 1;
          }
        }
      },
    ),
    { seed: 20260117, numRuns: runs },
  );
  expect(found).toBeGreaterThan(runs);
  expect(ruledOut).toBeGreaterThan(runs);
});

test('more pairs than there is room for are not found at all', () => {
  const sites = ['s1', 's2', 's3'].map((id) => site(id, { a: 1 }));
  const table = tableOfQuestion(question([need(1, 'a', 2)], sites));
  const find = (room: number) => new Pairs(table, room).find(new Path(table, 2), new Pool(3).fill(), 0);
  expect([find(3), find(2)]).toEqual([true, false]);
});
