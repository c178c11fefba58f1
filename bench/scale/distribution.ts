import type { LocationId, Sku } from '../../shared/domain/ids.ts';
import { LocationId as LocationIdShape, Sku as SkuShape } from '../../shared/domain/ids.ts';

/** How large the shop is. The same numbers give the same stock, always: a seeding that was cut off goes on with it. */
export interface Scale {
  skus: number;
  locations: number;
  /** The share of pairs of SKU and location that have stock, 0 to 1; 1: every SKU everywhere. */
  density: number;
}

export const skuOf = (n: number): Sku => SkuShape.parse(`scale-${String(n).padStart(6, '0')}`);
export const locationOf = (n: number): LocationId => LocationIdShape.parse(`scale-${String(n).padStart(3, '0')}`);

/** One site in twenty-five is a distribution center; at least one is. */
export const isCenter = (location: number): boolean => location % 25 === 0;

/** A number from 0 to 1 that belongs to a pair of numbers (the finalizer of MurmurHash3). */
function chance(a: number, b: number): number {
  let h = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

/**
 * Units of a SKU at a location; 0: not stocked there. SKUs sell unevenly: the first are in most stores, the last in hardly any (the chance
 * falls with the cube of the rank), while each distribution center has three SKUs in five. The mean is the density that was asked for, up to a
 * quarter or so: above that the first SKUs are everywhere already, and there are fewer.
 */
export function unitsAt({ skus, locations, density }: Scale, sku: number, location: number): number {
  const dice = chance(sku, location);
  const units = 1 + Math.floor(chance(location, sku) * (isCenter(location) ? 500 : 20));
  if (density >= 1) return units;
  const centers = Math.ceil(locations / 25);
  const share = centers / locations;
  const inCenter = Math.min(0.6, density / share);
  // What centers leave of the density; the mean of a cube over its range is a quarter.
  const inStore = Math.max(0, (density - inCenter * share) / (1 - share)) * 4 * (1 - sku / skus) ** 3;
  return dice < (isCenter(location) ? inCenter : inStore) ? units : 0;
}
