import * as z from 'zod';
import { Country } from '../country.ts';
import { LocationId } from '../ids.ts';
import { Capability, DeliveryMethod, LocationKind } from '../location.ts';
import { Amount } from '../money.ts';
import type { Rule } from '../routing/input.ts';
import { Weights } from '../routing/policies.ts';
import { LocationGroupId } from './location-group.ts';
import { StorefrontId } from './storefront.ts';

/** A storefront's own cascade, or the one of all storefronts that have none. */
export const defaultRules = 'default';
export const RoutingRulesId = StorefrontId;
export type RoutingRulesId = z.infer<typeof RoutingRulesId>;

const some = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(200).optional();

/** Which orders a rule is for: every part that is given has to fit. Only what orders say of themselves can be asked for. */
export const RuleOrderFilter = z
  .strictObject({
    channels: some(z.string().min(1).max(64)).meta({ description: 'The order’s `channel` is one of them.' }),
    methods: some(DeliveryMethod),
    countries: some(Country).meta({ description: 'Of the address.' }),
    regions: some(z.string().min(1).max(64)).meta({ description: 'Of the address.' }),
    minPriority: z.int().min(0).max(9).optional(),
    minValue: Amount.optional().meta({ description: 'Of the order’s total, in minor units.' }),
    maxValue: Amount.optional(),
  })
  .refine(({ minValue = 0, maxValue = minValue }) => minValue <= maxValue, {
    path: ['maxValue'],
    message: 'must not be below `minValue`',
  });

/** Who may serve them. */
export const RuleLocationFilter = z.strictObject({
  locationIds: some(LocationId),
  groups: some(LocationGroupId).meta({ description: 'Active members of any of them.' }),
  kinds: some(LocationKind),
  capabilities: some(Capability).meta({ description: 'Each of them.' }),
  radiusKm: z
    .number()
    .min(0)
    .max(20_100)
    .optional()
    .meta({ description: 'From the address; a distance that is not known is too far.' }),
  safetyStock: z.enum(['keep', 'ignore']).default('keep'),
  respectCapacity: z.boolean().default(true),
  meetPromise: z
    .boolean()
    .default(false)
    .meta({ description: 'Only sites that make the promised date. Else being late costs.' }),
});

/** What becomes of an order that the sites of a rule cannot serve whole. */
export const RuleOnFail = z.union([
  z.enum(['nextRule', 'backorder', 'queue']),
  z.strictObject({ cancelAfterDays: z.int().min(0).max(3650) }),
]);

export const RoutingRule = z.strictObject({
  name: z.string().min(1).max(64).regex(/\S/, 'must not be blank'),
  orderFilter: RuleOrderFilter.prefault({}),
  locationFilter: RuleLocationFilter.prefault({}),
  allowPartial: z.boolean().default(true),
  maxParcels: z.int().min(1).max(10).default(10),
  minParcelValue: Amount.default(0),
  weights: z
    .strictObject(Weights.partial().shape)
    .optional()
    .meta({ description: 'Over those of the storefront’s policy.' }),
  onFail: RuleOnFail.default('backorder').meta({
    description:
      'When its sites cannot serve everything: ask the next rule, wait for supply, wait for a person (a hold), wait `cancelAfterDays` for supply ' +
      'and then cancel what still waits; with 0 days the order is refused. After the last rule, `nextRule` is what the shop does with orders it has no stock for.',
  }),
});
export type RoutingRule = z.infer<typeof RoutingRule>;

/** The rules of a storefront, in the order in which they are asked. */
export const RoutingRules = z.object({
  id: RoutingRulesId,
  /** Raised by every change. */
  version: z.int().min(1),
  rules: z.array(RoutingRule).min(1).max(50),
  updatedAt: z.iso.datetime(),
});
export type RoutingRules = z.infer<typeof RoutingRules>;

/** The cascade for a channel's orders: its own, else the default one. Undefined: nobody has set any. */
export const rulesOf = (all: ReadonlyMap<string, RoutingRules>, channel: string): RoutingRules | undefined =>
  all.get(channel) ?? all.get(defaultRules);

/** Names in rules that name nothing. */
export interface Stranger {
  kind: 'location' | 'group';
  id: string;
  /** Where it stands: rule, filter field and place in it. */
  path: [rule: number, field: 'locationIds' | 'groups', index: number];
}

export function strangersIn(
  rules: readonly RoutingRule[],
  known: { locations: ReadonlySet<string>; groups: { has(id: LocationGroupId): boolean } },
): Stranger[] {
  return rules.flatMap(({ locationFilter: { locationIds = [], groups = [] } }, rule): Stranger[] => [
    ...locationIds.flatMap((id, index): Stranger[] =>
      known.locations.has(id) ? [] : [{ kind: 'location', id, path: [rule, 'locationIds', index] }],
    ),
    ...groups.flatMap((id, index): Stranger[] =>
      known.groups.has(id) ? [] : [{ kind: 'group', id, path: [rule, 'groups', index] }],
    ),
  ]);
}

/** As the decision takes it. */
export const ruleFor = ({ weights, orderFilter, locationFilter, ...rule }: RoutingRule, policy: Weights): Rule => ({
  ...rule,
  orderFilter: given(orderFilter),
  locationFilter: given(locationFilter),
  ...(weights && { weights: { ...policy, ...given(weights) } }),
});

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the parts that are absent. */
function given<T extends object>(parts: T): Given<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Given<T>;
}
