import type { Kpis, RoutingDecision } from './decision.ts';
import type { RoutingInput } from './input.ts';

/** What one policy comes to over decisions that several policies were asked about. */
export interface PolicyTotals {
  policy: string;
  decisions: number;
  /** Of those: where it was the policy that decided; in the others it only looked on. */
  decided: number;
  unitsServed: number;
  unitsShort: number;
  parcels: number;
  /** Decisions of more than one parcel. */
  splits: number;
  /** Decisions whose last parcel comes after the promise, and by how many hours. */
  late: number;
  lateHours: number;
  /** Freight, pick, pack and duty by currency, in minor units. */
  cost: Record<string, number>;
}

/** What a decision adds to the totals of each policy that was asked. Empty without shadow policies: then there is nothing to compare. */
export function addedBy(decision: RoutingDecision, input: RoutingInput): PolicyTotals[] {
  if (decision.shadow.length === 0) return [];
  const wanted = input.needs.reduce((sum, { quantity }) => sum + quantity, 0);
  const others = decision.shadow.filter(({ policy }) => policy !== decision.policy);
  return [
    one(decision.policy, decision.chosen?.kpis, { decided: 1, wanted, currency: input.currency }),
    ...others.map(({ policy, kpis }) => one(policy, kpis, { decided: 0, wanted, currency: input.currency })),
  ];
}

function one(
  policy: string,
  kpis: Kpis | undefined,
  of: { decided: 0 | 1; wanted: number; currency: string },
): PolicyTotals {
  const unitsServed = kpis?.unitsServed ?? 0;
  return {
    policy,
    decisions: 1,
    decided: of.decided,
    unitsServed,
    unitsShort: of.wanted - unitsServed,
    parcels: kpis?.parcels ?? 0,
    splits: (kpis?.parcels ?? 0) > 1 ? 1 : 0,
    late: (kpis?.lateHours ?? 0) > 0 ? 1 : 0,
    lateHours: Math.round((kpis?.lateHours ?? 0) * 1000) / 1000,
    cost: { [of.currency]: kpis?.cost ?? 0 },
  };
}
