import { minutesOf, weekdays } from '../network/calendar.ts';
import type { DeliveryOption } from '../network/delivery-option.ts';
import { addDays, instantOf, type LocalDate, wallClockAt, weekdayOn } from '../network/wall-clock.ts';

const hour = 3_600_000;
/** A week has every weekday: whoever delivers on any finds one within it. */
const week = 7;

type Terms = Pick<DeliveryOption, 'service' | 'cutOff' | 'withinDays' | 'deliveryDays' | 'extraDays'>;

/** When it comes. Days are on the clock of `timeZone`; instants in epoch milliseconds, `to` is exclusive. */
export interface PromisedTime {
  timeZone: string;
  earliestDate: LocalDate;
  latestDate: LocalDate;
  from: number;
  to: number;
}

const deliversOn = ({ service, deliveryDays }: Terms, date: LocalDate): boolean => {
  const days: readonly string[] = deliveryDays ?? (service === 'weekend' ? ['saturday', 'sunday'] : weekdays);
  return days.includes(weekdays[weekdayOn(date) - 1] ?? '');
};

/** The first delivery day from `date` on, or the nth one after that. */
function deliveryDay(terms: Terms, date: LocalDate, further = 0): LocalDate {
  let day = date;
  for (let ahead = 0; ahead < week && !deliversOn(terms, day); ahead++) day = addDays(day, 1);
  return further === 0 ? day : deliveryDay(terms, addDays(day, 1), further - 1);
}

/** Work that ends at midnight ends on the day that is over. */
const dateOf = (timeZone: string, arrivalAt: number): LocalDate => wallClockAt(timeZone, arrivalAt - 1).date;

const daysOf = ({ service, withinDays }: Terms): number | undefined =>
  withinDays ?? (service === 'same_day' ? 0 : service === 'next_day' ? 1 : undefined);

/** The latest instant to order on the day of `now`; undefined: any. */
export function cutOffAt({ cutOff }: Terms, timeZone: string, now: number): number | undefined {
  return cutOff === undefined ? undefined : instantOf(timeZone, wallClockAt(timeZone, now).date, minutesOf(cutOff));
}

/**
 * The latest arrival with which the option is what its name says, epoch milliseconds: within an hour, today, on the next delivery day. Undefined:
 * any will do. `none`: it would have to come today, and nothing is delivered today.
 */
export function deadlineOf(terms: Terms, timeZone: string, now: number): number | undefined | 'none' {
  if (terms.service === 'one_hour') return now + hour;
  const days = daysOf(terms);
  if (days === undefined) return undefined;
  const { date: today } = wallClockAt(timeZone, now);
  if (days === 0 && !deliversOn(terms, today)) return 'none';
  const last = days === 0 ? today : deliveryDay(terms, addDays(today, 1), days - 1);
  return instantOf(timeZone, addDays(last, 1), 0);
}

/**
 * What may be promised of parcels that arrive then: for `one_hour` the hours themselves, else whole delivery days.
 * @param deadline of `deadlineOf`
 */
export function promisedTime(
  terms: Terms,
  timeZone: string,
  { now, arrivals, deadline }: { now: number; arrivals: readonly number[]; deadline: number | undefined },
): PromisedTime {
  const first = Math.min(...arrivals);
  const last = Math.max(...arrivals);
  if (terms.service === 'one_hour') {
    const to = deadline ?? last;
    return {
      timeZone,
      earliestDate: wallClockAt(timeZone, first).date,
      latestDate: dateOf(timeZone, to),
      from: first,
      to,
    };
  }
  const earliestDate = deliveryDay(terms, dateOf(timeZone, first));
  const latestDate = deliveryDay(terms, dateOf(timeZone, last), terms.extraDays);
  const from = Math.max(now, instantOf(timeZone, earliestDate, 0));
  const end = instantOf(timeZone, addDays(latestDate, 1), 0);
  return { timeZone, earliestDate, latestDate, from, to: end };
}
