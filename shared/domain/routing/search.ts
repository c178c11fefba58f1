import { type Assignment, assign, better, type Worth } from './assign.ts';
import type { Meter } from './meter.ts';
import { atCost, forNothing } from './portions-offered.ts';
import { type Pool, PriceBound } from './price-bound.ts';
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
 * The search is branch and bound over the sets, each number of sites for itself, the most promising first. Prices bound all sets that hold a source at once (see `Prices`): few sources are
 * left. While something is uncovered, a set must hold a source of the item that has fewest: it branches there, which is where coverage masks cut most.
 * Once all is covered, a further site can only be worth its parcel by what it saves; savings of several sites are at most the sum of each one's (adding sites
 * never makes another more useful), so that the largest of them bound the rest. A source that was branched on is barred for its later siblings: no
 * set is seen twice.
 *
 * @param allowShort also looks at plans that leave units short
 */
export function search(p: Problem, allowShort: boolean, meter: Meter): TwoBest {
  const found: TwoBest = {};
  const relaxation = new Relaxation(p);
  const everything: Pool = [...p.sources.keys()];

  const consider = (set: readonly Source[]): void => {
    // Of equally dear portions the lower site has more, in whichever order the search came by them.
    const sources = set.toSorted((a, b) => a.site - b.site);
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

  let polished = 0;
  /** A good plan to begin with: what is worse need not be looked at. One site after the other gives way to the best for its place. */
  const polish = (set: Pool): void => {
    let sources = set;
    for (let turn = 0, unchanged = 0; unchanged < set.length && turn < mostTurns; turn++) {
      const [first, ...rest] = sources;
      const prefix = rest.reduce((one, index) => relaxation.with(one, index), relaxation.root());
      const others = everything.filter((index) => rest.every((one) => p.sources[one]!.site !== p.sources[index]!.site));
      if (!meter.spend(Math.ceil(others.length / 10))) return;
      const ranked = relaxation.children(prefix, others, 1, true);
      for (const child of ranked.slice(0, 2)) {
        if ((allowShort || child.short === 0) && meter.spend(1)) consider([...prefix.sources, child.source]);
      }
      const [best] = ranked;
      if (!best) return;
      unchanged = best.index === first ? unchanged + 1 : 0;
      sources = [...rest, best.index];
    }
  };

  /** The stage for the sets that hold the prefix. */
  const narrowed = ({ sites, bounds, pool }: Stage, { indexes }: Prefix): Stage => {
    let narrow = pool;
    const tight = bounds.map((bound) => {
      if (indexes.length === 0 || indexes.length + 1 === sites) {
        narrow = bound.within(indexes, narrow);
        return bound;
      }
      const better = bound.tighten(indexes, narrow, furtherRounds);
      if (better.pool.length > 0 && polished < mostPolished) {
        polished += 1;
        polish([...better.best, ...indexes]);
      }
      narrow = better.bound.within(indexes, better.pool);
      return better.bound;
    });
    return { sites, bounds: tight, pool: narrow };
  };

  const explore = (prefix: Prefix, stage: Stage): void => {
    // A source that is only passed over costs about a tenth of one that is looked at.
    if (!meter.spend(Math.ceil(stage.pool.length / 10))) return;
    const left = stage.sites - prefix.sources.length;
    const { pool, bounds } = narrowed(stage, prefix);
    const children = relaxation.children(prefix, pool, left, allowShort);
    if (children.length === 0 || !meter.spend(children.length)) return;
    const worthwhile = children.filter((child) => reaches(found, child.bound, prefix.sources.length + 1));
    for (const child of worthwhile) {
      if (!allowShort && (child.short > 0 || left > 1)) continue;
      const sources = [...prefix.sources, child.source];
      if (reaches(found, child, sources.length, sources)) consider(sources);
    }
    if (left === 1) return;
    let rest = pool;
    for (const child of worthwhile) {
      if (meter.truncated && meter.used >= meter.budget) break;
      const others = rest.filter((index) => p.sources[index]!.site !== child.source.site);
      // Others were found meanwhile: the bound is compared with them anew.
      if (reaches(found, child.bound, prefix.sources.length + 1))
        explore(relaxation.with(prefix, child.index), { sites: stage.sites, bounds, pool: others });
      rest = rest.filter((index) => index !== child.index);
    }
  };

  const shortBound = () => {
    const most = () => found.second?.short ?? (allowShort ? Number.POSITIVE_INFINITY : 0);
    const fixed = new Float64Array(p.sources.length);
    return new PriceBound({ p, offered: forNothing(p), fixed, base: 0, sites: p.maxParcels, exactly: false, most });
  };
  if (allowShort) {
    const { bound, best } = shortBound().tighten([], everything, firstRounds);
    polish(best);
    explore(relaxation.root(), { sites: p.maxParcels, bounds: [bound], pool: bound.within([], everything) });
    return found;
  }
  const offered = atCost(p);
  const fixed = Float64Array.from(p.sources, (source) => source.fixed);
  const most = () => found.second?.cost ?? Number.POSITIVE_INFINITY;
  const stages: (Stage & { least: number })[] = [];
  for (let sites = 1; sites <= p.maxParcels; sites++) {
    const first = new PriceBound({ p, offered, fixed, base: -p.extraParcel, sites, exactly: true, most });
    const { bound, least, best, pool } = first.tighten([], everything, firstRounds);
    if (pool.length > 0) polish(best);
    stages.push({ sites, bounds: [bound], least, pool });
  }
  const coverage = found.second ? undefined : shortBound().tighten([], everything, firstRounds);
  for (const stage of stages.toSorted((a, b) => a.least - b.least)) {
    const bounds = coverage ? [coverage.bound, ...stage.bounds] : stage.bounds;
    explore(relaxation.root(), { ...stage, bounds });
  }
  return found;
}

const mostTurns = 12;
const mostPolished = 6;

interface Stage {
  sites: number;
  bounds: readonly PriceBound[];
  pool: Pool;
}

const firstRounds = 60;
const furtherRounds = 12;

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
