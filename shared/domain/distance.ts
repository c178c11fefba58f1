import * as z from 'zod';

/** A place on the earth, in degrees (WGS 84). */
export const Coordinates = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});
export type Coordinates = z.infer<typeof Coordinates>;

/** Mean radius of the earth (IUGG, 2015). */
const radiusKm = 6371.0088;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/**
 * Great-circle distance in kilometers, to the meter (haversine formula). It is up to 0.5 % off the distance on the ellipsoid, far less than
 * the detours of a road, and it is symmetric: both ways give the same number.
 */
export function kilometersBetween(a: Coordinates, b: Coordinates): number {
  const latitudes = radians(b.latitude - a.latitude);
  const longitudes = radians(b.longitude - a.longitude);
  const h =
    Math.sin(latitudes / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitudes / 2) ** 2;
  // Rounding may bring h a hair above 1 between antipodes, where asin has no answer.
  return Math.round(2 * radiusKm * Math.asin(Math.min(1, Math.sqrt(h))) * 1000) / 1000;
}
