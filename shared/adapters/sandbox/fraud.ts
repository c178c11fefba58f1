import { decisionBy } from '../../domain/fraud/screening.ts';
import { type FraudProvider, FraudUnavailable } from '../../ports/fraud.ts';
import type { SandboxBook } from './book.ts';

/** The counter of scripted outages: each question takes one and fails, until none is left. */
export const fraudFault = 'FAULT#fraud';

/**
 * A judge that needs nobody: deterministic, scripted by the domain of the customer's e-mail address.
 *
 * | domain | what happens |
 * |---|---|
 * | `fraud-review.example` | score 70, review |
 * | `fraud-refuse.example` | score 99, refuse |
 * | `fraud-score-<n>.example` | score n, decided by the shop's thresholds |
 * | `fraud-flaky.example` | each order's first two questions fail, then score 5 |
 * | `fraud-down.example` | never answers |
 * | anything else | score 5, accepted |
 */
export function sandboxFraud(book: SandboxBook): FraudProvider {
  return {
    name: 'sandbox',
    async score({ key, email, thresholds }) {
      const [, manner = 'ok'] = /^fraud-(.+)\.example$/.exec(email?.domain ?? '') ?? [];
      if (manner === 'down') throw new FraudUnavailable('no answer within 5 s');
      if (manner === 'flaky' && (await book.count(`CALLS#${key}`)) <= 2) throw new FraudUnavailable('503');
      if (await book.take(fraudFault)) throw new FraudUnavailable('503');
      if (manner === 'review') return { decision: 'review', score: 70, reasons: [reason('looks_odd')] };
      if (manner === 'refuse') return { decision: 'refuse', score: 99, reasons: [reason('known_fraud')] };
      const [, asked] = /^score-(\d{1,2}|100)$/.exec(manner) ?? [];
      const score = asked === undefined ? 5 : Number(asked);
      const decision = decisionBy(score, thresholds);
      return { decision, score, reasons: decision === 'accept' ? [] : [reason('score')] };
    },
  };
}

const words = {
  looks_odd: 'The sandbox finds the order odd.',
  known_fraud: 'The sandbox knows the customer.',
  score: 'The score reaches the threshold.',
} as const;

const reason = (code: keyof typeof words) => ({ code: `sandbox:${code}`, words: words[code] });
