import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Comparison, isKnown, type Mismatch } from './differential-comparison.ts';
import { requestOf, SCHEMAS } from './differential-requests.ts';
import { type Request, type Sides, startBoth } from './differential-world.ts';
import { knownDifferences } from './known-differences.ts';

const long = process.env.BATUTA_TEST_LONG === '1';
const RUNS = long ? 250 : 25;
const REQUESTS = 40;

let sides: Sides;
let tables = 0;

beforeAll(async () => {
  sides = await startBoth();
});

afterAll(() => sides.stop());

const everything = ['', 'all', 'keys', 'some'].map(
  (IndexName): Request => ({ operation: 'Scan', input: IndexName ? { IndexName } : {} }),
);

const sequence = fc.constantFrom(...SCHEMAS).chain((schema) =>
  fc.record({
    schema: fc.constant(schema),
    requests: fc.array(requestOf(schema), { minLength: 5, maxLength: REQUESTS, size: 'max' }),
  }),
);

test('random sequences of requests are answered as dynalite answers them, wrong ones included', {
  timeout: 3_600_000,
}, async () => {
  let compared = 0;
  let known = 0;
  await fc.assert(
    fc.asyncProperty(sequence, async ({ schema, requests }) => {
      tables += 1;
      const comparison = new Comparison(sides, `Run-${tables}`);
      await comparison.create(schema);
      try {
        for (const request of [...requests, ...everything]) {
          const mismatch = await comparison.run(request);
          compared += 1;
          if (!mismatch) continue;
          expect(isKnown(mismatch) || shown(mismatch)).toBe(true);
          known += 1;
          // From here on they may hold other items.
          if (changesItems(request) && !mismatch.ours.error !== !mismatch.theirs.error) break;
        }
      } finally {
        await comparison.drop();
      }
    }),
    { seed: long ? 20260105 : 7, numRuns: RUNS, endOnFailure: !long },
  );
  if (long)
    console.log(
      `${compared} requests compared with dynalite, ${known} of them answered in a way that is known to differ`,
    );
});

test.each(knownDifferences)('known difference: $name', async ({ example }) => {
  tables += 1;
  const comparison = new Comparison(sides, `Known-${tables}`);
  await comparison.create(SCHEMAS[0]!);
  const mismatches: (Mismatch | undefined)[] = [];
  for (const request of example) mismatches.push(await comparison.run(request));
  const last = mismatches.at(-1);
  expect(last, 'no difference any more: the entry can go').toBeDefined();
  await comparison.drop();
});

function changesItems({ operation }: Request): boolean {
  return !['GetItem', 'BatchGetItem', 'Query', 'Scan'].includes(operation);
}

function shown({ request, ours, theirs }: Mismatch): string {
  return JSON.stringify({ request, ours, theirs }, undefined, 1);
}
