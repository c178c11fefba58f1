import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FraudProvider, FraudUnavailable, type ScoreRequest } from '../../../shared/ports/fraud.ts';
import { facts } from '../../unit/domain/fraud/facts-for-tests.ts';

/** A judge, and customers of whom it thinks this way. */
export interface JudgeUnderTest {
  provider: FraudProvider;
  good(): ScoreRequest;
  odd(): ScoreRequest;
  known(): ScoreRequest;
  /** With a score, and nothing else. */
  scored(score: number): ScoreRequest;
  /** Twice without an answer, then good. */
  away(): ScoreRequest;
  stop(): Promise<void>;
}

export const request = (domain = 'example.com', more: Partial<ScoreRequest> = {}): ScoreRequest => ({
  ...facts,
  email: { md5: '5d41402abc4b2a76b9719d911017c592', domain },
  key: `${facts.orderId}:screen`,
  thresholds: { review: 50, refuse: 90 },
  ...more,
});

export function keepsTheContract(start: () => Promise<JudgeUnderTest>): void {
  let one: JudgeUnderTest;
  beforeEach(async () => {
    one = await start();
  });
  afterEach(() => one.stop());

  test('a good order is accepted, and has nothing to be explained', async () => {
    const screening = await one.provider.score(one.good());
    expect(screening).toMatchObject({ decision: 'accept', reasons: [] });
    expect(screening.score).toBeLessThan(50);
  });

  test('asked again by the same key, it says the same', async () => {
    for (const asked of [one.good(), one.odd(), one.known()]) {
      expect(await one.provider.score(asked)).toEqual(await one.provider.score(asked));
    }
  });

  test('review and refusal are values, with a reason for people and a code that names the provider', async () => {
    for (const [asked, decision] of [
      [one.odd(), 'review'],
      [one.known(), 'refuse'],
    ] as const) {
      const screening = await one.provider.score(asked);
      expect(screening.decision).toBe(decision);
      expect(screening.reasons[0]?.code).toMatch(new RegExp(`^${one.provider.name}:`));
      expect(screening.reasons[0]?.words).not.toBe('');
    }
  });

  test.each([
    [49, 'accept'],
    [50, 'review'],
    [89, 'review'],
    [90, 'refuse'],
  ])('a score of %d alone is decided by the shop`s thresholds: %s', async (score, decision) => {
    expect(await one.provider.score(one.scored(score))).toMatchObject({ decision, score });
  });

  test('no answer is thrown, never taken for one; when it is back, the same question is answered', async () => {
    const asked = one.away();
    await expect(one.provider.score(asked)).rejects.toBeInstanceOf(FraudUnavailable);
    await expect(one.provider.score(asked)).rejects.toBeInstanceOf(FraudUnavailable);
    expect(await one.provider.score(asked)).toMatchObject({ decision: 'accept' });
  });
}
