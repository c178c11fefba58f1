import { splitByWeight } from '../../money.ts';
import type { TaxMode } from '../priced.ts';

/** Rates have six decimals at most: they are counted in millionths. */
const UNIT = 1_000_000n;
const WHOLE = UNIT * UNIT;

export interface RateOnTop {
  /** A decimal fraction: `"0.21"`. */
  rate: string;
  /** It is on the price together with the taxes that are not compound. */
  compound?: boolean | undefined;
}

/**
 * The taxes on an amount, in minor units, in the order of the rates. All of them together are rounded once, half up, and then split by largest
 * remainder: so the exclusive tax on a net price and the inclusive tax in its gross price are the same, whatever the digits of the currency.
 * Inclusive: what is left of `gross / (1 + sum of rates)`.
 * @param amount minor units, with the taxes where they are inclusive
 */
export function taxesOn(amount: number, rates: readonly RateOnTop[], mode: TaxMode): number[] {
  const weights = weightsOf(rates);
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  const value = BigInt(amount);
  const total = mode === 'exclusive' ? halfUp(value * sum, WHOLE) : value - halfUp(value * WHOLE, WHOLE + sum);
  return splitByWeight(Number(total), weights.map(Number));
}

/** In parts of `WHOLE`: a compound rate of c on others of s is c x (1 + s). */
function weightsOf(rates: readonly RateOnTop[]): bigint[] {
  const simple = rates.filter(({ compound }) => !compound);
  const base = UNIT + simple.reduce((sum, { rate }) => sum + millionths(rate), 0n);
  return rates.map(({ rate, compound }) => millionths(rate) * (compound ? base : UNIT));
}

/** `"0.0725"` is 72500. */
export function millionths(rate: string): bigint {
  const [whole = '0', decimals = ''] = rate.split('.');
  return BigInt(whole) * UNIT + BigInt(decimals.padEnd(6, '0'));
}

const halfUp = (numerator: bigint, denominator: bigint): bigint => (2n * numerator + denominator) / (2n * denominator);
