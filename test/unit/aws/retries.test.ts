import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Failed, Retries } from '../../../shared/aws/retries.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const failed = (what: Failed) => Object.assign(new Error(what.message), what);
const status = (httpStatusCode: number) => failed({ name: 'Any', $metadata: { httpStatusCode } });

/** How often it was tried, what came of it, and how long that took at most. */
async function tryAgain(retries: Retries, failures: Error[]) {
  let tried = 0;
  const started = Date.now();
  const outcome = retries
    .run(async () => {
      const failure = failures[tried++];
      if (failure) throw failure;
    })
    .then(
      () => 'done',
      (error: Error) => error.name,
    );
  await vi.runAllTimersAsync();
  return { tried, outcome: await outcome, milliseconds: Date.now() - started };
}

test.each([
  ['a server error', status(500)],
  ['a gateway', status(503)],
  ['too many requests', status(429)],
  ['throttling', failed({ name: 'ProvisionedThroughputExceededException', $metadata: { httpStatusCode: 400 } })],
  ['a transaction under way', failed({ name: 'TransactionInProgressException', $metadata: { httpStatusCode: 400 } })],
  ['a connection that broke', failed({ code: 'ECONNRESET' })],
  ['a name that is not found', failed({ code: 'EAI_AGAIN' })],
  ['a signature that came late', failed({ name: 'InvalidSignatureException', message: 'Signature expired: …' })],
])('tried again: %s', async (_, failure) => {
  expect(await tryAgain(new Retries(4), [failure, failure])).toMatchObject({ tried: 3, outcome: 'done' });
});

test.each([
  ['a condition that failed', failed({ name: 'ConditionalCheckFailedException', $metadata: { httpStatusCode: 400 } })],
  ['a wrong signature', failed({ name: 'InvalidSignatureException', message: 'does not match' })],
  ['an error of ours', new TypeError('x is not a function')],
])('not tried again: %s', async (_, failure) => {
  expect(await tryAgain(new Retries(4), [failure])).toMatchObject({ tried: 1, outcome: failure.name });
});

test('after the last attempt the failure is told; waits double, and throttling waits longer', async () => {
  const quick = await tryAgain(
    new Retries(4),
    Array.from({ length: 9 }, () => status(500)),
  );
  expect(quick).toMatchObject({ tried: 4, outcome: 'Any' });
  expect(quick.milliseconds).toBeLessThanOrEqual(50 + 100 + 200 + 3);
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  expect(
    (
      await tryAgain(
        new Retries(4),
        Array.from({ length: 9 }, () => status(429)),
      )
    ).milliseconds,
  ).toBe(7_000);
  expect(
    (
      await tryAgain(
        new Retries(12),
        Array.from({ length: 11 }, () => status(500)),
      )
    ).milliseconds,
  ).toBe(50 + 100 + 200 + 400 + 800 + 1_600 + 3_200 + 6_400 + 12_800 + 20_000 + 20_000);
  random.mockRestore();
});

test('a service that is down is soon asked once for each call; when it is back, retries come back too', async () => {
  const retries = new Retries(2);
  const down = async () => (await tryAgain(retries, [status(500), status(500)])).tried;
  const tried: number[] = [];
  for (let call = 0; call < 40; call++) tried.push(await down());
  // 500 tokens of 14 for each retry.
  expect(tried.filter((times) => times === 2)).toHaveLength(35);
  expect(tried.at(-1)).toBe(1);
  for (let call = 0; call < 4; call++) await tryAgain(retries, []);
  expect(await down()).toBe(2);
  expect(await down()).toBe(1);
});
