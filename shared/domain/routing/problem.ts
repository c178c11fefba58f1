import type { Sku } from '../ids.ts';
import type { Judged } from './filters.ts';
import type { RoutingInput, Rule } from './input.ts';
import type { Item } from './items.ts';
import type { Offer } from './offers.ts';
import type { Rates, Weights } from './policies.ts';
import { dutyOf, extraParcel, freightOf, markdownOf, parcelCost, pickOf, scarcityTable } from './site-costs.ts';

/** A site with one of its offers: the search chooses among these, at most one of a site. */
export interface Source {
  judged: Judged;
  offer: Offer;
  /** Place of the site among the candidates sorted by id: ties go to the lower. */
  site: number;
  /** Cost of its parcel, whatever is in it. Never negative. */
  fixed: number;
  /** Cost of a portion by item, but for scarcity. May be negative: a markdown avoided. */
  portion: Float64Array;
  /** The least that a portion may cost: `portion` and the scarcity of the first. */
  least: Float64Array;
  /** Portions it could serve alone, by item. */
  cap: readonly number[];
  /** Pieces that fit into its capacity. */
  room: number;
  sellable: Judged['sellable'];
  /** By the place of the SKU (see `Demand`), cost of its first n units; none when it is nothing, and an empty list when no SKU has any. */
  scarcity: readonly (readonly number[] | undefined)[];
  /** The same by item: cost of its first n portions when no other item takes of the SKUs. */
  scarce: readonly (readonly number[] | undefined)[];
}

/** A routing question as numbers: costs in thousandths of a minor unit. */
export interface Problem {
  items: readonly Item[];
  /** Sorted by site, then as the site lists its services. */
  sources: readonly Source[];
  /** Items that compete for no SKU with another: each is placed for itself. */
  alone: number[];
  /** Sets of items that share SKUs. */
  competing: number[][];
  maxParcels: number;
  minParcelValue: number;
  extraParcel: number;
}

export function problemOf(
  input: RoutingInput,
  rule: Rule,
  items: readonly Item[],
  judged: readonly Judged[],
  weights: Weights,
): Problem {
  const { rates } = input.policy;
  const wanted: number[] = [];
  for (const { count, demand } of items) {
    for (const { place, quantity } of demand) wanted[place] = (wanted[place] ?? 0) + quantity * count;
  }
  // What does not depend on the offer, of one site at a time.
  const goods = new Float64Array(items.length);
  const rows = new Rows(items.length);
  const sources = judged.flatMap((one, site) => (one.out ? [] : sourcesOf(one, site)));
  const { alone, competing } = components(items);
  return {
    items,
    sources,
    alone,
    competing,
    maxParcels: rule.maxParcels,
    minParcelValue: rule.minParcelValue,
    extraParcel: extraParcel(weights, rates),
  };

  function sourcesOf(one: Judged, site: number): Source[] {
    const scarcity = scarcityOf(one, wanted, weights, rates);
    const scarce = scarceByItem(items, one.portions, scarcity);
    const { unitsLeft } = one.site.capacity;
    const room = rule.locationFilter.respectCapacity
      ? (unitsLeft ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
    for (let index = 0; index < items.length; index++) {
      if (one.portions[index] === 0) continue;
      const item = items[index]!;
      goods[index] = pickOf(one.site, item, weights) + dutyOf(one.site, item, weights, input);
      goods[index]! += markdownOf(one.held, item, weights);
    }
    const cap = one.portions;
    const all = one.offers.map((offer): Source => {
      const fixed = parcelCost(one.site, offer, one.kilometers, weights, rates, input);
      const portion = rows.next();
      const least = scarcity.length === 0 ? portion : rows.next();
      for (let index = 0; index < items.length; index++) {
        if (cap[index] === 0) continue;
        portion[index] = goods[index]! + freightOf(offer, items[index]!, weights);
        if (scarcity.length > 0) least[index] = portion[index]! + (scarce[index]?.[1] ?? 0);
      }
      return { judged: one, offer, site, fixed, portion, least, cap, room, sellable: one.sellable, scarcity, scarce };
    });
    return undominated(all);
  }
}

/** Rows of zeros, many to a piece of memory: one of its own for each source takes longer than to fill it. */
class Rows {
  readonly #length: number;
  #piece = new Float64Array(0);
  #used = 0;

  constructor(length: number) {
    this.#length = length;
  }

  next(): Float64Array {
    if (this.#used === this.#piece.length) {
      this.#piece = new Float64Array(64 * this.#length);
      this.#used = 0;
    }
    this.#used += this.#length;
    return this.#piece.subarray(this.#used - this.#length, this.#used);
  }
}

/** An offer that costs no less than another of the same site, parcel and portion alike, is never needed. Of equals the first stays. */
function undominated(sources: Source[]): Source[] {
  if (sources.length < 2) return sources;
  return sources.filter((source, index) => {
    for (let place = 0; place < sources.length; place++) {
      const other = sources[place]!;
      if (place !== index && beats(other, source) && (place < index || !beats(source, other))) return false;
    }
    return true;
  });
}

const beats = (a: Source, b: Source): boolean => a.fixed <= b.fixed && noneAbove(a.portion, b.portion);

function noneAbove(a: Float64Array, b: Float64Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index]! > b[index]!) return false;
  return true;
}

const nothingScarce: readonly undefined[] = [];

function scarcityOf(one: Judged, wanted: readonly number[], weights: Weights, rates: Rates): Source['scarcity'] {
  if (weights.cover === 0 || rates.scarcity === 0) return nothingScarce;
  const tables = new Array<readonly number[] | undefined>(wanted.length);
  let any = false;
  for (let sku = 0; sku < wanted.length; sku++) {
    tables[sku] = scarcityTable(one.held[sku], Math.min(wanted[sku]!, one.sellable[sku]!), weights, rates);
    any ||= tables[sku] !== undefined;
  }
  return any ? tables : nothingScarce;
}

function scarceByItem(
  items: readonly Item[],
  portions: readonly number[],
  scarcity: Source['scarcity'],
): Source['scarce'] {
  if (scarcity.length === 0) return nothingScarce;
  const scarce = new Array<readonly number[] | undefined>(items.length);
  for (let index = 0; index < items.length; index++) {
    const { demand } = items[index]!;
    const [first] = demand;
    // One unit of one SKU: its own costs are the item's.
    if (demand.length === 1 && first!.quantity === 1) scarce[index] = scarcity[first!.place];
    else if (demand.some(({ place }) => scarcity[place])) scarce[index] = costsOf(demand, portions[index]!, scarcity);
  }
  return scarce;
}

function costsOf(demand: Item['demand'], portions: number, scarcity: Source['scarcity']): number[] {
  const costs = new Array<number>(1 + portions).fill(0);
  for (const { place, quantity } of demand) {
    const table = scarcity[place];
    if (table) for (let n = 1; n < costs.length; n++) costs[n]! += table[n * quantity] ?? 0;
  }
  return costs;
}

/** Items that share a SKU, directly or through a third, are placed together. */
function components(items: readonly Item[]): Pick<Problem, 'alone' | 'competing'> {
  const firstWith = new Map<Sku, number>();
  const parent = items.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    parent[index] = root;
    return root;
  };
  for (const [index, { demand }] of items.entries()) {
    for (const { sku } of demand) {
      const first = firstWith.get(sku);
      if (first === undefined) firstWith.set(sku, index);
      else parent[rootOf(index)] = rootOf(first);
    }
  }
  const groups = new Map<number, number[]>();
  for (const index of items.keys()) {
    const root = rootOf(index);
    const group = groups.get(root);
    if (group) group.push(index);
    else groups.set(root, [index]);
  }
  const sets = [...groups.values()];
  return {
    alone: sets.filter(({ length }) => length === 1).flat(),
    competing: sets.filter(({ length }) => length > 1),
  };
}
