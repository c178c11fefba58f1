import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountsOf, portionOf } from '../../../../shared/domain/pricing/amounts.ts';
import { type RateOnTop, taxesOn } from '../../../../shared/domain/pricing/tax/exact-tax.ts';

const numRuns = process.env.BATUTA_TEST_LONG ? 20_000 : 300;
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

const rate: fc.Arbitrary<RateOnTop> = fc.record(
  {
    rate: fc.integer({ min: 0, max: 1_000_000 }).map((parts) => (parts / 1_000_000).toFixed(6)),
    compound: fc.boolean(),
  },
  { requiredKeys: ['rate'] },
);
const rates = fc.array(rate, { minLength: 1, maxLength: 4 });
const amount = fc.integer({ min: 0, max: 2 ** 48 });

describe('rounded once, half up', () => {
  it.each<[number, string[], 'inclusive' | 'exclusive', number[]]>([
    [50, ['0.01'], 'exclusive', [1]],
    [49, ['0.01'], 'exclusive', [0]],
    [121, ['0.21'], 'inclusive', [21]],
    [100, ['0.21'], 'inclusive', [17]],
    [1, ['0.21'], 'inclusive', [0]],
    [999, ['0.05', '0.09975'], 'exclusive', [50, 100]],
    [0, ['0.21'], 'inclusive', [0]],
    [10_000, ['1'], 'inclusive', [5_000]],
    [9_007_199_254_740_991, ['0.21'], 'inclusive', [1_563_232_928_508_767]],
  ])('%i with %j %s', (whole, of, mode, expected) => {
    expect(
      taxesOn(
        whole,
        of.map((one) => ({ rate: one })),
        mode,
      ),
    ).toEqual(expected);
  });
});

describe('whatever the amounts and rates', () => {
  it('the exclusive tax on a net price is the inclusive tax in its gross price, tax by tax', () => {
    fc.assert(
      fc.property(amount, rates, (net, of) => {
        const exclusive = taxesOn(net, of, 'exclusive');
        expect(taxesOn(net + sum(exclusive), of, 'inclusive')).toEqual(exclusive);
      }),
      { numRuns },
    );
  });

  it('no tax is negative, and an inclusive one leaves a net price that is not', () => {
    fc.assert(
      fc.property(amount, rates, fc.constantFrom('inclusive', 'exclusive'), (whole, of, mode) => {
        const taxes = taxesOn(whole, of, mode);
        expect(taxes.every((tax) => Number.isSafeInteger(tax) && tax >= 0)).toBe(true);
        if (mode === 'inclusive') expect(sum(taxes)).toBeLessThanOrEqual(whole);
      }),
      { numRuns },
    );
  });

  it('the sum is within half a minor unit of the exact tax', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 1, max: 999_999 }), (net, parts) => {
        const [tax = 0] = taxesOn(net, [{ rate: `0.${String(parts).padStart(6, '0')}` }], 'exclusive');
        const off = 2n * (BigInt(tax) * 1_000_000n - BigInt(net) * BigInt(parts));
        expect(off > -1_000_000n && off <= 1_000_000n).toBe(true);
      }),
      { numRuns },
    );
  });

  it('shipped in any parts, the taxes of the parts are those of the line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 7 }),
        fc.integer({ min: 0, max: 10 ** 4 }),
        rates,
        fc.constantFrom('inclusive' as const, 'exclusive' as const),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (goods, off, of, mode, parts) => {
          const discount = Math.min(off, goods);
          const taxes = taxesOn(goods - discount, of, mode).map((tax, index) => ({
            title: `tax ${index}`,
            jurisdiction: 'ES',
            rate: of[index]?.rate ?? '0',
            category: 'S' as const,
            amount: tax,
          }));
          const whole = amountsOf(goods, { discounts: [{ code: 'OFF', amount: discount }], taxes }, mode);
          const quantity = sum(parts);
          const cuts = parts.map((units, index) => {
            const from = sum(parts.slice(0, index));
            return portionOf(whole, mode, quantity, from, from + units);
          });
          for (const field of ['goods', 'discount', 'net', 'tax', 'gross'] as const) {
            expect(sum(cuts.map((cut) => cut[field]))).toBe(whole[field]);
          }
          for (const [index, tax] of taxes.entries()) {
            expect(sum(cuts.map((cut) => cut.taxes[index]?.amount ?? Number.NaN))).toBe(tax.amount);
          }
        },
      ),
      { numRuns },
    );
  });
});
