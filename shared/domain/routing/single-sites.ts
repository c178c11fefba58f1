import { assign } from './assign.ts';
import { Meter } from './meter.ts';
import type { Problem, Source } from './problem.ts';
import type { Found } from './two-best.ts';

/** What a site alone would do is only told, not decided on: a first answer is enough where lines compete. */
const budgetPerSite = (p: Problem) => 200 + 2 * p.items.length;

const anything = { short: Number.MAX_SAFE_INTEGER, cost: Number.POSITIVE_INFINITY };

/** What each site would do alone, by its place: everything it can, at its best offer. */
export function singleSites(p: Problem): Map<number, Found> {
  const found = new Map<number, Found>();
  // By number of portions: what one place has of an item. One list for all that have as much.
  const ofOne: number[][] = [];
  for (const source of p.sources) {
    const known = found.get(source.site);
    const free = p.competing.length === 0 && source.room === Number.POSITIVE_INFINITY;
    const plan = free ? everythingOf(p, source, ofOne, known) : assigned(p, source);
    if (!plan) continue;
    if (!known || plan.short < known.short || (plan.short === known.short && plan.cost < known.cost)) {
      found.set(source.site, plan);
    }
  }
  return found;
}

function assigned(p: Problem, source: Source): Found | undefined {
  const assignment = assign(p, [source], anything, new Meter(budgetPerSite(p)));
  if (!assignment || assignment.taken.every(([portions]) => (portions ?? 0) === 0)) return undefined;
  const { short, cost, taken } = assignment;
  return { short, cost: cost + source.fixed - p.extraParcel, sources: [source], taken };
}

/** Nothing competes: the site gives all it has of each item, the same whatever the offer. */
function everythingOf(p: Problem, source: Source, ofOne: number[][], known?: Found): Found | undefined {
  let short = 0;
  let cost = source.fixed - p.extraParcel;
  let any = false;
  for (let index = 0; index < p.items.length; index++) {
    const item = p.items[index]!;
    const portions = Math.min(item.count, source.cap[index]!);
    short += (item.count - portions) * item.units;
    if (portions > 0) any = true;
    cost += portions * source.portion[index]! + (source.scarce[index]?.[portions] ?? 0);
  }
  if (!any) return undefined;
  const taken =
    known?.taken ??
    p.items.map(({ count }, index) => {
      const portions = Math.min(count, source.cap[index]!);
      ofOne[portions] ??= [portions];
      return ofOne[portions];
    });
  return { short, cost, sources: [source], taken };
}
