import * as z from 'zod';

/** `review`: a person decides. `refuse`: the order ends and the money goes back. */
export const FraudDecision = z.enum(['accept', 'review', 'refuse']);
export type FraudDecision = z.infer<typeof FraudDecision>;

/** Shown on the order; the words people know from shops. */
export const RiskLevel = z.enum(['LOW', 'MEDIUM', 'HIGH']);
export type RiskLevel = z.infer<typeof RiskLevel>;

/** Why. `code` is stable; `words` is for the person who reviews, and names no person. */
export const FraudReason = z.object({ code: z.string(), words: z.string() });
export type FraudReason = z.infer<typeof FraudReason>;

/** @property score 0 (nothing speaks against the order) to 100 */
export const Screening = z.object({
  decision: FraudDecision,
  score: z.int().min(0).max(100),
  reasons: z.array(FraudReason),
});
export type Screening = z.infer<typeof Screening>;

/** What a score alone comes to. Thresholds: from these scores on. */
export const decisionBy = (
  score: number,
  thresholds: { review: number; refuse?: number | undefined },
): FraudDecision => {
  if (thresholds.refuse !== undefined && score >= thresholds.refuse) return 'refuse';
  return score >= thresholds.review ? 'review' : 'accept';
};

/** The hold of an order that waits for a person's judgment. Released: approved. */
export const reviewHold = 'fraud:screening';

const levels = { accept: 'LOW', review: 'MEDIUM', refuse: 'HIGH' } as const satisfies Record<FraudDecision, RiskLevel>;

export const levelOf = ({ decision }: Pick<Screening, 'decision'>): RiskLevel => levels[decision];

const gravity = (decision: FraudDecision): number => FraudDecision.options.indexOf(decision);

/** The graver decision and the higher score of two who looked at the same order, and the reasons of both. */
export const graver = (one: Screening, other: Screening): Screening => ({
  decision: gravity(one.decision) >= gravity(other.decision) ? one.decision : other.decision,
  score: Math.max(one.score, other.score),
  reasons: [...one.reasons, ...other.reasons],
});
