import { type Currency, decimalString } from '../money.ts';

/** `1234.5` minor units of EUR as "12.35 EUR"; amounts that round to nothing keep a digit that tells. */
export function moneyText(minorUnits: number, currency: Currency): string {
  const rounded = Math.round(minorUnits);
  if (rounded === 0 && minorUnits !== 0)
    return `${minorUnits < 0 ? '-' : ''}under ${decimalString(1, currency)} ${currency}`;
  return `${decimalString(rounded, currency)} ${currency}`;
}
