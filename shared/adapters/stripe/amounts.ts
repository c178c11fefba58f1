import { Currency, digitsOf } from '../../domain/money.ts';

/**
 * Where Stripe's minor units are not those of ISO 4217 (docs.stripe.com/currencies, "Special cases", 2026): ISK and UGX have no decimals any more
 * but are still sent with two, always 00; MGA is sent without.
 */
const stripeDigits: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** Sent with three decimals, of which the card networks carry two: the last has to be 0. */
const lastDigitZero = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** What cannot be charged through Stripe, of the currencies whose units would be a guess: without two decimals, and not in Stripe's list. */
const notCharged = new Set(['IQD', 'LYD', 'CLF', 'UYW', 'UYI']);

export type StripeAmount =
  | { amount: number; currency: string }
  /** Why Stripe cannot be sent it. */
  | { refused: 'unsupported_currency' | 'amount_not_chargeable' };

/** Our minor units and code as Stripe wants them. An amount is never rounded: what does not come out even is refused. */
export function stripeAmount(amount: number, currency: string): StripeAmount {
  const known = Currency.safeParse(currency);
  if (!known.success || notCharged.has(currency)) return { refused: 'unsupported_currency' };
  if (lastDigitZero.has(currency) && amount % 10 !== 0) return { refused: 'amount_not_chargeable' };
  const ours = digitsOf(known.data);
  const theirs = stripeDigits[currency] ?? ours;
  const sent = theirs >= ours ? amount * 10 ** (theirs - ours) : amount / 10 ** (ours - theirs);
  return Number.isSafeInteger(sent)
    ? { amount: sent, currency: currency.toLowerCase() }
    : { refused: 'amount_not_chargeable' };
}

/** The other way round, for amounts in Stripe's events. */
export function amountOfStripe(
  amount: number,
  stripeCurrency: string,
): { amount: number; currency: string } | undefined {
  const known = Currency.safeParse(stripeCurrency.toUpperCase());
  if (!known.success || notCharged.has(known.data)) return undefined;
  const ours = digitsOf(known.data);
  const theirs = stripeDigits[known.data] ?? ours;
  const kept = ours >= theirs ? amount * 10 ** (ours - theirs) : amount / 10 ** (theirs - ours);
  return Number.isSafeInteger(kept) ? { amount: kept, currency: known.data } : undefined;
}
