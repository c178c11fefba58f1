import { type Currency, decimalString, digitsOf } from '../../domain/money.ts';

/** Minor units as the number that AvaTax writes: `1999` EUR is `19.99`. Printed again it is the same text: it has 15 digits at most. */
export const toDecimal = (minorUnits: number, currency: Currency): number =>
  Number(decimalString(minorUnits, currency));

/** How many parts of a minor unit an amount of AvaTax is counted in: it may have more digits than the currency. */
const PARTS = 10_000n;

/**
 * An amount of AvaTax in parts of a minor unit, exactly as it was written, and not as doubles multiply.
 * @returns undefined if it is negative or has more digits than can be meant
 */
export function partsOf(amount: number, currency: Currency): bigint | undefined {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? [];
  const digits = digitsOf(currency) + 4;
  if (whole === undefined || decimals.length > digits) return undefined;
  return BigInt(whole + decimals.padEnd(digits, '0'));
}

/** Minor units, half up. */
export const roundParts = (parts: bigint): number => Number((2n * parts + PARTS) / (2n * PARTS));
