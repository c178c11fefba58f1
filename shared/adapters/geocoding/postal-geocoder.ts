import type { Coordinates } from '../../domain/distance.ts';
import type { GeoAnswer, Geocoder } from '../../ports/geocoder.ts';
import { countryCenters, provinceCenters } from './centers.ts';

/** `es`, `28 001` and `28001` are one place to a carrier. */
export const postalKey = (country: string, postalCode: string): string =>
  `${country.toUpperCase()} ${postalCode.toUpperCase().replace(/[^A-Z0-9]/g, '')}`;

/**
 * Answers from tables in memory: the whole postal code, else the longest prefix that is known (at least two characters: fewer say little), else the
 * country. `codes` are those of a loaded file, by `postalKey`.
 */
export class PostalGeocoder implements Geocoder {
  readonly #codes: ReadonlyMap<string, Coordinates>;

  constructor(codes: ReadonlyMap<string, Coordinates> = new Map()) {
    this.#codes = codes;
  }

  async locate(country: string, postalCode = ''): Promise<GeoAnswer | undefined> {
    const key = postalKey(country, postalCode);
    const shortest = country.length + ' '.length + 2;
    for (let length = key.length; length >= shortest; length--) {
      const found = this.#codes.get(key.slice(0, length)) ?? provinceCenters.get(key.slice(0, length));
      if (found) return { ...found, precision: length === key.length ? 'postal_code' : 'postal_prefix' };
    }
    const center = countryCenters.get(country.toUpperCase());
    return center && { ...center, precision: 'country' };
  }
}
