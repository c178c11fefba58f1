import { type Assignment, assign, better, type Worth } from './assign.ts';
import type { Meter } from './meter.ts';
import type { Problem, Source } from './problem.ts';
import { type Prefix, Relaxation } from './relaxation.ts';

/** A set of sources with its best assignment; every source is used. */
export interface Found extends Worth {
  sources: Source[];
  /** Portions by item, then by place in `sources`. */
  taken: number[][];
}

export interface TwoBest {
  best?: Found;
  /** The best that uses other sites. */
  second?: Found;
}

/**
 * The plan space: every set of at most `maxParcels` sites, one offer for each of its sites, and every way to lay the items' portions on them
 * within stock, capacity and the least value of a parcel. A plan is better with fewer units short, then with the lower score, then with fewer parcels, then with the lower site ids.
 *
 * The search is branch and bound over the sets. While something is uncovered, a set must hold a source of the item that has fewest: it branches
 * there, which is where coverage masks cut most. Once all is covered, a further site can only be worth its parcel by what it saves; savings of
 * several sites are at most the sum of each one's (adding sites never makes another more useful), so that the largest of them bound the rest. A source
 * that was branched on is barred for its later siblings: no set is seen twice.
 *
 * @param allowShort also looks at plans that leave units short
 */
export function search(p: Problem, allowShort: boolean, meter: Meter): TwoBest {
  const found: TwoBest = {};
  const relaxation = new Relaxation(p);
  const barred = new Uint8Array(p.sources.length);

  const consider = (sources: readonly Source[]): void => {
    const limit = found.second ?? { short: allowShort ? Number.MAX_SAFE_INTEGER : 0, cost: Number.POSITIVE_INFINITY };
    const fixed = sources.reduce((sum, source) => sum + source.fixed, -p.extraParcel);
    const assignment = assign(
      p,
      sources,
      { short: limit.short, cost: limit.cost - fixed + p.extraParcel * sources.length },
      meter,
    );
    if (assignment) keep(found, used(p, sources, assignment));
  };

  const explore = (prefix: Prefix): void => {
    // A source that is passed over by its mask costs about a tenth of one that is looked at.
    if (!meter.spend(Math.ceil(p.sources.length / 10))) return;
    const left = p.maxParcels - prefix.sources.length;
    const children = relaxation.children(prefix, barred, left, allowShort);
    if (children.length === 0 || !meter.spend(children.length)) return;
    const worthwhile = children.filter((child) => reaches(found, child.bound, prefix.sources.length + 1));
    for (const child of worthwhile) {
      if (!allowShort && child.short > 0) continue;
      const sources = [...prefix.sources, child.source];
      if (reaches(found, child, sources.length, sources)) consider(sources);
    }
    if (left === 1) return;
    const barredHere: number[] = [];
    for (const child of worthwhile) {
      if (meter.truncated && meter.used >= meter.budget) break;
      // Others were found meanwhile: the bound is compared with them anew.
      if (reaches(found, child.bound, prefix.sources.length + 1)) explore(relaxation.extend(prefix, child));
      barred[child.index] = 1;
      barredHere.push(child.index);
    }
    for (const index of barredHere) barred[index] = 0;
  };
  explore(relaxation.root());
  return found;
}

/** May something with at least this worth and as many parcels still become the second best? */
function reaches({ second }: TwoBest, worth: Worth, parcels: number, exactly?: readonly Source[]): boolean {
  if (!second || better(worth, second)) return true;
  if (better(second, worth) || parcels > second.sources.length) return false;
  return !exactly || parcels < second.sources.length || compareSites(bySite(exactly), second.sources) < 0;
}

const bySite = (sources: readonly Source[]): Source[] => sources.toSorted((a, b) => a.site - b.site);

/** The sources that got something, with their parcels paid. */
function used(p: Problem, set: readonly Source[], { short, cost, taken }: Assignment): Found {
  const places = [...set.keys()]
    .filter((place) => taken.some((portions) => (portions[place] ?? 0) > 0))
    .sort((a, b) => set[a]!.site - set[b]!.site);
  const sources = places.map((place) => set[place]!);
  const fixed = sources.length === 0 ? 0 : sources.reduce((sum, source) => sum + source.fixed, -p.extraParcel);
  return {
    short,
    cost: cost + fixed,
    sources,
    taken: taken.map((portions) => places.map((place) => portions[place] ?? 0)),
  };
}

function keep(found: TwoBest, plan: Found): void {
  if (plan.sources.length === 0) return;
  if (!found.best) {
    found.best = plan;
    return;
  }
  const sameSites = (a: Found, b: Found) => compareSites(a.sources, b.sources) === 0;
  if (comparePlans(plan, found.best) < 0) {
    if (!sameSites(plan, found.best)) found.second = found.best;
    found.best = plan;
  } else if (!sameSites(plan, found.best) && (!found.second || comparePlans(plan, found.second) < 0)) {
    found.second = plan;
  }
}

function comparePlans(a: Found, b: Found): number {
  return (
    a.short - b.short ||
    a.cost - b.cost ||
    a.sources.length - b.sources.length ||
    compareSites(a.sources, b.sources) ||
    compareOffers(a.sources, b.sources)
  );
}

/** Both sorted by site. */
function compareSites(a: readonly Source[], b: readonly Source[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [place, { site }] of a.entries()) {
    if (site !== b[place]!.site) return site - b[place]!.site;
  }
  return 0;
}

function compareOffers(a: readonly Source[], b: readonly Source[]): number {
  for (const [place, { offer }] of a.entries()) {
    if (offer.service !== b[place]!.offer.service) return offer.service < b[place]!.offer.service ? -1 : 1;
  }
  return 0;
}
