import { describe, expect, test } from 'vitest';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { fraudFault, sandboxFraud } from '../../../shared/adapters/sandbox/fraud.ts';
import { FraudUnavailable } from '../../../shared/ports/fraud.ts';
import { keepsTheContract, request } from './contract.ts';

describe('the sandbox keeps the contract of judges', () => {
  keepsTheContract(async () => ({
    provider: sandboxFraud(memorySandboxBook()),
    good: () => request(),
    odd: () => request('fraud-review.example'),
    known: () => request('fraud-refuse.example'),
    scored: (score) => request(`fraud-score-${score}.example`),
    away: () => request('fraud-flaky.example'),
    stop: async () => {},
  }));
});

test('an outage is scripted by a counter, or for good by the domain', async () => {
  const book = memorySandboxBook();
  book.counters.set(fraudFault, 1);
  const judge = sandboxFraud(book);
  await expect(judge.score(request())).rejects.toBeInstanceOf(FraudUnavailable);
  expect((await judge.score(request())).decision).toBe('accept');
  for (const _ of [1, 2, 3]) {
    await expect(judge.score(request('fraud-down.example'))).rejects.toBeInstanceOf(FraudUnavailable);
  }
});
