import { AwsError } from '../kernel/errors.ts';
import { localTime } from './time-zone.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;
const ONE_DAY = 86_400_000;
const ONE_HOUR = 3_600_000;

type DayTest = (date: Date) => boolean;

/**
 * The next time of a cron expression of six fields: minutes, hours, day of month, month, day of week (1 = Sunday), year, with
 * `* , - / ?` and `L W #`. A local time that the clock skips in spring is skipped; one that it shows twice in autumn counts once.
 * Source: EventBridge Scheduler User Guide, "Cron-based schedules".
 * @throws AwsError ValidationException
 */
export function compileCron(expression: string, timeZone: string): (after: number) => number | undefined {
  const refuse = (): AwsError =>
    new AwsError('ValidationException', `Invalid Schedule Expression cron(${expression}).`);
  const fields = expression.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || !year || fields.length > 6) throw refuse();
  // One of the two days must be left open: they do not combine.
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) throw refuse();

  const minutes = [...valuesOf(minute, 0, 59, refuse)].sort((one, other) => one - other);
  const hours = [...valuesOf(hour, 0, 23, refuse)].sort((one, other) => one - other);
  const months = valuesOf(month, 1, 12, refuse, MONTHS);
  const years = valuesOf(year, FIRST_YEAR, LAST_YEAR, refuse);
  const isDay = dayOfMonth === '?' ? dayOfWeekTest(dayOfWeek, refuse) : dayOfMonthTest(dayOfMonth, refuse);
  const lastYear = Math.max(...years);
  const local = localTime(timeZone);

  return (after) => {
    const now = local.fromEpoch(after);
    // The day before too: the clock may have been put back since.
    for (let day = now - (now % ONE_DAY) - ONE_DAY; ; day += ONE_DAY) {
      const date = new Date(day);
      if (date.getUTCFullYear() > lastYear) return undefined;
      if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1) || !isDay(date)) continue;
      for (const hourOfDay of hours) {
        for (const minuteOfHour of minutes) {
          const time = day + hourOfDay * ONE_HOUR + minuteOfHour * 60_000;
          // No change of a clock is longer than this: what lies further back cannot be after.
          if (time < now - 3 * ONE_HOUR) continue;
          const due = local.toEpoch(time);
          if (due !== undefined && due > after) return due;
        }
      }
    }
  };
}

function valuesOf(
  field: string,
  least: number,
  most: number,
  refuse: () => AwsError,
  names: string[] = [],
): Set<number> {
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw refuse();
    return value;
  };
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range === '*' ? [String(least), String(most)] : range.split('-');
    const first = number(from);
    const last = to !== undefined ? number(to) : step !== undefined ? most : first;
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw refuse();
    for (let value = first; value <= last; value += by) values.add(value);
    // FRI-MON wraps around the end.
    if (last < first)
      for (let value = first; value <= most + last - least + 1; value += by)
        values.add(value > most ? value - most + least - 1 : value);
  }
  return values;
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function dayOfMonthTest(field: string, refuse: () => AwsError): DayTest {
  if (field === 'L') return (date) => date.getUTCDate() === daysInMonth(date);
  if (field === 'LW') return (date) => date.getUTCDate() === nearestWeekday(date, daysInMonth(date));
  const weekday = /^(\d+)W$/.exec(field);
  if (weekday) {
    const [wanted = 0] = [...valuesOf(weekday[1]!, 1, 31, refuse)];
    return (date) => wanted <= daysInMonth(date) && date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = valuesOf(field, 1, 31, refuse);
  return (date) => days.has(date.getUTCDate());
}

/** The day from Monday to Friday that is nearest to `day` of the date's month, without leaving the month. */
function nearestWeekday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysInMonth(date) ? day - 2 : day + 1;
  return day;
}

function dayOfWeekTest(field: string, refuse: () => AwsError): DayTest {
  const nth = /^(\w+)#([1-5])$/.exec(field);
  if (nth) {
    const days = valuesOf(nth[1]!, 1, 7, refuse, DAYS);
    return (date) => days.has(date.getUTCDay() + 1) && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  }
  if (field === 'L') return (date) => date.getUTCDay() === 6;
  const last = /^(\w+)L$/.exec(field);
  if (last) {
    const days = valuesOf(last[1]!, 1, 7, refuse, DAYS);
    return (date) => days.has(date.getUTCDay() + 1) && date.getUTCDate() > daysInMonth(date) - 7;
  }
  const days = valuesOf(field, 1, 7, refuse, DAYS);
  return (date) => days.has(date.getUTCDay() + 1);
}
