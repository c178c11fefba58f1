import * as z from 'zod';
import { LocationId, OrderId } from '../ids.ts';
import { Currency } from '../money.ts';
import { decideRoute } from './decide-route.ts';
import type { RoutingDecision } from './decision.ts';
import type { RoutingInput } from './input.ts';
import { PolicyName, Weights } from './policies.ts';
import { diff, type Patch, patched } from './what-if.ts';

const Sites = z.array(LocationId).optional();

/** What should be different in every decision of a period. `addStock` of a single question is not among it: each order would find the units anew. */
export const SimulationPatch = z.object({
  closeSites: Sites,
  openSites: Sites,
  excludeSites: Sites,
  onlySites: Sites,
  policy: PolicyName.optional(),
  weights: Weights.partial().optional(),
  maxParcels: z.int().optional(),
});
export type SimulationPatch = z.infer<typeof SimulationPatch>;

const Count = z.int().min(0);

/** What a set of decisions comes to, before any weight. */
export const SimulatedSide = z.object({
  unitsServed: Count,
  unitsShort: Count,
  parcels: Count,
  /** Decisions of more than one parcel. */
  splits: Count,
  /** Decisions whose last parcel comes after the promise, and by how many hours. */
  late: Count,
  lateHours: z.number(),
  /** From the decision to its last parcel, of those that have a parcel. */
  hours: z.number(),
  /** Freight, pick, pack and duty by currency, in minor units to the thousandth. */
  cost: z.record(z.string(), z.number()),
  sites: z.record(z.string(), z.object({ parcels: Count, units: Count })),
});
export type SimulatedSide = z.infer<typeof SimulatedSide>;

/** Decisions of the orders that were placed on one day. */
export const SimulatedDay = z.object({
  orders: Count,
  decisions: Count,
  /** Decisions that come out otherwise: other sites, other units or another outcome. */
  changed: Count,
  before: SimulatedSide,
  after: SimulatedSide,
});
export type SimulatedDay = z.infer<typeof SimulatedDay>;

const Brief = z.object({
  outcome: z.string(),
  locations: z.array(z.string()),
  parcels: Count,
  unitsServed: Count,
  cost: z.number(),
  lateHours: z.number(),
});
export const ChangedDecision = z.object({
  orderId: OrderId,
  decision: z.int(),
  currency: Currency,
  before: Brief,
  after: Brief,
});
export type ChangedDecision = z.infer<typeof ChangedDecision>;

const emptySide = (): SimulatedSide => ({
  ...{ unitsServed: 0, unitsShort: 0, parcels: 0, splits: 0, late: 0, lateHours: 0, hours: 0 },
  cost: {},
  sites: {},
});
export const emptyDay = (): SimulatedDay => ({
  ...{ orders: 0, decisions: 0, changed: 0 },
  before: emptySide(),
  after: emptySide(),
});

export interface Replayed {
  input: RoutingInput;
  before: RoutingDecision;
  after: RoutingDecision;
  changed: boolean;
}

/** Decides a stored question twice, as it was and with the patch: both by the engine of today, so that only the patch makes a difference. */
export function replay(input: RoutingInput, patch: SimulationPatch): Replayed {
  // Nobody compares inputs here: a hash of each would cost as much as a small decision.
  const options = { hash: () => '' };
  const before = decideRoute(input, options);
  const after = decideRoute(patched(input, fitting(patch, input)), options);
  return { input, before, after, changed: diff(before, after).changed };
}

/** Without the sites that a question did not know: of a period, some orders were placed before a site was opened. */
function fitting(patch: SimulationPatch, { sites }: RoutingInput): Patch {
  const known = new Set<string>(sites.map(({ locationId }) => locationId));
  const among = (ids: readonly LocationId[] | undefined) => ids?.filter((id) => known.has(id));
  const { policy, maxParcels } = patch;
  const lists = {
    closeSites: among(patch.closeSites),
    openSites: among(patch.openSites),
    excludeSites: among(patch.excludeSites),
    onlySites: among(patch.onlySites),
  };
  const weights = Object.fromEntries(Object.entries(patch.weights ?? {}).filter(([, weight]) => weight !== undefined));
  return {
    ...Object.fromEntries(Object.entries(lists).filter(([, ids]) => ids !== undefined)),
    ...(policy && { policy }),
    ...(patch.weights && { weights }),
    ...(maxParcels !== undefined && { maxParcels }),
  };
}

/** The day with one more decision. */
export const withDecision = (day: SimulatedDay, { input, before, after, changed }: Replayed): SimulatedDay => ({
  orders: day.orders,
  decisions: day.decisions + 1,
  changed: day.changed + (changed ? 1 : 0),
  before: withSide(day.before, before, input),
  after: withSide(day.after, after, input),
});

function withSide(side: SimulatedSide, decision: RoutingDecision, input: RoutingInput): SimulatedSide {
  const { chosen } = decision;
  const short = decision.short.reduce((sum, { quantity }) => sum + quantity, 0);
  if (!chosen) return { ...side, unitsShort: side.unitsShort + short };
  const { kpis, parcels, allocations } = chosen;
  return joined(side, {
    unitsServed: kpis.unitsServed,
    unitsShort: short,
    parcels: kpis.parcels,
    splits: kpis.parcels > 1 ? 1 : 0,
    late: kpis.lateHours > 0 ? 1 : 0,
    lateHours: kpis.lateHours,
    hours: kpis.arrivalAt === null ? 0 : (kpis.arrivalAt - input.now) / 3_600_000,
    cost: { [input.currency]: kpis.cost },
    sites: Object.fromEntries(
      parcels.map(({ locationId }) => {
        const mine = allocations.filter((one) => one.locationId === locationId);
        return [locationId, { parcels: 1, units: mine.reduce((sum, { quantity }) => sum + quantity, 0) }];
      }),
    ),
  });
}

function joined(a: SimulatedSide, b: SimulatedSide): SimulatedSide {
  const cost = { ...a.cost };
  for (const [currency, amount] of Object.entries(b.cost)) cost[currency] = exact((cost[currency] ?? 0) + amount);
  const sites = { ...a.sites };
  for (const [id, { parcels, units }] of Object.entries(b.sites)) {
    const site = sites[id];
    sites[id] = { parcels: (site?.parcels ?? 0) + parcels, units: (site?.units ?? 0) + units };
  }
  return {
    unitsServed: a.unitsServed + b.unitsServed,
    unitsShort: a.unitsShort + b.unitsShort,
    parcels: a.parcels + b.parcels,
    splits: a.splits + b.splits,
    late: a.late + b.late,
    lateHours: exact(a.lateHours + b.lateHours),
    hours: exact(a.hours + b.hours),
    cost,
    sites,
  };
}

/** Sums of fractions, to the thousandth: the same in whatever order they are added. */
const exact = (amount: number): number => Math.round(amount * 1000) / 1000;

export const sumOfDays = (days: readonly SimulatedDay[]): SimulatedDay =>
  days.reduce(
    (sum, day) => ({
      orders: sum.orders + day.orders,
      decisions: sum.decisions + day.decisions,
      changed: sum.changed + day.changed,
      before: joined(sum.before, day.before),
      after: joined(sum.after, day.after),
    }),
    emptyDay(),
  );

/** How many of the decisions that changed most are named. */
const named = 20;

/** The list with one more that changed: units first, then money, parcels and hours. Ties go by id. */
export function withChanged(list: readonly ChangedDecision[], fresh: ChangedDecision): ChangedDecision[] {
  const by = (one: ChangedDecision, key: 'unitsServed' | 'cost' | 'parcels' | 'lateHours') =>
    Math.abs(one.after[key] - one.before[key]);
  const compare = (a: ChangedDecision, b: ChangedDecision): number => {
    for (const key of ['unitsServed', 'cost', 'parcels', 'lateHours'] as const) {
      if (by(a, key) !== by(b, key)) return by(b, key) - by(a, key);
    }
    return a.orderId === b.orderId ? a.decision - b.decision : a.orderId < b.orderId ? -1 : 1;
  };
  return [...list, fresh].sort(compare).slice(0, named);
}

export function changedDecision(
  { input, before, after }: Replayed,
  of: { orderId: OrderId; decision: number },
): ChangedDecision {
  const brief = ({ outcome, chosen }: RoutingDecision) => ({
    outcome,
    locations: chosen?.locations ?? [],
    parcels: chosen?.kpis.parcels ?? 0,
    unitsServed: chosen?.kpis.unitsServed ?? 0,
    cost: chosen?.kpis.cost ?? 0,
    lateHours: chosen?.kpis.lateHours ?? 0,
  });
  return { ...of, currency: input.currency, before: brief(before), after: brief(after) };
}
