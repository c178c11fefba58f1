import type { LocationId, Sku } from '../ids.ts';
import { decideRoute } from './decide-route.ts';
import { type RoutingDecision, type TermName, termNames } from './decision.ts';
import type { RoutingInput } from './input.ts';
import type { PolicyName, Weights } from './policies.ts';
import { withPolicy } from './shadow.ts';

/** What should be different. Parts that are absent stay as they were. */
export interface Patch {
  closeSites?: readonly LocationId[];
  openSites?: readonly LocationId[];
  /** Taken out of the question, as if they did not exist. */
  excludeSites?: readonly LocationId[];
  /** All others are taken out. */
  onlySites?: readonly LocationId[];
  /** Units more (or, if negative, fewer) for sale at a site; never below nothing. */
  addStock?: readonly { locationId: LocationId; sku: Sku; units: number }[];
  policy?: PolicyName;
  /** Over those of the policy and of every rule. */
  weights?: Partial<Weights>;
  maxParcels?: number;
}

export interface Difference {
  before: RoutingDecision;
  after: RoutingDecision;
  /** Other sites, other allocations or another outcome. */
  changed: boolean;
  outcome: { before: string; after: string };
  locations: { before: LocationId[]; after: LocationId[]; added: LocationId[]; removed: LocationId[] };
  /** After less before, in minor units; undefined when one of them has no plan. Scores of different weights do not compare: look at the KPIs. */
  score?: number;
  terms: { term: TermName; before: number; after: number }[];
  unitsServed: { before: number; after: number };
  /** Sites that came in or went out, with the reason. */
  exclusions: { locationId: LocationId; before: string | null; after: string | null }[];
}

/** Runs the pure decision again on a stored input with something changed, and says what that changes. */
export function whatIf(input: RoutingInput, patch: Patch): Difference {
  const before = decideRoute(input);
  const after = decideRoute(patched(input, patch));
  return diff(before, after);
}

/** @throws RangeError when the patch names a site that the input does not have */
export function patched(input: RoutingInput, patch: Patch): RoutingInput {
  const known = new Set<string>(input.sites.map(({ locationId }) => locationId));
  const named = [patch.closeSites, patch.openSites, patch.excludeSites, patch.onlySites].flatMap((ids) => ids ?? []);
  for (const id of [...named, ...(patch.addStock ?? []).map(({ locationId }) => locationId)]) {
    if (!known.has(id)) throw new RangeError(`the decision did not know a site ${id}`);
  }
  const base = patch.policy ? withPolicy(input, patch.policy) : input;
  const weighted = (weights: Weights): Weights => ({ ...weights, ...patch.weights });
  return {
    ...base,
    policy: { ...base.policy, weights: weighted(base.policy.weights) },
    rules: base.rules.map(({ weights, ...rule }) => ({
      ...rule,
      ...(weights && { weights: weighted(weights) }),
      maxParcels: patch.maxParcels ?? rule.maxParcels,
    })),
    sites: patchedSites(base, patch),
  };
}

function patchedSites({ sites }: RoutingInput, patch: Patch): RoutingInput['sites'] {
  const has = (ids: readonly LocationId[] | undefined, id: LocationId) => ids?.includes(id) ?? false;
  return sites
    .filter(({ locationId }) => !has(patch.excludeSites, locationId))
    .filter(({ locationId }) => !patch.onlySites || has(patch.onlySites, locationId))
    .map((site) => {
      const { locationId } = site;
      const enabled = has(patch.openSites, locationId) || (site.enabled && !has(patch.closeSites, locationId));
      const additions = (patch.addStock ?? []).filter((one) => one.locationId === locationId);
      return { ...site, enabled, stock: additions.reduce(withUnits, site.stock) };
    });
}

type Stock = RoutingInput['sites'][number]['stock'];

function withUnits(stock: Stock, { sku, units }: { sku: Sku; units: number }): Stock {
  if (!stock.some((one) => one.sku === sku)) return [...stock, { sku, available: Math.max(0, units), safetyStock: 0 }];
  return stock.map((one) => {
    if (one.sku !== sku) return one;
    const available = Math.max(0, one.available + units);
    // It sells as fast as before: more of it lasts longer.
    const longer = one.coverDays !== undefined &&
      one.available > 0 && { coverDays: (one.coverDays * available) / one.available };
    return { ...one, available, ...longer };
  });
}

export function diff(before: RoutingDecision, after: RoutingDecision): Difference {
  const [a, b] = [before.chosen, after.chosen];
  const [from, to] = [a?.locations ?? [], b?.locations ?? []];
  const allocations = (plan: RoutingDecision['chosen']) => JSON.stringify(plan?.allocations ?? []);
  return {
    before,
    after,
    changed: before.outcome !== after.outcome || allocations(a) !== allocations(b),
    outcome: { before: before.outcome, after: after.outcome },
    locations: {
      before: from,
      after: to,
      added: to.filter((id) => !from.includes(id)),
      removed: from.filter((id) => !to.includes(id)),
    },
    ...(a && b && { score: Math.round((b.score - a.score) * 1000) / 1000 }),
    terms: termNames
      .map((term) => ({ term, before: a?.terms[term] ?? 0, after: b?.terms[term] ?? 0 }))
      .filter((one) => one.before !== one.after),
    unitsServed: { before: a?.kpis.unitsServed ?? 0, after: b?.kpis.unitsServed ?? 0 },
    exclusions: exclusionsThatChanged(before, after),
  };
}

function exclusionsThatChanged(before: RoutingDecision, after: RoutingDecision): Difference['exclusions'] {
  const reasons = ({ candidates }: RoutingDecision) =>
    new Map(candidates.flatMap(({ locations: [id], excludedBy }) => (id ? [[id, excludedBy ?? null] as const] : [])));
  const [was, is] = [reasons(before), reasons(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((locationId) => ({
      locationId,
      before: was.has(locationId) ? (was.get(locationId) ?? null) : 'ABSENT',
      after: is.has(locationId) ? (is.get(locationId) ?? null) : 'ABSENT',
    }))
    .filter((one) => one.before !== one.after);
}
