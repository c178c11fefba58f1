import * as z from 'zod';
import { FraudDecision, RiskLevel } from './screening.ts';

const Instant = z.iso.datetime();

/** What screening made of an order, and what a person made of that. */
export const Risk = z.object({
  level: RiskLevel,
  decision: FraudDecision,
  score: z.int().min(0).max(100),
  /** Codes. */
  reasons: z.array(z.string()),
  /** `rules`, or who was asked besides. */
  provider: z.string(),
  screenedAt: Instant,
  /** Of an order that was held: who let it go on, or ended it. */
  review: z.object({ outcome: z.enum(['APPROVED', 'REJECTED']), by: z.string(), at: Instant }).optional(),
});
export type Risk = z.infer<typeof Risk>;
