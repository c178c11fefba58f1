import type { FraudFacts } from '../domain/fraud/facts.ts';
import type { FraudThresholds } from '../domain/fraud/rules.ts';
import type { Screening } from '../domain/fraud/screening.ts';

/** The provider could not be reached, did not answer in time or answered with an error: nothing is known of the order. Ask again. */
export class FraudUnavailable extends Error {
  override readonly name = 'FraudUnavailable';
}

/** `key` is the same for every attempt at the same order. */
export interface ScoreRequest extends FraudFacts {
  key: string;
  /** The shop's: they decide where the provider says a score and nothing else. */
  thresholds: FraudThresholds;
}

/** Whoever judges orders. Every judgment is a value; outages are thrown. The contract tests run against each adapter. */
export interface FraudProvider {
  /** Stands in events: `sandbox`, `minfraud`. */
  readonly name: string;
  /** @throws FraudUnavailable */
  score(request: ScoreRequest): Promise<Screening>;
}
