import { Coordinates } from '../../domain/distance.ts';
import { postalKey } from './postal-geocoder.ts';

/**
 * Reads a postal-code file in the format of GeoNames (download.geonames.org/export/zip, CC BY 4.0, not part of this repository): tab-separated country, postal code,
 * place, three pairs of administrative names and codes, latitude, longitude, accuracy. A code with several places gets their mean. A file that knows
 * only part of a code (Canada, Ireland: the first characters) serves as prefixes.
 *
 * @throws RangeError naming the line that cannot be read: nothing is loaded by halves
 */
export function readGeoNames(text: string): Map<string, Coordinates> {
  const sums = new Map<string, { latitude: number; longitude: number; places: number }>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const columns = line.split('\t');
    const [country = '', postalCode = ''] = columns;
    const [latitude, longitude] = [columns[9], columns[10]].map((text) => (text ? Number(text) : Number.NaN));
    const geo = Coordinates.safeParse({ latitude, longitude });
    if (!/^[A-Z]{2}$/.test(country) || postalCode === '' || !geo.success) {
      throw new RangeError(`line ${index + 1} is no GeoNames postal code: ${line.slice(0, 80)}`);
    }
    const key = postalKey(country, postalCode);
    const sum = sums.get(key) ?? { latitude: 0, longitude: 0, places: 0 };
    sums.set(key, {
      latitude: sum.latitude + geo.data.latitude,
      longitude: sum.longitude + geo.data.longitude,
      places: sum.places + 1,
    });
  }
  return new Map([...sums].map(([key, sum]) => [key, meanOf(sum)]));
}

const meanOf = ({
  latitude,
  longitude,
  places,
}: {
  latitude: number;
  longitude: number;
  places: number;
}): Coordinates => ({
  latitude: latitude / places,
  longitude: longitude / places,
});
