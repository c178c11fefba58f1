/**
 * How VAT numbers look by the prefix of their country: the structures that the European Commission publishes for VIES, with Northern Ireland, and
 * those of the United Kingdom, Norway and Switzerland. Whether a number is somebody's only its tax office knows.
 */
const structures: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{9}B[A-Z0-9+*]{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  GB: /^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  NO: /^\d{9}(MVA)?$/,
  CHE: /^\d{9}(MWST|TVA|IVA)?$/,
};

/** As it stands on documents: capitals, without the spaces, dots and dashes that people put in. */
export const compactTaxId = (text: string): string => text.toUpperCase().replace(/[\s.\-/]/g, '');

/** Is it a VAT number with the prefix of its country, as e-invoices ask for? */
export function isVatNumber(taxId: string): boolean {
  const [prefix, rest] = split(compactTaxId(taxId));
  return structures[prefix]?.test(rest) ?? false;
}

/**
 * Why text cannot be the tax number of somebody in `country`, or undefined. Only numbers that begin with the prefix of that country are held
 * against its structure: elsewhere numbers have no prefix, and some have several kinds.
 */
export function taxIdFault(text: string, country: string): string | undefined {
  const taxId = compactTaxId(text);
  if (!/^[A-Z0-9+*]{4,40}$/.test(taxId)) return 'is not a tax number: 4 to 40 letters and digits';
  const [prefix, rest] = split(taxId);
  const own = country === 'GR' ? 'EL' : country === 'CH' ? 'CHE' : country;
  if (prefix !== own || !structures[own] || structures[own].test(rest)) return undefined;
  return `begins with ${own} but is not a VAT number of ${country}`;
}

const split = (taxId: string): [prefix: string, rest: string] =>
  taxId.startsWith('CHE') ? ['CHE', taxId.slice(3)] : [taxId.slice(0, 2), taxId.slice(2)];
