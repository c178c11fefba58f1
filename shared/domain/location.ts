import * as z from 'zod';
import { Country } from './country.ts';
import { Coordinates } from './distance.ts';
import { LocationId } from './ids.ts';
import { Calendar, TimeOfDay } from './network/calendar.ts';

export const LocationKind = z.enum([
  'distribution_center',
  'warehouse',
  'store',
  'showroom',
  'supplier',
  'third_party',
]);

/** Where a location is: carriers and distances need it. */
export const Site = z.strictObject({
  line1: z.string().max(200).optional(),
  city: z.string().max(100).optional(),
  region: z.string().max(100).optional(),
  postalCode: z.string().max(20).optional(),
  coordinates: Coordinates.optional(),
});

/** How goods reach the customer. */
export const DeliveryMethod = z.enum(['ship', 'pickup', 'curbside']);
export type DeliveryMethod = z.infer<typeof DeliveryMethod>;

/** How fast parcels go. */
export const ShippingService = z.enum(['standard', 'next_day', 'same_day', 'one_hour', 'weekend']);
export type ShippingService = z.infer<typeof ShippingService>;

/** What a location can do besides holding stock: a method, or a skill such as `customize:engraving`. */
export const Capability = z
  .string()
  .regex(
    /^(ship|pickup|curbside|returns|customize:[a-z0-9][a-z0-9-]{0,31}|[a-z][a-z0-9_]{0,31})$/,
    '"ship", "pickup", "curbside", "returns", "customize:<skill>" or a word of your own in lower case',
  );

/** Out of service: nothing is routed here, whatever `enabled` says. `until`: back by itself. */
export const Outage = z.object({
  reason: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime().optional(),
});

/** A place that holds stock and serves orders. */
export const Location = z.object({
  id: LocationId,
  name: z.string(),
  kind: LocationKind,
  country: Country.optional(),
  site: Site.default({}),
  timeZone: z.string(),
  /** Routing prefers the higher. */
  priority: z.int().min(0).max(1000),
  /** Disabled: nothing new is routed here. */
  enabled: z.boolean(),
  /** Kept beside the location, never with it: a reader adds it. */
  outage: Outage.optional(),
  capabilities: z.array(Capability).default(['ship']),
  /** Absent: always open. */
  calendar: Calendar.optional(),
  /** Latest time of day, on the location's clock, to order for the same day's parcels. Absent: closing time. */
  cutOffs: z.partialRecord(ShippingService, TimeOfDay).default({}),
  /** Minutes of opening hours from order to packed. */
  processingMinutes: z
    .int()
    .min(0)
    .max(60 * 24 * 14)
    .default(0),
  /** Most orders and units taken a day. Absent: no limit. */
  capacity: z
    .strictObject({
      ordersPerDay: z.int().min(0).max(1_000_000).optional(),
      unitsPerDay: z.int().min(0).max(100_000_000).optional(),
    })
    .default({}),
  /** Minor units of the merchant's own currency: of one order picked, of one parcel packed. */
  costs: z.strictObject({ pick: z.int().min(0).default(0), pack: z.int().min(0).default(0) }).prefault({}),
  updatedAt: z.iso.datetime(),
});
export type Location = z.infer<typeof Location>;
