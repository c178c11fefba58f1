import type { Currency } from '../money.ts';
import { type Exclusion, type Plan, type RoutingDecision, type TermName, termNames } from './decision.ts';
import { explainReason } from './explain-reason.ts';
import { moneyText } from './money-text.ts';

export interface Explanation {
  /** One sentence: what was decided. */
  summary: string;
  /** The sites that are out, by id: every reason, in words and numbers. */
  excluded: { locationId: string; code: string; reasons: string[] }[];
  /** The sites that are in but lack something: why some lines cannot come from them. */
  limited: { locationId: string; covers: number; reasons: string[] }[];
  /** Why the winner beat the runner-up; undefined when there was no other plan. */
  comparison?: Comparison;
  /** What the reader must know to trust it: a truncated search, distances not known. */
  notes: string[];
}

export interface Comparison {
  chosen: string[];
  runnerUp: string[];
  /** Score of the runner-up less the winner's, in minor units. */
  difference: number;
  /** By term, the largest first: positive speaks for the winner. They sum to `difference`. */
  terms: { term: TermName; chosen: number; runnerUp: number; difference: number }[];
  text: string;
}

/** The decision in words and numbers, from the decision alone: what is stored explains itself. */
export function explain(decision: RoutingDecision, currency: Currency): Explanation {
  const out = decision.candidates.filter(({ excludedBy }) => excludedBy !== undefined);
  const limited = decision.candidates.filter(
    ({ excludedBy, reasons }) => excludedBy === undefined && reasons.length > 0,
  );
  const words = (reasons: readonly Exclusion[]) => reasons.map(explainReason);
  const comparison = compare(decision, currency);
  return {
    summary: summaryOf(decision, currency),
    excluded: out.map(({ locations, excludedBy, reasons }) => ({
      locationId: locations.join('+'),
      code: excludedBy ?? '',
      reasons: words(reasons),
    })),
    limited: limited.map(({ locations, covers, reasons }) => ({
      locationId: locations.join('+'),
      covers,
      reasons: words(reasons),
    })),
    ...(comparison && { comparison }),
    notes: notesOf(decision),
  };
}

function summaryOf(
  { rule, cascade, outcome, chosen, short, onShort, cancelAfterDays, policy }: RoutingDecision,
  currency: Currency,
) {
  const missing = short.reduce((sum, { quantity }) => sum + quantity, 0);
  const rest = {
    backorder: 'backordered',
    queue: 'queued',
    cancel_after: cancelAfterDays
      ? `backordered, and canceled if they still wait after ${cancelAfterDays} days`
      : 'refused',
  }[onShort ?? 'backorder'];
  const of = cascade ? ` of ${cascade.id}, version ${cascade.version}` : '';
  if (rule === null) return `No rule${of} is for this order: ${missing} units are ${rest}.`;
  if (!chosen) return `No plan of rule "${rule}"${of} serves the order (${outcome}): ${missing} units are ${rest}.`;
  const served = `${chosen.locations.join(' + ')} serves ${chosen.kpis.unitsServed} units`;
  const parcels = chosen.parcels.length === 1 ? '1 parcel' : `${chosen.parcels.length} parcels`;
  const how = `in ${parcels}, score ${moneyText(chosen.score, currency)} (rule "${rule}"${of}, policy ${policy})`;
  return missing === 0 ? `${served} ${how}.` : `${served} ${how}; ${missing} units are ${rest}.`;
}

/** Why the winner beat the runner-up: the terms in which they differ. */
function compare({ chosen, runnerUp }: RoutingDecision, currency: Currency): Comparison | undefined {
  if (!chosen || !runnerUp) return undefined;
  const terms = termNames
    .map((term) => {
      const [a, b] = [chosen.terms[term] ?? 0, runnerUp.terms[term] ?? 0];
      return { term, chosen: a, runnerUp: b, difference: thousandths(b - a) };
    })
    .filter(({ difference }) => difference !== 0)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  const difference = thousandths(runnerUp.score - chosen.score);
  const parts = terms.map((one) => `${one.term} ${signed(one.difference, currency)}`).join(', ');
  return {
    chosen: chosen.locations,
    runnerUp: runnerUp.locations,
    difference,
    terms,
    text: `${chosen.locations.join(' + ')} beat ${runnerUp.locations.join(' + ')} ${verdict(chosen, runnerUp, difference, currency)}${parts && `: ${parts}`}.`,
  };
}

function verdict(chosen: Plan, runnerUp: Plan, difference: number, currency: Currency): string {
  const units = chosen.kpis.unitsServed - runnerUp.kpis.unitsServed;
  if (units > 0) return `by ${units} more units served (which counts before any cost)`;
  if (difference > 0) return `by ${moneyText(difference, currency)}`;
  return chosen.parcels.length < runnerUp.parcels.length
    ? 'at an equal score, with fewer parcels'
    : 'at an equal score, by the order of the ids';
}

function notesOf({ truncated, evaluations, chosen }: RoutingDecision): string[] {
  const notes: string[] = [];
  if (truncated) {
    notes.push(
      `The search stopped at its budget after ${evaluations} looks: the plan is valid, a better one may exist.`,
    );
  }
  const unknown = chosen?.parcels.filter(({ kilometers }) => kilometers === null).map(({ locationId }) => locationId);
  if (unknown && unknown.length > 0) {
    notes.push(`The distance to ${unknown.join(', ')} is not known; it counts as half the way round the earth.`);
  }
  return notes;
}

const thousandths = (amount: number): number => Math.round(amount * 1000) / 1000;

const signed = (minorUnits: number, currency: Currency): string =>
  `${minorUnits > 0 ? '+' : ''}${moneyText(minorUnits, currency)}`;
