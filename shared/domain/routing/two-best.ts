import { type Assignment, better, type Worth } from './assign.ts';
import type { Problem, Source } from './problem.ts';

/** A set of sources with its best assignment; every source is used. */
export interface Found extends Worth {
  /** By site. */
  sources: Source[];
  /** Portions by item, then by place in `sources`. */
  taken: number[][];
}

export interface TwoBest {
  best?: Found;
  /** The best that uses other sites. */
  second?: Found;
}

/** Fewer units short, then the lower cost, then fewer parcels, then the lower site ids. */
export function keep(found: TwoBest, plan: Found): void {
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

/** May something with at least this worth and as many parcels be better than what is known? */
export function reaches(known: Found | undefined, worth: Worth, parcels: number): boolean {
  if (!known || better(worth, known)) return true;
  return !better(known, worth) && parcels <= known.sources.length;
}

/** The sources that got something, with their parcels paid. */
export function used(p: Problem, set: readonly Source[], { short, cost, taken }: Assignment): Found {
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
export function compareSites(a: readonly Source[], b: readonly Source[]): number {
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
