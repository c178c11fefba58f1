import type { OrderEvent } from '../events.ts';
import { type BucketChange, postingsOf } from '../stock.ts';

/**
 * How much orders want of a SKU at a location, and how much of that the location gave back: units, of which those of four weeks ago count half,
 * those of eight weeks a quarter. What is canceled or leaves from elsewhere in the end was wanted all the same.
 */
export interface Demand {
  reserved: number;
  /** Rejected, or not found when they were to be picked. */
  refused: number;
}

const day = 86_400_000;
const halfLife = 28 * day;
/** Counts are integers, whose sums are exact: of a thousandth of a unit at the beginning of a year. */
const fineness = 1000;
/** What a site is given the benefit of the doubt by: one unit refused of one that was asked for is no habit. */
const benefit = 10;

const yearOf = (at: number): number => new Date(at).getUTCFullYear();
const doublings = (at: number, year: number): number => (at - Date.UTC(year)) / halfLife;

/**
 * What is added to a bucket's row by the update that changes it anyway. A store can add but not multiply, so that old units cannot be made smaller: new
 * ones are made larger instead (forward decay: Cormode, Shkapenyuk, Srivastava and Xu 2009). Each year counts in an attribute of its own, or the
 * numbers would grow without end: 13 doublings a year.
 */
export function demandAdds(units: Demand, at: number): Record<string, number> {
  const year = yearOf(at);
  const grown = (count: number) => Math.round(count * fineness * 2 ** doublings(at, year));
  return {
    ...(units.reserved > 0 && { [`reserved${year}`]: grown(units.reserved) }),
    ...(units.refused > 0 && { [`refused${year}`]: grown(units.refused) }),
  };
}

const counted = /^(reserved|refused)(\d{4})$/;

/** The counts among the attributes of a row. */
export function demandCounts(row: Readonly<Record<string, unknown>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name in row) {
    // Most attributes are something else: the first letters say so at less cost than the pattern.
    if (name.startsWith('re') && counted.test(name)) counts[name] = Number(row[name]);
  }
  return counts;
}

/** What the counts of all rows of a bucket come to at a moment (epoch milliseconds). */
export function demandAt(rows: readonly Readonly<Record<string, number>>[], at: number): Demand {
  const demand = { reserved: 0, refused: 0 };
  for (const [name, count] of rows.flatMap((row) => Object.entries(row))) {
    const [, kind, year] = counted.exec(name) ?? [];
    if (!year) continue;
    demand[kind === 'refused' ? 'refused' : 'reserved'] += (count / fineness) * 2 ** -doublings(at, Number(year));
  }
  return demand;
}

/** A number for people and for a stored input: four digits of it. */
const short = (value: number): number => Number(value.toPrecision(4));

/** Days that so many units last, as it sells now; undefined: nothing has been wanted of it. A steady demand is short of this until it is some weeks old. */
export function coverDays(available: number, { reserved, refused }: Demand): number | undefined {
  const perDay = ((reserved - refused) * Math.LN2 * day) / halfLife;
  // Less than a unit in a hundred years is none.
  return perDay < 1 / 36_500 ? undefined : Math.min(100_000, short(available / perDay));
}

/** Share of the units it was asked for that a site gave back, of these SKUs; 0 to 1. */
export function rejectRate(demands: readonly Demand[]): number {
  const sum = (of: (one: Demand) => number) => demands.reduce((units, one) => units + of(one), 0);
  const refused = sum((one) => one.refused);
  return refused === 0 ? 0 : Math.min(1, short(refused / (sum((one) => one.reserved) + benefit)));
}

/** By bucket, the units that its location gives back by these events. What an outage takes from it is not its habit. */
export function refusedIn(events: readonly Pick<OrderEvent, 'type' | 'data'>[]) {
  const units = new Map<string, number>();
  for (const event of events) {
    const { type, data } = event as OrderEvent;
    if (type !== 'fulfillment.shorted' && (type !== 'fulfillment.rejected' || data.reason === 'outage')) continue;
    for (const { sku, locationId, quantity } of postingsOf(event)) {
      const key = `${sku} ${locationId}`;
      units.set(key, (units.get(key) ?? 0) + quantity);
    }
  }
  return ({ sku, locationId }: Pick<BucketChange, 'sku' | 'locationId'>): number =>
    units.get(`${sku} ${locationId}`) ?? 0;
}
