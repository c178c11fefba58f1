import type { Coordinates } from '../domain/distance.ts';

/** How near the answer is to the address: the center of the postal code, of a shorter prefix of it, or of the whole country. */
export type GeoPrecision = 'postal_code' | 'postal_prefix' | 'country';

export interface GeoAnswer extends Coordinates {
  precision: GeoPrecision;
}

/** Where an address is, for addresses that come without coordinates. */
export interface Geocoder {
  /** Undefined when nothing is known of the country (ISO 3166-1 alpha-2). An unknown postal code answers with the country's center. */
  locate(country: string, postalCode?: string): Promise<GeoAnswer | undefined>;
}
