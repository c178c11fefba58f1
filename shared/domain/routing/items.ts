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
  demand: Demand[];
  /** Pieces that are picked for a portion: a kit of three is three. */
  pieces: number;
  grams: number;
  value: number;
  capabilities: string[];
  /** The SKUs a restriction may name: the lines' own and the components. */
  skus: Sku[];
}

export interface Demand {
  sku: Sku;
  quantity: number;
  /** Of the SKU in lists by SKU: a site has a list of its stock, in place of a map that would have to be made for each. */
  place: number;
}

type Stock = Omit<Demand, 'place'>;

/** Where the stock of a SKU stands in lists by SKU; nowhere when no item takes any. */
export const placesOf = (items: readonly Item[]): ReadonlyMap<Sku, number> =>
  new Map(items.flatMap(({ demand }) => demand.map(({ sku, place }) => [sku, place] as const)));

export function itemsOf(needs: readonly Need[]): Item[] {
  const bundles = new Map<string, Need[]>();
  for (const need of needs) {
    const key = bundleKey(need);
    const bundle = bundles.get(key);
    if (bundle) bundle.push(need);
    else bundles.set(key, [need]);
  }
  const places = new Map<Sku, number>();
  return [...bundles.values()].map((bundle) => itemOf(bundle, places));
}

function bundleKey(need: Need): string {
  if (need.keepTogetherGroup !== undefined) return JSON.stringify(['group', need.keepTogetherGroup]);
  if (!need.splittable) return JSON.stringify(['line', need.lineId]);
  const { sku, unitWeight, unitValue, requiredCapabilities } = need;
  return JSON.stringify(['units', sku, stockOf(need), unitWeight, unitValue, requiredCapabilities.toSorted()]);
}

/** What a unit of the line takes from stock, by SKU. */
function stockOf(need: Need): Stock[] {
  if (!need.components || need.components.length === 0) return [{ sku: need.sku, quantity: 1 }];
  return sumBySku(need.components.map(({ sku, perUnit }) => ({ sku, quantity: perUnit })));
}

function itemOf(bundle: readonly Need[], places: Map<Sku, number>): Item {
  const one = bundle[0]!;
  const byUnit = one.splittable && one.keepTogetherGroup === undefined;
  const total = (of: (need: Need) => number) => bundle.reduce((sum, need) => sum + of(need) * need.quantity, 0);
  const demand = placed(byUnit ? stockOf(one) : stockOfAll(bundle), places);
  return {
    lines: bundle.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
    count: byUnit ? total(() => 1) : 1,
    units: byUnit ? 1 : total(() => 1),
    demand,
    pieces: demand.reduce((sum, { quantity }) => sum + quantity, 0),
    grams: byUnit ? one.unitWeight : total(({ unitWeight }) => unitWeight),
    value: byUnit ? one.unitValue : total(({ unitValue }) => unitValue),
    capabilities: [...new Set(bundle.flatMap(({ requiredCapabilities }) => requiredCapabilities))].toSorted(),
    skus: [...new Set(bundle.flatMap((need) => [need.sku, ...stockOf(need).map(({ sku }) => sku)]))],
  };
}

const stockOfAll = (bundle: readonly Need[]): Stock[] =>
  sumBySku(
    bundle.flatMap((need) => stockOf(need).map(({ sku, quantity }) => ({ sku, quantity: quantity * need.quantity }))),
  );

function placed(stock: readonly Stock[], places: Map<Sku, number>): Demand[] {
  return stock.map(({ sku, quantity }) => {
    const place = places.get(sku) ?? places.size;
    places.set(sku, place);
    return { sku, quantity, place };
  });
}

function sumBySku(parts: Stock[]): Stock[] {
  const sums = new Map<Sku, number>();
  for (const { sku, quantity } of parts) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].map(([sku, quantity]) => ({ sku, quantity }));
}
