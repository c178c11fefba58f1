import { tzOffset } from '@date-fns/tz/tzOffset';

const minute = 60_000;
const day = 1440 * minute;

/** A day of the calendar, `2026-11-21`, wherever that is. */
export type LocalDate = string;

/** What the clock on the wall of a place shows. */
export interface WallClock {
  date: LocalDate;
  /** Minutes since midnight, 0 to 1439. */
  minutes: number;
  /** 1 = Monday to 7 = Sunday (ISO 8601). */
  weekday: number;
}

/** By zone; then they are forgotten, all at once. A decision asks for some dozens. */
const mostRemembered = 2_000;

/** Every site of a network is asked for the same few instants, and a zone's offset costs some microseconds to find. */
function remembering<T>(find: (instant: number) => T): (instant: number) => T {
  const known = new Map<number, T>();
  return (instant) => {
    const before = known.get(instant);
    if (before !== undefined) return before;
    if (known.size === mostRemembered) known.clear();
    const found = find(instant);
    known.set(instant, found);
    return found;
  };
}

const offsets = new Map<string, (instant: number) => number>();

/** Milliseconds. Clocks change at whole minutes since 1972. */
function offset(timeZone: string, instant: number): number {
  let find = offsets.get(timeZone);
  if (!find) {
    find = remembering((start) => tzOffset(timeZone, new Date(start)) * minute);
    offsets.set(timeZone, find);
  }
  return find(Math.floor(instant / minute) * minute);
}

/** @param instant epoch milliseconds */
export function wallClockAt(timeZone: string, instant: number): WallClock {
  const local = instant + offset(timeZone, instant);
  const midnight = Math.floor(local / day) * day;
  return { date: dateOf(midnight), minutes: Math.floor((local - midnight) / minute), weekday: weekdayOf(midnight) };
}

/**
 * The instant at which a wall shows this, epoch milliseconds. A time that the clocks jump over is the instant they would have shown it
 * without the jump; one that they show twice is the first (as RFC 5545 reads local times).
 */
export function instantOf(timeZone: string, date: LocalDate, minutes: number): number {
  const local = Date.parse(`${date}T00:00:00Z`) + minutes * minute;
  // The offset that holds before a change: a day earlier is on the old side of it, and no zone changes twice within a day.
  const before = local - offset(timeZone, local - day);
  const after = local - offset(timeZone, before);
  const isShown = (instant: number) => instant + offset(timeZone, instant) === local;
  return isShown(before) || !isShown(after) ? before : after;
}

export const addDays = (date: LocalDate, days: number): LocalDate =>
  dateOf(Date.parse(`${date}T00:00:00Z`) + days * day);

export const weekdayOn = (date: LocalDate): number => weekdayOf(Date.parse(`${date}T00:00:00Z`));

const dateOf = remembering((midnight): LocalDate => new Date(midnight).toISOString().slice(0, 10));

/** The epoch began on a Thursday. */
const weekdayOf = (midnight: number): number => ((Math.floor(midnight / day) + 3) % 7) + 1;
