import { type Currency, decimalString, digitsOf } from '../domain/money.ts';
import type { Address } from '../domain/order.ts';
import { remembered } from './remembered.ts';

export function addressLines(address: Address, locale: string): string[] {
  const { name, line1, line2, postalCode, city, region, country } = address;
  const place = [`${postalCode} ${city}`, region].filter(Boolean).join(', ');
  const countryName = regionNames(locale).of(country) ?? country;
  return [name, line1, line2, place, countryName].flatMap((line) => (line ? [printable(line)] : []));
}

const regionNames = remembered((locale: string) => new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' }));
const days = remembered((locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }));
const money = remembered((locale: string, currency: Currency) => {
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
});

/** The day in UTC: the customer's own zone is not known. */
export const dateOf = (instant: string, locale: string): string => days(locale).format(new Date(instant));

/** From the decimal string, exact at any size; the digits are those of our table, as Intl's change with its data. */
export function formatMoney(amount: number, currency: Currency, locale: string): string {
  return money(locale, currency).format(decimalString(amount, currency) as Intl.StringNumericLiteral);
}

/** One line of text: what controls a terminal, a header or the direction of writing does not come from customers' fields. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
