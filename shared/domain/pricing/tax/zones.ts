import type { TaxTable, TaxZone } from './tax-table.ts';
import type { NoTaxRate, TaxPlace } from './taxable.ts';

export interface FittingZone {
  zone: TaxZone;
  /** The region of it that fitted. */
  region: string;
  /** Narrower zones have more. */
  depth: number;
}

/** Subdivisions are narrower than countries with any prefix of a postal code, which have ten characters at most. */
const SUBDIVISION = 100;

/**
 * The zones that an address lies in, the narrowest first. An address that lacks what the zones of its country are told apart by is refused: its
 * taxes would be a guess.
 */
export function zonesOf({ zones }: Pick<TaxTable, 'zones'>, place: TaxPlace): FittingZone[] | NoTaxRate {
  const subdivision = subdivisionOf(place);
  const postalCode = place.postalCode?.toUpperCase().replaceAll(/[^A-Z0-9]/g, '') ?? '';
  const found: FittingZone[] = [];
  for (const zone of zones) {
    const ofCountry = zone.regions.filter((region) => region.slice(0, 2) === place.country);
    if (ofCountry.length === 0) continue;
    if (subdivision === undefined && ofCountry.every((region) => region.length > 2)) {
      const detail = `Taxes differ within ${place.country}: the address needs its region's code of ISO 3166-2.`;
      return { outcome: 'no_tax_rate', reason: 'region_missing', detail };
    }
    const region =
      ofCountry.find((one) => one === `${place.country}-${subdivision}`) ??
      ofCountry.find((one) => one === place.country);
    if (region === undefined) continue;
    if (zone.postalPrefixes && postalCode === '') {
      const detail = `Taxes differ within ${region}: the address needs its postal code.`;
      return { outcome: 'no_tax_rate', reason: 'postal_code_missing', detail };
    }
    const prefix = longestPrefix(zone, postalCode);
    if (prefix === undefined) continue;
    found.push({ zone, region, depth: (region.length > 2 ? SUBDIVISION : 0) + prefix });
  }
  found.sort((a, b) => b.depth - a.depth);
  const bottom = found.find(({ zone }) => zone.alone)?.depth ?? 0;
  return found.filter(({ depth }) => depth >= bottom);
}

/** Characters of the longest prefix that fits; 0 for a zone without any; undefined: none fits. */
function longestPrefix({ postalPrefixes }: TaxZone, postalCode: string): number | undefined {
  if (!postalPrefixes) return 0;
  const fitting = postalPrefixes.filter((prefix) => postalCode.startsWith(prefix));
  return fitting.length === 0 ? undefined : Math.max(...fitting.map((prefix) => prefix.length));
}

/** `CA` of `CA` or `US-CA`. Undefined: the address has none, or a name, which no table is found by. */
function subdivisionOf({ country, region }: TaxPlace): string | undefined {
  const code = region?.trim().toUpperCase() ?? '';
  const own = code.startsWith(`${country}-`) ? code.slice(country.length + 1) : code;
  return /^[A-Z0-9]{1,3}$/.test(own) ? own : undefined;
}
