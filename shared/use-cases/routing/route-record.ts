import type { RoutingDecision } from '../../domain/routing/decision.ts';
import type { RoutingInput } from '../../domain/routing/input.ts';
import type { RouteRecord } from '../../ports/route-log.ts';

/** Of the sites, those that may serve first. What an event holds of them is for partners, what is kept is for whoever asks why. */
const announced = 20;
const mostCandidates = 60;
const mostReasons = 600;

type Candidates = RoutingDecision['candidates'];

/** Those that may serve before those that may not, by id. */
const ranked = (candidates: Candidates): Candidates =>
  candidates.toSorted((a, b) => Number(a.excludedBy !== undefined) - Number(b.excludedBy !== undefined));

/** What the event `reservation.created` tells. */
export const summaryOf = ({ candidates, chosen }: RoutingDecision) => ({
  candidates: ranked(candidates)
    .slice(0, announced)
    .flatMap(({ locations: [locationId], covers, excludedBy }) =>
      locationId === undefined ? [] : [{ locationId, covers, ...(excludedBy !== undefined && { excludedBy }) }],
    ),
  sites: chosen?.locations.length ?? 0,
});

/** What is kept with the order: bounded, whatever the size of the order and of the network. */
export function recordOf(decision: RoutingDecision, input: RoutingInput, at: string): RouteRecord {
  const kept = ranked(decision.candidates).slice(0, mostCandidates);
  const each = Math.max(1, Math.floor(mostReasons / Math.max(1, kept.length)));
  const candidates = kept.map((one) => ({ ...one, reasons: one.reasons.slice(0, each) }));
  const count = (list: Candidates) => list.reduce((sum, { reasons }) => sum + reasons.length, 0);
  return {
    at,
    decision: { ...decision, candidates },
    leftOut: { candidates: decision.candidates.length - kept.length, reasons: count(kept) - count(candidates) },
    input,
  };
}
