import { type Coordinates, kilometersBetween } from '../distance.ts';
import type { LocationId, Sku } from '../ids.ts';
import type { Location } from '../location.ts';
import type { Bucket } from '../stock.ts';
import { alwaysOpen, doneAfter } from './calendar.ts';
import { type SafetyStockRule, safetyStock } from './safety-stock.ts';
import type { StorefrontId } from './storefront.ts';

/** What decides how much of a SKU a storefront may sell. */
export interface AvailabilityInput {
  sku: Sku;
  category?: string | undefined;
  storefrontId: StorefrontId;
  /** The storefront's locations; undefined: all. */
  segment: ReadonlySet<LocationId> | undefined;
  locations: readonly Location[];
  buckets: readonly Pick<Bucket, 'locationId' | 'available'>[];
  safety: readonly SafetyStockRule[];
  lowStock: number;
  /** Epoch milliseconds: what pickup readiness is told from. */
  now: number;
  near?: Coordinates | undefined;
}

export interface LocationAvailability {
  locationId: LocationId;
  name: string;
  kind: Location['kind'];
  /** Units that may be sold from here: `available` less safety stock, never below 0. */
  availableToSell: number;
  /** Ships orders. */
  ships: boolean;
  /** Epoch milliseconds at which an order placed now could be picked up. Absent: no pickup here, or nothing to pick up. */
  pickupReadyAt?: number;
  /** As the crow flies. Absent when either place is not known. */
  kilometers?: number;
}

export interface Availability {
  sku: Sku;
  /** Available to sell (ATS): what could be shipped to a customer of this storefront. */
  availableToSell: number;
  status: 'in_stock' | 'low_stock' | 'out_of_stock';
  /** Nearest first when a place is given, else by id. */
  locations: LocationAvailability[];
}

/**
 * ATS(sku, storefront) = sum over the active locations of its group of max(0, available - safety stock) (domain-model 1.3). A disabled location counts
 * nothing; one that does not ship counts for pickup only.
 */
export function availabilityOf(input: AvailabilityInput): Availability {
  const stock = new Map(input.buckets.map(({ locationId, available }) => [locationId, available]));
  const locations = input.locations
    .filter(({ id, enabled }) => enabled && stock.has(id) && (input.segment?.has(id) ?? true))
    .map((location) => atLocation(input, location, stock.get(location.id) ?? 0))
    .sort((a, b) => (a.kilometers ?? Infinity) - (b.kilometers ?? Infinity) || (a.locationId < b.locationId ? -1 : 1));
  const availableToSell = locations.reduce((sum, one) => sum + (one.ships ? one.availableToSell : 0), 0);
  const sellable = locations.reduce((sum, one) => sum + one.availableToSell, 0);
  const status = sellable === 0 ? 'out_of_stock' : sellable <= input.lowStock ? 'low_stock' : 'in_stock';
  return { sku: input.sku, availableToSell, status, locations };
}

function atLocation(input: AvailabilityInput, location: Location, available: number): LocationAvailability {
  const { sku, category, storefrontId, safety, now, near } = input;
  const kept = safetyStock(safety, { sku, category, locationId: location.id, storefrontId });
  const availableToSell = Math.max(0, available - kept);
  const isForPickup = location.capabilities.includes('pickup') || location.capabilities.includes('curbside');
  const readyAt =
    isForPickup && availableToSell > 0
      ? doneAfter(location.calendar ?? alwaysOpen, location.timeZone, now, location.processingMinutes)
      : undefined;
  const kilometers = near && location.site.coordinates ? kilometersBetween(near, location.site.coordinates) : undefined;
  return {
    locationId: location.id,
    name: location.name,
    kind: location.kind,
    availableToSell,
    ships: location.capabilities.includes('ship'),
    ...(readyAt !== undefined && { pickupReadyAt: readyAt }),
    ...(kilometers !== undefined && { kilometers: Math.round(kilometers * 10) / 10 }),
  };
}
