import * as z from 'zod';

/** What answers about routing hold. Loose: a client accepts fields that a later version adds. */
const Units = z.int().min(0);
const MinorUnits = z.number().meta({ description: 'Minor units of the currency, to the thousandth.' });

const Terms = z.record(z.string(), z.number()).meta({
  description: 'What each term adds to the score, weighted, in minor units.',
  example: { freight: 490, priority: 0 },
});

const Kpis = z
  .looseObject({
    parcels: Units,
    unitsServed: Units,
    unitsShort: Units,
    cost: MinorUnits,
    kilometers: z.number(),
    arrivalAt: z.iso.datetime().nullable(),
    lateHours: z.number(),
  })
  .meta({ description: 'Before any weight: these compare between policies.' });

const Plan = z.looseObject({
  locations: z.array(z.string()),
  parcels: z.array(
    z.looseObject({
      locationId: z.string(),
      service: z.string(),
      arrivalAt: z.iso.datetime(),
      kilometers: z.number().nullable(),
    }),
  ),
  allocations: z.array(z.looseObject({ lineId: z.string(), locationId: z.string(), quantity: Units })),
  score: MinorUnits.meta({ description: 'The sum of the terms. Lower is better.' }),
  terms: Terms,
  kpis: Kpis,
});

const Explanation = z.looseObject({
  summary: z.string(),
  excluded: z.array(z.looseObject({ locationId: z.string(), code: z.string(), reasons: z.array(z.string()) })),
  limited: z.array(z.looseObject({ locationId: z.string(), covers: Units, reasons: z.array(z.string()) })),
  comparison: z
    .looseObject({
      chosen: z.array(z.string()),
      runnerUp: z.array(z.string()),
      difference: MinorUnits,
      text: z.string(),
    })
    .optional(),
  notes: z.array(z.string()),
});

const Outcome = z.looseObject({
  policy: z.string(),
  policyVersion: z.string(),
  outcome: z.enum(['routed', 'partial', 'backorder', 'queue', 'cancel_after']),
  rule: z.string().nullable(),
  chosen: Plan.nullable(),
  short: z.array(z.looseObject({ lineId: z.string(), quantity: Units })),
  truncated: z.boolean().meta({ description: 'The search ran out of its budget: a better plan may exist.' }),
  explanation: Explanation,
});

export const RoutingDecisionResource = Outcome.extend({
  decision: z.int().min(1).meta({ description: 'Names it among the decisions of the order.' }),
  at: z.iso.datetime(),
  inputHash: z.string(),
  runnerUp: Plan.nullable(),
  candidates: z.array(
    z.looseObject({
      locationId: z.string(),
      covers: Units,
      excludedBy: z.string().optional(),
      reasons: z.array(z.looseObject({ code: z.string() })),
    }),
  ),
  leftOut: z
    .looseObject({ candidates: Units, reasons: Units })
    .meta({ description: 'Of many sites or lines not everything is kept: so many more there were.' }),
  shadow: z.array(
    z.looseObject({
      policy: z.string(),
      outcome: z.string(),
      locations: z.array(z.string()),
      kpis: z.looseObject({}).optional(),
    }),
  ),
}).meta({ id: 'RoutingDecision' });

export const RoutingDifferenceResource = z
  .looseObject({
    orderId: z.string(),
    decision: z.int().min(1),
    changed: z.boolean(),
    outcome: z.looseObject({ before: z.string(), after: z.string() }),
    locations: z.looseObject({
      before: z.array(z.string()),
      after: z.array(z.string()),
      added: z.array(z.string()),
      removed: z.array(z.string()),
    }),
    score: MinorUnits.optional().meta({ description: 'After less before.' }),
    terms: z.array(z.looseObject({ term: z.string(), before: z.number(), after: z.number() })),
    unitsServed: z.looseObject({ before: Units, after: Units }),
    exclusions: z.array(
      z.looseObject({ locationId: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
    before: Outcome,
    after: Outcome,
  })
  .meta({ id: 'RoutingDifference' });

export const ShadowPoliciesResource = z
  .looseObject({
    data: z.array(
      z.looseObject({
        day: z.iso.date(),
        policies: z.array(
          z.looseObject({
            policy: z.string(),
            decisions: Units,
            decided: Units.meta({
              description: 'Where it was the policy that decided; in the others it only looked on.',
            }),
            unitsServed: Units,
            unitsShort: Units,
            parcels: Units,
            splits: Units.meta({ description: 'Decisions of more than one parcel.' }),
            late: Units,
            lateHours: z.number(),
            cost: z
              .record(z.string(), z.number())
              .meta({ description: 'By currency, in minor units.', example: { EUR: 49_000 } }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ShadowPolicies' });

const SimulatedSide = z.looseObject({
  unitsServed: Units,
  unitsShort: Units,
  parcels: Units,
  splits: Units.meta({ description: 'Decisions of more than one parcel.' }),
  splitRate: z.number().meta({ description: 'Their share of all decisions.' }),
  late: Units.meta({ description: 'Decisions whose last parcel comes after the promise.' }),
  lateHours: z.number(),
  hours: z.number().meta({ description: 'From the decisions to their last parcels, in sum.' }),
  cost: z.record(z.string(), z.number()).meta({
    description: 'Freight, pick, pack and duty by currency, in minor units.',
    example: { EUR: 49_000 },
  }),
});
const SimulatedDay = z.looseObject({
  orders: Units,
  decisions: Units,
  changed: Units,
  before: SimulatedSide,
  after: SimulatedSide,
});
const Share = z.looseObject({ parcels: Units, units: Units, share: z.number() });
const Brief = z.looseObject({
  outcome: z.string(),
  locations: z.array(z.string()),
  parcels: Units,
  unitsServed: Units,
  cost: z.number(),
  lateHours: z.number(),
});

export const RoutingSimulationResource = z
  .looseObject({
    id: z.string(),
    state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED']),
    from: z.iso.date(),
    to: z.iso.date(),
    storefront: z.string().optional(),
    limit: z.int(),
    patch: z.looseObject({}),
    progress: z.looseObject({
      total: Units.optional().meta({
        description: 'Orders of the period, up to the limit; absent until they are counted.',
      }),
      done: Units.meta({ description: 'Orders looked at.' }),
      skipped: z.looseObject({ notKept: Units, otherStorefront: Units, unreadable: Units }).meta({
        description:
          'Of those: without a kept decision (served by a cart hold, too large, expired), of another storefront, of another version.',
      }),
    }),
    totals: SimulatedDay,
    sites: z.array(z.looseObject({ locationId: z.string(), before: Share, after: Share })),
    days: z.array(SimulatedDay.extend({ day: z.iso.date() })),
    mostChanged: z
      .array(
        z.looseObject({
          orderId: z.string(),
          decision: z.int(),
          currency: z.string(),
          before: Brief,
          after: Brief,
        }),
      )
      .meta({ description: 'The 20 decisions that change most: units first, then cost, parcels, lateness.' }),
    startedBy: z.string(),
    startedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    failure: z.string().optional(),
  })
  .meta({ id: 'RoutingSimulation' });

export const RoutingRulesResource = z
  .looseObject({
    id: z.string().meta({ description: 'The storefront, or `default`.' }),
    version: z.int().min(1).meta({ description: 'Raised by every change.' }),
    rules: z.array(
      z.looseObject({
        name: z.string(),
        orderFilter: z.looseObject({}),
        locationFilter: z.looseObject({}),
        allowPartial: z.boolean(),
        maxParcels: Units,
        minParcelValue: Units,
        weights: z.record(z.string(), z.number()).optional(),
        onFail: z.union([z.string(), z.looseObject({ cancelAfterDays: Units })]),
      }),
    ),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'RoutingRules' });
