import * as z from 'zod';
import { Coordinates } from '../distance.ts';
import { LineId, LocationId, Sku } from '../ids.ts';
import { Location } from '../location.ts';
import { Amount, Currency } from '../money.ts';
import { Policy, Weights } from './policies.ts';

/** Epoch milliseconds. */
const Instant = z.int().min(0);
const Name = z.string().min(1).max(64);
const Units = z.int().min(0).max(10_000_000);

/** Units of an order line that have no stock yet. */
export const Need = z.object({
  lineId: LineId,
  sku: Sku,
  quantity: z.int().min(1).max(1_000_000),
  /** May its units come from several sites? If not, one site serves the whole quantity, or none of it. */
  splittable: z.boolean(),
  /** Lines of one group come from one site, all or nothing. */
  keepTogetherGroup: Name.optional(),
  /** For instance `customize:engraving`: the site must have each of them. */
  requiredCapabilities: z.array(Name),
  /** A kit: stock is taken of these, not of `sku`; the components of one kit always come from one site. */
  components: z.array(z.object({ sku: Sku, perUnit: z.int().min(1).max(10_000) })).optional(),
  /** Grams. */
  unitWeight: z.int().min(0).max(10_000_000),
  unitValue: Amount,
});
export type Need = z.infer<typeof Need>;

/** What a site holds of one SKU. */
export const SiteStock = z.object({
  sku: Sku,
  available: Units,
  /** Kept back for other uses (domain-model 1.3). */
  safetyStock: Units,
  /** Days of sales that `available` lasts. Absent: not known, so taking from it costs no scarcity. */
  coverDays: z.number().min(0).max(100_000).optional(),
  /** Minor units that a unit is likely to lose in price if it stays here: a saving when it is sold. */
  markdownRisk: z.number().min(0).max(1_000_000_000).optional(),
});
export type SiteStock = z.infer<typeof SiteStock>;

export const Zone = z.object({
  zone: Name,
  countries: z.array(z.string()).min(1),
  /** Any postal code of the countries when absent. The longest prefix that fits wins, then the first in the list. */
  postalPrefixes: z.array(z.string().min(1)).optional(),
});

/** What a carrier service asks from this site to a zone. */
export const FreightRate = z.object({
  zone: Name,
  service: Name,
  perParcel: Amount,
  perKilogram: z.number().min(0).max(1_000_000_000),
  /** From hand-over to the door; fractions for couriers (1/24 is an hour). */
  transitDays: z.number().min(0).max(365),
});

export const Site = z.object({
  locationId: LocationId,
  kind: Location.shape.kind,
  country: z.string().optional(),
  geo: Coordinates.optional(),
  timeZone: z.string(),
  enabled: z.boolean(),
  /** Is the location an active member of the storefront's location group? */
  inSegment: z.boolean(),
  groups: z.array(Name),
  priority: z.int().min(0).max(1000),
  costClass: Name.optional(),
  /** Holds the delivery method's name (`ship`, `pickup` …) among others. */
  capabilities: z.array(Name),
  /**
   * The calendar's answer: the first moment at which a parcel of an order released now leaves with that service (opening hours, holidays and
   * cut-off counted in). Null: no such moment within the calendar's horizon.
   */
  departures: z.array(z.object({ service: Name, earliestAt: Instant.nullable() })),
  /** From release to ready. A departure is never earlier than `now` plus these. */
  processingMinutes: z.int().min(0).max(525_600),
  capacity: z.object({ ordersLeft: Units.optional(), unitsLeft: Units.optional() }),
  stock: z.array(SiteStock),
  /** Minor units for each piece picked, and for each parcel packed. */
  pickCost: Amount,
  packCost: Amount,
  /** Of the goods' value, when they cross a border: 1,000 is 10 %. */
  dutyBasisPoints: z.int().min(0).max(100_000),
  zones: z.array(Zone),
  rates: z.array(FreightRate),
  /** Share of the units of these goods, as orders wanted them of it lately, that the site gave back. */
  rejectRate: z.number().min(0).max(1),
  /** Share of its capacity that is taken. */
  utilization: z.number().min(0).max(1),
});
export type Site = z.infer<typeof Site>;

export const OrderFilter = z.object({
  channels: z.array(Name).optional(),
  storefronts: z.array(Name).optional(),
  regions: z.array(Name).optional(),
  types: z.array(Name).optional(),
  methods: z.array(Name).optional(),
  countries: z.array(z.string()).optional(),
  /** All of them. */
  tags: z.array(Name).optional(),
  minPriority: z.int().optional(),
  minValue: Amount.optional(),
  maxValue: Amount.optional(),
});
export type OrderFilter = z.infer<typeof OrderFilter>;

export const LocationFilter = z.object({
  locationIds: z.array(LocationId).optional(),
  groups: z.array(Name).optional(),
  kinds: z.array(Location.shape.kind).optional(),
  costClasses: z.array(Name).optional(),
  capabilities: z.array(Name).optional(),
  radiusKm: z.number().min(0).optional(),
  safetyStock: z.enum(['keep', 'ignore']),
  respectCapacity: z.boolean(),
  /** Must the goods arrive in time, or does lateness only cost? */
  meetPromise: z.boolean(),
});
export type LocationFilter = z.infer<typeof LocationFilter>;

export const OnFail = z.union([
  z.enum(['nextRule', 'backorder', 'queue']),
  z.object({ cancelAfterDays: z.int().min(0).max(3650) }),
]);
export type OnFail = z.infer<typeof OnFail>;

export const Rule = z.object({
  name: Name,
  orderFilter: OrderFilter,
  locationFilter: LocationFilter,
  allowPartial: z.boolean(),
  maxParcels: z.int().min(1).max(10),
  /** Of each parcel, when there are several. */
  minParcelValue: Amount,
  /** Instead of the policy's. */
  weights: Weights.optional(),
  onFail: OnFail,
});
export type Rule = z.infer<typeof Rule>;

/** Rules that somebody has set: of a storefront or of all, as of this version. */
export const Cascade = z.object({ id: z.string(), version: z.int().min(1) });
export type Cascade = z.infer<typeof Cascade>;

/** Everything that a routing decision depends on, as plain data: stored with the decision, it can be replayed and asked "what if". */
export const RoutingInput = z.object({
  now: Instant,
  currency: Currency,
  order: z.object({
    storefront: Name,
    channel: Name,
    region: Name.optional(),
    type: Name.optional(),
    priority: z.int(),
    value: Amount,
    tags: z.array(Name),
    placedAt: Instant,
  }),
  delivery: z.object({
    method: z.enum(['ship', 'pickup', 'curbside', 'local_delivery']),
    /** The carrier service the customer chose; any when absent. */
    service: Name.optional(),
    /** Pick-up and curbside: the site is fixed. */
    pickupLocationId: LocationId.optional(),
    country: z.string(),
    postalCode: z.string(),
    geo: Coordinates.optional(),
    /** Promised to be there by then. */
    neededBy: Instant.optional(),
  }),
  needs: z.array(Need).min(1),
  sites: z.array(Site),
  /** Goods that may not go to a country, or not from a site. A field that is absent stands for any. */
  restrictions: z.array(
    z.object({ sku: Sku.optional(), country: z.string().optional(), locationId: LocationId.optional() }),
  ),
  /** Sites that refused this order. */
  rejectedSites: z.array(LocationId),
  /** Goods that a site has given back, of an order of which it may still serve others. */
  rejectedGoods: z.array(z.object({ sku: Sku, locationId: LocationId })).optional(),
  rules: z.array(Rule).min(1),
  /** Where the rules are from; absent when nobody has set any. */
  cascade: Cascade.optional(),
  policy: Policy,
  /** Sets of sites that are looked at, at most, by each rule. */
  budget: z.int().min(1).max(10_000_000),
});
export type RoutingInput = z.infer<typeof RoutingInput>;
