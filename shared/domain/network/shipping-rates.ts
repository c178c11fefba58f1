import * as z from 'zod';
import { Country } from '../country.ts';
import { LocationId } from '../ids.ts';
import { ShippingService } from '../location.ts';
import { Amount } from '../money.ts';

const ZoneName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'letters, digits, ".", "_" or "-", 1 to 64, starting with a letter or digit',
  );

/** Where parcels go at one price. */
export const ShippingZone = z.strictObject({
  zone: ZoneName,
  /** Absent: every country that no zone before it takes. */
  countries: z.array(Country).min(1).max(250).optional(),
  /** Absent: any. The longest prefix that fits wins, then the first zone. */
  postalPrefixes: z.array(z.string().min(1).max(12)).min(1).max(200).optional(),
});
export type ShippingZone = z.infer<typeof ShippingZone>;

/** What a service costs into a zone: routing compares sites by it. Customers are not charged by this table. */
export const ShippingRate = z.strictObject({
  zone: ZoneName,
  service: ShippingService,
  /** From this location only, instead of what is said for all. */
  locationId: LocationId.optional(),
  perParcel: Amount,
  perKilogram: z.int().min(0).max(1_000_000_000).default(0),
  /** From hand-over to the door. */
  transitDays: z.number().min(0).max(365).default(0),
});
export type ShippingRate = z.infer<typeof ShippingRate>;

export const ShippingRates = z.object({
  zones: z.array(ShippingZone).min(1).max(200),
  rates: z.array(ShippingRate).min(1).max(2000),
  /** Absent: nobody has set any. */
  updatedAt: z.iso.datetime().optional(),
});
export type ShippingRates = z.infer<typeof ShippingRates>;

/** Of a shop that has set none: parcels go everywhere with every service and cost nothing, so that money decides nothing. */
export const freeEverywhere: ShippingRates = {
  zones: [{ zone: 'everywhere' }],
  rates: ShippingService.options.map((service) => ({
    zone: 'everywhere',
    service,
    perParcel: 0,
    perKilogram: 0,
    transitDays: 0,
  })),
};

/** What sites are compared by. Where nobody has set rates, only those of the service that is asked for: the others would be kept with each decision for nothing. */
export const ratesFor = (rates: ShippingRates, service: ShippingService): ShippingRates =>
  rates === freeEverywhere ? { ...rates, rates: rates.rates.filter((rate) => rate.service === service) } : rates;

/** The rates that hold for a location: its own take the place of the general ones of the same zone and service. */
export function ratesFrom(location: LocationId, { rates }: ShippingRates): ShippingRate[] {
  const own = rates.filter(({ locationId }) => locationId === location);
  const isReplaced = ({ zone, service }: ShippingRate) =>
    own.some((rate) => rate.zone === zone && rate.service === service);
  return [...own, ...rates.filter((rate) => rate.locationId === undefined && !isReplaced(rate))];
}
