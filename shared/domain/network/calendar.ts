import * as z from 'zod';
import { addDays, instantOf, type LocalDate, wallClockAt, weekdayOn } from './wall-clock.ts';

/** `09:30`; `24:00` is the end of the day. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time such as "09:30"');

export const LocalDay = z.iso.date();

/** Within one day. A place open past midnight has hours until 24:00 and from 00:00 of the next day. */
const Hours = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from < to, 'must begin before they end');

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const DayHours = z.array(Hours).max(6).check(refuseOverlaps);

/** When people work at a location, on its own clock. */
export const Calendar = z.strictObject({
  /** By day of the week; a day that is absent is a day off. */
  hours: z.strictObject(Object.fromEntries(weekdays.map((weekday) => [weekday, DayHours.optional()]))),
  /** Days off, whatever the day of the week. */
  holidays: z.array(LocalDay).max(366).default([]),
  /** Days with hours of their own: open Sundays, short Christmas Eves. They win over `hours` and `holidays`. */
  exceptions: z
    .array(z.strictObject({ date: LocalDay, hours: DayHours }))
    .max(366)
    .default([]),
});
export type Calendar = z.infer<typeof Calendar>;

/** Open around the clock: what a location without a calendar is. */
export const alwaysOpen: Calendar = Calendar.parse({
  hours: Object.fromEntries(weekdays.map((weekday) => [weekday, [{ from: '00:00', to: '24:00' }]])),
});

export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** How far ahead a next opening is looked for: a place closed for longer promises nothing. */
const horizonDays = 60;

/** Opening hours of a day, in order. */
export function hoursOn(calendar: Calendar, date: LocalDate): { from: number; to: number }[] {
  const exception = calendar.exceptions.find((one) => one.date === date);
  const weekday = weekdays[weekdayOn(date) - 1] ?? 'monday';
  const hours = exception?.hours ?? (calendar.holidays.includes(date) ? [] : (calendar.hours[weekday] ?? []));
  return hours.map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) })).sort((a, b) => a.from - b.from);
}

export function isOpen(calendar: Calendar, timeZone: string, instant: number): boolean {
  const { date, minutes } = wallClockAt(timeZone, instant);
  return hoursOn(calendar, date).some(({ from, to }) => from <= minutes && minutes < to);
}

/**
 * The instant at which work that takes `workMinutes` of opening hours is done if it begins at `from`, epoch milliseconds; undefined if that is
 * more than 60 days off.
 */
export function doneAfter(calendar: Calendar, timeZone: string, from: number, workMinutes: number): number | undefined {
  const start = wallClockAt(timeZone, from);
  let left = workMinutes;
  for (let ahead = 0; ahead <= horizonDays; ahead++) {
    const date = addDays(start.date, ahead);
    for (const { from: opens, to: closes } of hoursOn(calendar, date)) {
      const begins = ahead === 0 ? Math.max(opens, start.minutes) : opens;
      if (begins >= closes) continue;
      if (left <= closes - begins) return Math.max(from, instantOf(timeZone, date, begins + left));
      left -= closes - begins;
    }
  }
  return undefined;
}

interface Work {
  /** Latest time of day to order for the same day; undefined: closing time. */
  cutOff: string | undefined;
  workMinutes: number;
}

/** When what is ordered at `from` is ready, epoch milliseconds: begun today unless the cut-off has passed. Undefined if that is more than 60 days off. */
export function readyAfter(
  calendar: Calendar,
  timeZone: string,
  from: number,
  { cutOff, workMinutes }: Work,
): number | undefined {
  if (cutOff === undefined) return doneAfter(calendar, timeZone, from, workMinutes);
  const now = wallClockAt(timeZone, from);
  const isTooLate = now.minutes >= minutesOf(cutOff);
  return doneAfter(calendar, timeZone, isTooLate ? instantOf(timeZone, addDays(now.date, 1), 0) : from, workMinutes);
}

/**
 * The first day on which goods ordered at `from` leave: today if the place works today, the cut-off has not passed, and the work is done by
 * closing time; else the next day it works. Undefined if that is more than 60 days off.
 */
export function shipDay(calendar: Calendar, timeZone: string, from: number, work: Work): LocalDate | undefined {
  const { workMinutes } = work;
  const done = readyAfter(calendar, timeZone, from, work);
  // Work that is done at 24:00 was done on the day that ended.
  return done === undefined ? undefined : wallClockAt(timeZone, workMinutes > 0 ? done - 1 : done).date;
}

function refuseOverlaps({ value, issues }: z.core.ParsePayload<{ from: string; to: string }[]>): void {
  const ordered = value.map((hours, index) => ({ ...hours, index })).sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [position, hours] of ordered.entries()) {
    const before = ordered[position - 1];
    if (!before || before.to <= hours.from) continue;
    issues.push({
      code: 'custom',
      input: hours,
      path: [hours.index],
      params: { code: 'overlapping_hours' },
      message: `Overlaps with ${before.from} to ${before.to}.`,
    });
  }
}
