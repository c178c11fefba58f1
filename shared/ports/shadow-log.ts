import type { PolicyTotals } from '../domain/routing/shadow-totals.ts';

/** How policies that only look on compare with the one that decides. */
export interface ShadowLog {
  /** Totals of a storefront by day of the decision (UTC) and policy, for the days asked for that have any. */
  totals(storefront: string, days: readonly string[]): Promise<{ day: string; policies: PolicyTotals[] }[]>;
}
