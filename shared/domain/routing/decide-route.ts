import { applyRule, type RuleResult } from './apply-rule.ts';
import type { Outcome, RoutingDecision } from './decision.ts';
import type { OnFail, RoutingInput } from './input.ts';
import { inputHash } from './input-hash.ts';
import { itemsOf } from './items.ts';
import { matchesOrder } from './order-filter.ts';
import type { PolicyName } from './policies.ts';
import { runShadow } from './shadow.ts';

export interface DecideOptions {
  /** Other policies to run on the same input, for their KPIs only. */
  shadow?: readonly PolicyName[];
  hash?: (input: RoutingInput) => string;
}

/**
 * Decides which sites serve what an order needs. Pure: the same input gives the same decision, on any machine, today and in a replay.
 *
 * The rules say who may serve, in turn; the score says who of them serves best. The first rule whose sites cover everything decides. A rule that
 * cannot cover everything offers the most units it can, if it allows partial plans, and the next one is asked if its `onFail` says so. When that
 * ends, the offer with the most units wins, the earlier rule of equals; what becomes of the rest says the last rule that was asked (`nextRule` with no rule left
 * is `backorder`).
 */
export function decideRoute(
  input: RoutingInput,
  { shadow = [], hash = inputHash }: DecideOptions = {},
): RoutingDecision {
  const items = itemsOf(input.needs);
  const trail: RoutingDecision['trail'] = [];
  let offered: RuleResult | undefined;
  let last: RuleResult | undefined;
  let truncated = false;
  let evaluations = 0;
  for (const rule of input.rules) {
    if (!matchesOrder(rule.orderFilter, input)) {
      trail.push({ rule: rule.name, result: 'not_for_this_order', sites: 0 });
      continue;
    }
    const result = applyRule(input, rule, items);
    last = result;
    truncated ||= result.truncated;
    evaluations += result.evaluations;
    const sites = result.candidates.filter(({ excludedBy }) => excludedBy === undefined).length;
    trail.push({ rule: rule.name, result: result.result, sites });
    if (served(result) > served(offered)) offered = result;
    if (result.result === 'covered' || rule.onFail !== 'nextRule') break;
  }
  const decided = offered ?? last;
  const short = decided?.chosen
    ? decided.chosen.short
    : input.needs.map(({ lineId, quantity }) => ({ lineId, quantity }));
  return {
    policy: input.policy.name,
    policyVersion: input.policy.version,
    inputHash: hash(input),
    ...outcomeOf(last?.rule.onFail ?? 'backorder', decided?.chosen !== undefined, short.length > 0),
    rule: decided?.rule.name ?? null,
    ...(input.cascade && { cascade: input.cascade }),
    trail,
    candidates: decided?.candidates ?? [],
    chosen: decided?.chosen ?? null,
    runnerUp: decided?.runnerUp ?? null,
    short,
    truncated,
    evaluations,
    shadow: runShadow(input, shadow),
  };
}

const served = (result: RuleResult | undefined): number => result?.chosen?.kpis.unitsServed ?? 0;

function outcomeOf(
  onFail: OnFail,
  chosen: boolean,
  short: boolean,
): Pick<RoutingDecision, 'outcome' | 'onShort' | 'cancelAfterDays'> {
  if (!short) return { outcome: 'routed' };
  const days = typeof onFail === 'object' ? { cancelAfterDays: onFail.cancelAfterDays } : {};
  const onShort: Exclude<Outcome, 'routed' | 'partial'> =
    typeof onFail === 'object' ? 'cancel_after' : onFail === 'queue' ? 'queue' : 'backorder';
  return { outcome: chosen ? 'partial' : onShort, onShort, ...days };
}
