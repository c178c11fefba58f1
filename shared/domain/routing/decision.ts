import * as z from 'zod';
import { LineId, LocationId, Sku } from '../ids.ts';

/** Why a site, or a line at a site, is out. The order is the order in which `excludedBy` names the first. */
export const reasonCodes = [
  'DISABLED',
  'NOT_IN_SEGMENT',
  'REJECTED_BEFORE',
  'RESTRICTED',
  'NO_CAPABILITY',
  'CLOSED',
  'OUT_OF_RADIUS',
  'MISSES_PROMISE',
  'NO_CAPACITY',
  'NO_STOCK',
  'SAFETY_STOCK',
] as const;
export const ReasonCode = z.enum(reasonCodes);
export type ReasonCode = z.infer<typeof ReasonCode>;

/** A reason with its numbers; with a line, it speaks of that line only. */
export const Exclusion = z.object({
  code: ReasonCode,
  lineId: LineId.optional(),
  sku: Sku.optional(),
  needed: z.number().optional(),
  available: z.number().optional(),
  safetyStock: z.number().optional(),
  /** The capability, country, service or part of the rule's filter that is at fault. */
  what: z.string().optional(),
  limit: z.number().optional(),
  actual: z.number().optional(),
});
export type Exclusion = z.infer<typeof Exclusion>;

export const termNames = [
  'freight',
  'pick',
  'pack',
  'duty',
  'lateness',
  'speed',
  'parcels',
  'distance',
  'cover',
  'utilization',
  'markdown',
  'reject',
  'priority',
] as const;
export type TermName = (typeof termNames)[number];

/** Weighted, in minor units to the thousandth. They sum to the score; lower is better, and `markdown` is a saving: zero or less. */
export const Terms = z.record(z.enum(termNames), z.number());
export type Terms = z.infer<typeof Terms>;

/** What a plan means before any weight: the same for every policy, so that policies can be compared. */
export const Kpis = z.object({
  parcels: z.int().min(0),
  unitsServed: z.int().min(0),
  unitsShort: z.int().min(0),
  /** Freight, pick, pack and duty, in minor units. */
  cost: z.number(),
  kilometers: z.number(),
  /** Of the last parcel. */
  arrivalAt: z.int().nullable(),
  /** Of the last parcel, after the promise. */
  lateHours: z.number(),
});
export type Kpis = z.infer<typeof Kpis>;

export const Plan = z.object({
  /** By id. One parcel each. */
  locations: z.array(LocationId),
  parcels: z.array(
    z.object({
      locationId: LocationId,
      /** The carrier service; the delivery method when the customer comes for it. */
      service: z.string(),
      arrivalAt: z.int(),
      kilometers: z.number().nullable(),
    }),
  ),
  /** In kits for a kit line. */
  allocations: z.array(z.object({ lineId: LineId, locationId: LocationId, quantity: z.int().min(1) })),
  short: z.array(z.object({ lineId: LineId, quantity: z.int().min(1) })),
  terms: Terms,
  score: z.number(),
  kpis: Kpis,
});
export type Plan = z.infer<typeof Plan>;

export const Candidate = z.object({
  locations: z.array(LocationId),
  /** Units that the site could serve alone. */
  covers: z.int().min(0),
  excludedBy: ReasonCode.optional(),
  /** Every reason that holds, in the order of the codes; of a site that is in: why some lines cannot come from it. */
  reasons: z.array(Exclusion),
  /** Of the plan that this site alone would make. */
  terms: Terms.optional(),
  score: z.number().optional(),
});
export type Candidate = z.infer<typeof Candidate>;

export const Shadow = z.object({
  policy: z.string(),
  outcome: z.string(),
  locations: z.array(LocationId),
  kpis: Kpis.optional(),
});
export type Shadow = z.infer<typeof Shadow>;

export const Outcome = z.enum(['routed', 'partial', 'backorder', 'queue', 'cancel_after']);
export type Outcome = z.infer<typeof Outcome>;

export const RoutingDecision = z.object({
  policy: z.string(),
  policyVersion: z.string(),
  inputHash: z.string(),
  outcome: Outcome,
  /** What becomes of the units that are short; absent when none is. */
  onShort: Outcome.exclude(['routed', 'partial']).optional(),
  cancelAfterDays: z.int().optional(),
  /** The rule that decided: the one whose scope the candidates speak of. Null when no rule is for this order. */
  rule: z.string().nullable(),
  /** Where the rules are from; absent when nobody has set any. */
  cascade: z.object({ id: z.string(), version: z.int() }).optional(),
  /** Each rule in turn. */
  trail: z.array(
    z.object({
      rule: z.string(),
      result: z.enum(['not_for_this_order', 'covered', 'partial', 'failed']),
      sites: z.int().min(0),
    }),
  ),
  /** The sites, by id. */
  candidates: z.array(Candidate),
  chosen: Plan.nullable(),
  runnerUp: Plan.nullable(),
  /** Units without a site. */
  short: z.array(z.object({ lineId: LineId, quantity: z.int().min(1) })),
  /** The budget ran out: the plan is valid, but a better one may have been missed. */
  truncated: z.boolean(),
  evaluations: z.int().min(0),
  shadow: z.array(Shadow),
});
export type RoutingDecision = z.infer<typeof RoutingDecision>;
