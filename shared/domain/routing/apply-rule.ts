import type { Candidate, Plan } from './decision.ts';
import { type Judged, judge } from './filters.ts';
import type { RoutingInput, Rule } from './input.ts';
import { type Item, placesOf } from './items.ts';
import { Largest } from './largest.ts';
import { Meter } from './meter.ts';
import { isCollected } from './offers.ts';
import { planOf, termsOf } from './plan.ts';
import type { Weights } from './policies.ts';
import { type Problem, problemOf } from './problem.ts';
import { search } from './search.ts';
import { singleSites } from './single-sites.ts';
import type { Found, TwoBest } from './two-best.ts';

export interface RuleResult {
  rule: Rule;
  result: 'covered' | 'partial' | 'failed';
  candidates: Candidate[];
  chosen?: Plan;
  runnerUp?: Plan;
  truncated: boolean;
  evaluations: number;
}

/** One rule's answer: its filters, then the search among the sites they leave. */
export function applyRule(input: RoutingInput, rule: Rule, items: readonly Item[]): RuleResult {
  const weights = rule.weights ?? input.policy.weights;
  const places = placesOf(items);
  const judged = inScope(input).map((site) => judge(site, items, places, rule.locationFilter, input));
  const problem = problemOf(input, rule, items, judged, weights);
  const meter = new Meter(input.budget);
  const { best, second } = findPlans(problem, rule.allowPartial, meter);
  const plan = (found: Found) => planOf(input, items, found, weights);
  return {
    rule,
    result: !best ? 'failed' : best.short === 0 ? 'covered' : 'partial',
    candidates: candidatesOf(input, items, judged, problem, weights),
    ...(best && { chosen: plan(best) }),
    ...(second && { runnerUp: plan(second) }),
    truncated: meter.truncated,
    evaluations: meter.used,
  };
}

/** Pick-up skips the search: the site is the one the customer chose. */
function inScope({ sites, delivery }: RoutingInput) {
  const sorted = sites.toSorted((a, b) => (a.locationId < b.locationId ? -1 : 1));
  return isCollected(delivery) ? sorted.filter(({ locationId }) => locationId === delivery.pickupLocationId) : sorted;
}

/**
 * Plans that serve everything; failing that and if the rule allows it, those that serve most. What no set of sites can have is taken out of the question first: when
 * all the rest can be served, that is most, and it is found with the sharper bounds of a full plan.
 */
function findPlans(problem: Problem, allowPartial: boolean, meter: Meter): TwoBest {
  const reachable = clipped(problem);
  const unreachable = unitsOf(problem) - unitsOf(reachable);
  if (unreachable > 0 && !allowPartial) return {};
  if (unitsOf(reachable) === 0) return {};
  const withUnreachable = (found?: Found) => found && { ...found, short: found.short + unreachable };
  const { best, second } = search(reachable, allowPartial, meter);
  const [first, next] = [withUnreachable(best), withUnreachable(second)];
  return { ...(first && { best: first }), ...(next && { second: next }) };
}

const unitsOf = ({ items }: Problem) => items.reduce((sum, { count, units }) => sum + count * units, 0);

/** The problem with no more portions of an item than its best `maxParcels` sites have together. */
function clipped(problem: Problem): Problem {
  const { sources, items, maxParcels } = problem;
  const reachable = items.map(({ count }, index) => {
    const most = new Largest(maxParcels, 0);
    let site = -1;
    for (const source of sources) {
      // The offers of a site have the same stock. One site that has everything will do.
      if (source.cap[index]! >= count) return count;
      if (source.site !== site) most.add(source.cap[index]!);
      site = source.site;
    }
    return Math.min(count, most.sum);
  });
  if (items.every(({ count }, index) => count === reachable[index])) return problem;
  return { ...problem, items: items.map((item, index): Item => ({ ...item, count: reachable[index]! })) };
}

function candidatesOf(
  input: RoutingInput,
  items: readonly Item[],
  judged: readonly Judged[],
  problem: Problem,
  weights: Weights,
): Candidate[] {
  const alone = singleSites(problem);
  const units = unitsOf(problem);
  return judged.map(({ site, reasons, out }, index): Candidate => {
    const [first] = reasons;
    const found = alone.get(index);
    const terms = found && termsOf(input, items, found, weights, input.policy.rates);
    const locations = [site.locationId];
    if (found && terms) return { locations, covers: units - found.short, reasons, terms, score: found.cost / 1000 };
    return out && first ? { locations, covers: 0, excludedBy: first.code, reasons } : { locations, covers: 0, reasons };
  });
}
