import { decideRoute } from './decide-route.ts';
import type { Shadow } from './decision.ts';
import type { RoutingInput } from './input.ts';
import { type PolicyName, policyWeights } from './policies.ts';

/** What other policies would have done with the same input. Their KPIs are unweighted, so that policies compare; nothing is decided. */
export function runShadow(input: RoutingInput, policies: readonly PolicyName[]): Shadow[] {
  return policies.map((policy) => {
    const { outcome, chosen } = decideRoute(withPolicy(input, policy), { hash: () => '' });
    return { policy, outcome, locations: chosen?.locations ?? [], ...(chosen && { kpis: chosen.kpis }) };
  });
}

/** The same question under a ready-made policy; rules keep their scope but not weights of their own. */
export function withPolicy(input: RoutingInput, name: PolicyName): RoutingInput {
  return {
    ...input,
    policy: { ...input.policy, name, weights: policyWeights[name] },
    rules: input.rules.map(({ weights: _own, ...rule }) => rule),
  };
}
