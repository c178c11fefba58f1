import type { Coordinates } from './location.ts';

/** Mean radius of the Earth (IUGG), kilometers. */
const earthRadius = 6371.0088;
const radians = Math.PI / 180;

/** Great-circle distance by the haversine formula, kilometers; within 0.6 % of the ellipsoid's. */
export function kilometersBetween(a: Coordinates, b: Coordinates): number {
  const latitude = Math.sin(((b.latitude - a.latitude) * radians) / 2) ** 2;
  const longitude = Math.sin(((b.longitude - a.longitude) * radians) / 2) ** 2;
  const h = latitude + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * longitude;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}
