import type { Coordinates } from '../../domain/distance.ts';

/**
 * What the product knows without a data set: where some countries and the Spanish provinces are. Not an open data set and not complete: written by hand for the
 * demonstration, countries at about their middle (to a degree), a province at its capital (to a hundredth of a degree, about a kilometer). Whoever routes
 * by distance loads a postal-code file (see geonames.ts) or sends coordinates with the address.
 */
const countries = `AR -35 -65, AT 47.6 14.1, AU -25 134, BE 50.6 4.7, BG 42.7 25.5, BR -11 -53, CA 57 -100, CH 46.8 8.2, CL -33 -71, CN 35 104,
  CO 4 -73, CR 10 -84, CY 35 33, CZ 49.8 15.5, DE 51.1 10.4, DK 56 9.5, EC -1.5 -78.5, EE 58.7 25.5, ES 40.2 -3.6, FI 63 26, FR 46.6 2.5,
  GB 53.5 -2.5, GR 39 22, HR 45.4 16, HU 47.2 19.4, IE 53.2 -8.2, IN 22 79, IS 65 -18.5, IT 42.8 12.5, JP 36.5 138, KR 36.5 127.8,
  LT 55.3 23.9, LU 49.8 6.1, LV 56.9 24.9, MT 35.9 14.4, MX 23.5 -102, NL 52.2 5.5, NO 62 10, NZ -41.5 173, PA 8.5 -80, PE -9.5 -75,
  PL 52.1 19.4, PT 39.7 -8, RO 45.9 25, SE 62 16, SI 46.1 14.8, SK 48.7 19.5, TR 39 35, US 39.5 -98.5, UY -33 -56, ZA -29 25`;

/** By the first two digits of the postal code, which are the province. */
const provincesOfSpain = `01 42.85 -2.67, 02 38.99 -1.86, 03 38.35 -0.48, 04 36.84 -2.46, 05 40.66 -4.70, 06 38.88 -6.97, 07 39.57 2.65,
  08 41.39 2.17, 09 42.34 -3.70, 10 39.48 -6.37, 11 36.53 -6.29, 12 39.99 -0.04, 13 38.99 -3.93, 14 37.88 -4.78, 15 43.37 -8.40,
  16 40.07 -2.13, 17 41.98 2.82, 18 37.18 -3.60, 19 40.63 -3.17, 20 43.32 -1.98, 21 37.26 -6.95, 22 42.14 -0.41, 23 37.77 -3.79,
  24 42.60 -5.57, 25 41.62 0.62, 26 42.47 -2.45, 27 43.01 -7.56, 28 40.42 -3.70, 29 36.72 -4.42, 30 37.99 -1.13, 31 42.82 -1.64,
  32 42.34 -7.86, 33 43.36 -5.85, 34 42.01 -4.53, 35 28.12 -15.43, 36 42.43 -8.65, 37 40.97 -5.66, 38 28.47 -16.25, 39 43.46 -3.80,
  40 40.95 -4.12, 41 37.39 -5.99, 42 41.76 -2.46, 43 41.12 1.25, 44 40.34 -1.11, 45 39.86 -4.03, 46 39.47 -0.38, 47 41.65 -4.73,
  48 43.26 -2.93, 49 41.50 -5.74, 50 41.65 -0.88, 51 35.89 -5.32, 52 35.29 -2.94`;

function parsed(text: string): Map<string, Coordinates> {
  return new Map(
    text.split(',').map((row) => {
      const [key = '', latitude, longitude] = row.trim().split(' ');
      return [key, { latitude: Number(latitude), longitude: Number(longitude) }] as const;
    }),
  );
}

export const countryCenters: ReadonlyMap<string, Coordinates> = parsed(countries);

/** Keys as the postal table has them: country, a space, prefix. */
export const provinceCenters: ReadonlyMap<string, Coordinates> = new Map(
  [...parsed(provincesOfSpain)].map(([prefix, geo]) => [`ES ${prefix}`, geo] as const),
);
