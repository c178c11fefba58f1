import type { LineId, Sku } from '../ids.ts';
import type { Need } from './input.ts';

/**
 * What the search moves about: `count` equal portions that may each come from another site. A line that may not be split and a
 * keep-together group are one portion; of a splittable line, each unit is. Splittable lines that ask for the very same thing are one item, so that two lines
 * of a SKU compete for its stock as one (medusa #16502).
 */
export interface Item {
  lines: { lineId: LineId; sku: Sku; quantity: number }[];
  count: number;
  /** Of the order's units in a portion. */
  units: number;
  /** Stock that a portion takes. */
  demand: { sku: Sku; quantity: number }[];
  /** Pieces that are picked for a portion: a kit of three is three. */
  pieces: number;
  grams: number;
  value: number;
  capabilities: string[];
  /** The SKUs a restriction may name: the lines' own and the components. */
  skus: Sku[];
}

export function itemsOf(needs: readonly Need[]): Item[] {
  const bundles = new Map<string, Need[]>();
  for (const need of needs) {
    const key = bundleKey(need);
    const bundle = bundles.get(key);
    if (bundle) bundle.push(need);
    else bundles.set(key, [need]);
  }
  return [...bundles.values()].map((bundle) => {
    const first = bundle[0]!;
    return first.splittable && first.keepTogetherGroup === undefined ? itemOfUnits(bundle) : itemAsAWhole(bundle);
  });
}

function bundleKey(need: Need): string {
  if (need.keepTogetherGroup !== undefined) return JSON.stringify(['group', need.keepTogetherGroup]);
  if (!need.splittable) return JSON.stringify(['line', need.lineId]);
  const { sku, unitWeight, unitValue, requiredCapabilities } = need;
  return JSON.stringify(['units', sku, stockOf(need), unitWeight, unitValue, requiredCapabilities.toSorted()]);
}

/** What a unit of the line takes from stock, by SKU. */
export function stockOf(need: Need): { sku: Sku; quantity: number }[] {
  if (!need.components || need.components.length === 0) return [{ sku: need.sku, quantity: 1 }];
  return sumBySku(need.components.map(({ sku, perUnit }) => ({ sku, quantity: perUnit })));
}

function itemOfUnits(bundle: Need[]): Item {
  const one = bundle[0]!;
  const demand = stockOf(one);
  return {
    ...common(bundle),
    count: bundle.reduce((sum, { quantity }) => sum + quantity, 0),
    units: 1,
    demand,
    pieces: demand.reduce((sum, { quantity }) => sum + quantity, 0),
    grams: one.unitWeight,
    value: one.unitValue,
  };
}

function itemAsAWhole(bundle: Need[]): Item {
  const total = (of: (need: Need) => number) => bundle.reduce((sum, need) => sum + of(need) * need.quantity, 0);
  const demand = sumBySku(
    bundle.flatMap((need) => stockOf(need).map(({ sku, quantity }) => ({ sku, quantity: quantity * need.quantity }))),
  );
  return {
    ...common(bundle),
    count: 1,
    units: total(() => 1),
    demand,
    pieces: demand.reduce((sum, { quantity }) => sum + quantity, 0),
    grams: total(({ unitWeight }) => unitWeight),
    value: total(({ unitValue }) => unitValue),
  };
}

const common = (bundle: Need[]) => ({
  lines: bundle.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
  capabilities: [...new Set(bundle.flatMap(({ requiredCapabilities }) => requiredCapabilities))].toSorted(),
  skus: [...new Set(bundle.flatMap((need) => [need.sku, ...stockOf(need).map(({ sku }) => sku)]))],
});

function sumBySku(parts: { sku: Sku; quantity: number }[]): { sku: Sku; quantity: number }[] {
  const sums = new Map<Sku, number>();
  for (const { sku, quantity } of parts) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].map(([sku, quantity]) => ({ sku, quantity }));
}
