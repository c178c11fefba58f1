import { assign } from './assign.ts';
import { Meter } from './meter.ts';
import type { Problem } from './problem.ts';
import type { Found } from './two-best.ts';

/** What a site alone would do is only told, not decided on: a first answer is enough where lines compete. */
const budgetPerSite = (p: Problem) => 200 + 2 * p.items.length;

/** What each site would do alone, by its place: everything it can, at its best offer. */
export function singleSites(p: Problem): Map<number, Found> {
  const found = new Map<number, Found>();
  const anything = { short: Number.MAX_SAFE_INTEGER, cost: Number.POSITIVE_INFINITY };
  for (const source of p.sources) {
    const assignment = assign(p, [source], anything, new Meter(budgetPerSite(p)));
    if (!assignment || assignment.taken.every(([portions]) => (portions ?? 0) === 0)) continue;
    const { short, taken } = assignment;
    const cost = assignment.cost + source.fixed - p.extraParcel;
    const known = found.get(source.site);
    if (!known || short < known.short || (short === known.short && cost < known.cost)) {
      found.set(source.site, { short, cost, sources: [source], taken });
    }
  }
  return found;
}
