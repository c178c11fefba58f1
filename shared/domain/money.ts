import * as z from 'zod';

/**
 * Money is an integer of minor units (cents, yen, fils) and an ISO 4217 code; an order has one currency. Digits after the point are
 * those of ISO 4217 (2026): the table is ours because `Intl` accepts any three letters.
 */
const minorDigits = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
      DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
      LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
      RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST
      XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
} as const;

const digitsByCurrency = new Map<string, number>(
  Object.entries(minorDigits).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)] as const),
  ),
);

export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'three capital letters')
  .refine((code) => digitsByCurrency.has(code), 'is not a currency of ISO 4217')
  .brand<'Currency'>();
export type Currency = z.infer<typeof Currency>;

/** An amount in minor units. Never fractional, never beyond 2^53 - 1, where doubles stop being exact. */
export const Amount = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

export function digitsOf(currency: Currency): number {
  return digitsByCurrency.get(currency) ?? 2;
}

/** `1999` EUR is `"19.99"`: the decimal string, exact at any size, for `Intl.NumberFormat` and for documents. */
export function decimalString(minorUnits: number, currency: Currency): string {
  const digits = digitsOf(currency);
  if (digits === 0) return String(minorUnits);
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  return `${minorUnits < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Sum of amounts, or undefined when it is beyond what a double holds exactly. */
export function sumExact(amounts: readonly number[]): number | undefined {
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    if (!Number.isSafeInteger(total)) return undefined;
  }
  return total;
}

/** Splits `total` in proportion to `weights` by largest remainder: the parts always sum to the whole (invariant M7). Ties go to the first. */
export function splitByWeight(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map((_, index) => (index === 0 ? total : 0));
  // BigInt: total x weight may be beyond 2^53 although both are not.
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((product) => Number(product / BigInt(sum)));
  let rest = total - parts.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((product, index) => ({ index, remainder: product % BigInt(sum) }));
  byRemainder.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (rest === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    rest -= 1;
  }
  return parts;
}
