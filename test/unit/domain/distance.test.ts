import { describe, expect, test } from 'vitest';
import { countryCenters, provinceCenters } from '../../../shared/adapters/geocoding/centers.ts';
import { readGeoNames } from '../../../shared/adapters/geocoding/geonames.ts';
import { PostalGeocoder } from '../../../shared/adapters/geocoding/postal-geocoder.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Coordinates, kilometersBetween } from '../../../shared/domain/distance.ts';

describe('distance', () => {
  test('a degree along the equator is 111.195 km, a quarter of the way round is 10,007.557, and both ways are the same', () => {
    const origin = { latitude: 0, longitude: 0 };
    expect(kilometersBetween(origin, { latitude: 0, longitude: 1 })).toBe(111.195);
    expect(kilometersBetween(origin, { latitude: 90, longitude: 0 })).toBe(10_007.557);
    expect(kilometersBetween(origin, { latitude: 0, longitude: 180 })).toBe(20_015.114);
    const [madrid, barcelona] = [
      { latitude: 40.4168, longitude: -3.7038 },
      { latitude: 41.3874, longitude: 2.1686 },
    ];
    expect(kilometersBetween(madrid, barcelona)).toBeCloseTo(505, -1);
    expect(kilometersBetween(barcelona, madrid)).toBe(kilometersBetween(madrid, barcelona));
  });

  test('the shorter way leads over the date line', () => {
    expect(kilometersBetween({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBe(111.195);
  });
});

describe('where a postal code is', () => {
  const file = [
    'CO\t110111\tBogotá\tBogotá D.C.\t11\tBogotá\t11001\t\t\t4.60\t-74.08\t4',
    'ES\t28001\tMadrid\tMadrid\tMD\tMadrid\tM\tMadrid\t28079\t40.42\t-3.68\t4',
    'ES\t28001\tMadrid, Salamanca\tMadrid\tMD\tMadrid\tM\tMadrid\t28079\t40.44\t-3.70\t4',
    'CA\tM5V\tToronto\tOntario\tON\tToronto\t\t\t\t43.64\t-79.40\t6',
    '',
  ].join('\n');

  test('a loaded code answers with the mean of its places, a part of a code as a prefix', async () => {
    const geocoder = new PostalGeocoder(readGeoNames(file));
    const madrid = await geocoder.locate('ES', '28001');
    expect(madrid?.precision).toBe('postal_code');
    expect(madrid?.latitude).toBeCloseTo(40.43, 6);
    expect(await geocoder.locate('CA', 'm5v 3l9')).toEqual({
      latitude: 43.64,
      longitude: -79.4,
      precision: 'postal_prefix',
    });
  });

  test('without a file: the Spanish province, else the country, else nothing', async () => {
    const geocoder = new PostalGeocoder();
    expect(await geocoder.locate('ES', '41004')).toMatchObject({ latitude: 37.39, precision: 'postal_prefix' });
    expect(await geocoder.locate('FR', '75001')).toMatchObject({ precision: 'country' });
    expect(await geocoder.locate('AQ', '1')).toBeUndefined();
  });

  test.each(['ES\t28001\tMadrid', 'ES\t28001\tMadrid\t\t\t\t\t\t\t95\t-3\t4', 'Spain\t28001\t\t\t\t\t\t\t\t40\t-3\t4'])(
    'a line that is no postal code refuses the file: %j',
    (line) => {
      expect(() => readGeoNames(`${file}${line}`)).toThrow(/^line 5 /);
    },
  );

  test('what ships is in range: countries that exist, all 52 provinces within Spain', () => {
    for (const [code, geo] of countryCenters) {
      expect(Country.safeParse(code).success, code).toBe(true);
      expect(Coordinates.safeParse(geo).success, code).toBe(true);
    }
    expect(provinceCenters.size).toBe(52);
    for (const [key, { latitude, longitude }] of provinceCenters) {
      expect(latitude > 28 && latitude < 43.8 && longitude > -16.5 && longitude < 3.5, key).toBe(true);
    }
  });
});
