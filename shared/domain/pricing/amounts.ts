import { splitByWeight } from '../money.ts';
import type { Discount, Tax, TaxMode } from './priced.ts';

/**
 * What something costs, taken apart. Minor units. `goods` is the list price, `net` without and `gross` with the taxes; `gross = net + tax`,
 * and `goods - discount` is `gross` where prices contain the taxes, `net` where they do not.
 */
export interface Amounts {
  goods: number;
  discount: number;
  net: number;
  tax: number;
  gross: number;
  taxes: Tax[];
}

export const sumOf = (amounts: readonly { amount: number }[] = []): number =>
  amounts.reduce((sum, { amount }) => sum + amount, 0);

export function amountsOf(
  goods: number,
  { discounts, taxes = [] }: { discounts?: readonly Discount[] | undefined; taxes?: readonly Tax[] | undefined },
  mode: TaxMode,
): Amounts {
  return compose(goods, sumOf(discounts), [...taxes], mode);
}

function compose(goods: number, discount: number, taxes: Tax[], mode: TaxMode): Amounts {
  const tax = sumOf(taxes);
  const after = goods - discount;
  const [net, gross] = mode === 'inclusive' ? [after - tax, after] : [after, after + tax];
  return { goods, discount, net, tax, gross, taxes };
}

/**
 * The part of `whole` that the units from `from` to `to` of `of` are (`0 <= from <= to <= of`). Each amount is cut where the running total is,
 * rounded half up, so that any cutting sums to the whole to the minor unit (invariant M7), in whatever order and sizes the units go.
 * Taxes follow the value they are on: no part bears more tax than it is worth.
 */
export function portionOf(whole: Amounts, mode: TaxMode, of: number, from: number, to: number): Amounts {
  const goods = cut(whole.goods, to, of) - cut(whole.goods, from, of);
  const discount = cut(whole.discount, to, of) - cut(whole.discount, from, of);
  const after = whole.goods - whole.discount;
  const [start, end] = [from, to].map((at) => cut(whole.goods, at, of) - cut(whole.discount, at, of)) as [
    number,
    number,
  ];
  // Something free may still be taxed (a tax on the list price): by units then.
  const part = (amount: number) =>
    after === 0 ? cut(amount, to, of) - cut(amount, from, of) : cut(amount, end, after) - cut(amount, start, after);
  const taxes = whole.taxes.map((tax) => ({ ...tax, amount: part(tax.amount) }));
  return compose(goods, discount, taxes, mode);
}

/** The first `part` of `of` parts of an amount, rounded half up. BigInt: amount x part may be beyond 2^53 although neither is. */
function cut(amount: number, part: number, of: number): number {
  if (part === of) return amount;
  if (amount === 0 || part === 0) return 0;
  return Number((2n * BigInt(amount) * BigInt(part) + BigInt(of)) / (2n * BigInt(of)));
}

/** The part of `whole` that comes to `amount` with its taxes (`amount <= whole.gross`): each part in proportion, by largest remainder. */
export function partOfGross(whole: Amounts, mode: TaxMode, amount: number): Amounts {
  const [net = 0, ...parts] = splitByWeight(amount, [whole.net, ...whole.taxes.map((tax) => tax.amount)]);
  const taxes = whole.taxes.map((tax, index) => ({ ...tax, amount: parts[index] ?? 0 }));
  const [after, of] = mode === 'inclusive' ? [amount, whole.gross] : [net, whole.net];
  const discount = of === 0 ? 0 : cut(whole.discount, after, of);
  return compose(after + discount, discount, taxes, mode);
}

/** What is left of `whole` without parts of it: the taxes of each part stand in the same order. */
export function lessAmounts(whole: Amounts, parts: readonly Amounts[]): Amounts {
  const less = (pick: (one: Amounts) => number) => parts.reduce((left, part) => left - pick(part), pick(whole));
  return {
    goods: less(({ goods }) => goods),
    discount: less(({ discount }) => discount),
    net: less(({ net }) => net),
    tax: less(({ tax }) => tax),
    gross: less(({ gross }) => gross),
    taxes: whole.taxes.map((tax, index) => ({ ...tax, amount: less(({ taxes }) => taxes[index]?.amount ?? 0) })),
  };
}

export const noAmounts: Amounts = { goods: 0, discount: 0, net: 0, tax: 0, gross: 0, taxes: [] };

/** Adds up; taxes of one title, place, category and rate become one. */
export function addAmounts(parts: readonly Amounts[]): Amounts {
  const sum = (pick: (part: Amounts) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    goods: sum(({ goods }) => goods),
    discount: sum(({ discount }) => discount),
    net: sum(({ net }) => net),
    tax: sum(({ tax }) => tax),
    gross: sum(({ gross }) => gross),
    taxes: mergeTaxes(parts.flatMap(({ taxes }) => taxes)),
  };
}

function mergeTaxes(taxes: readonly Tax[]): Tax[] {
  const merged = new Map<string, Tax>();
  for (const tax of taxes) {
    const key = [tax.title, tax.jurisdiction, tax.category, tax.rate].join('\n');
    const before = merged.get(key);
    merged.set(key, before ? { ...before, amount: before.amount + tax.amount } : tax);
  }
  return [...merged.values()];
}
