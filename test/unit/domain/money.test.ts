import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Country } from '../../../shared/domain/country.ts';
import { Amount, Currency, decimalString, splitByWeight, sumExact } from '../../../shared/domain/money.ts';

describe('money', () => {
  test('an amount is split without a cent made or lost', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.array(fc.nat({ max: 1_000_000_000 }), { minLength: 1, maxLength: 20 }),
        (total, weights) => {
          const parts = splitByWeight(total, weights);
          expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total));
          expect(parts.every((part) => part >= 0)).toBe(true);
        },
      ),
      { seed: 42 },
    );
  });

  test.each([
    [1999, 'EUR', '19.99'],
    [5, 'EUR', '0.05'],
    [-5, 'EUR', '-0.05'],
    [500, 'JPY', '500'],
    [1234, 'KWD', '1.234'],
    [12345, 'CLF', '1.2345'],
  ])('%i minor units of %s are %s', (amount, currency, text) => {
    expect(decimalString(amount, Currency.parse(currency))).toBe(text);
  });

  test.each(['XBT', 'eur', 'EU', 'EURO', 'XXX', ''])('%j is not a currency', (code) => {
    expect(Currency.safeParse(code).success).toBe(false);
  });

  test.each(['ZZ', 'es', 'ESP', 'EU', 'UK'])('%j is not a country', (code) => {
    expect(Country.safeParse(code).success).toBe(false);
  });

  test.each([0.5, -1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('%d is not an amount', (amount) => {
    expect(Amount.safeParse(amount).success).toBe(false);
  });

  test('a sum beyond what a double holds is refused', () => {
    expect(sumExact([Number.MAX_SAFE_INTEGER, 1])).toBeUndefined();
    expect(sumExact([1, 2, 3])).toBe(6);
  });
});
