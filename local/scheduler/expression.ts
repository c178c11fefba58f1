import { AwsError } from '../kernel/errors.ts';
import { compileCron } from './cron.ts';
import { localTime } from './time-zone.ts';

/** When something is due. Times are epoch milliseconds. */
export interface Schedule {
  /** The first time after `after`, undefined if there is none. `anchor`: what a rate counts from (creation, start date). */
  next(after: number, anchor: number): number | undefined;
}

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`, `at(2026-11-29T00:00:00)`, the latter two on the clock of `timeZone`.
 * Source: EventBridge Scheduler User Guide, "Schedule types".
 * @throws AwsError ValidationException
 */
export function parseSchedule(expression: string, timeZone = 'UTC'): Schedule {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  switch (kind) {
    case 'rate':
      return rate(expression, argument);
    case 'cron':
      return { next: compileCron(argument, timeZone) };
    case 'at':
      return at(expression, argument, timeZone);
    default:
      throw invalid(expression);
  }
}

function invalid(expression: string): AwsError {
  return new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`);
}

function rate(expression: string, argument: string): Schedule {
  const [, count = '', unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds === undefined || (Number(count) > 1 && !plural)) throw invalid(expression);
  const period = Number(count) * milliseconds;
  return { next: (after, anchor) => anchor + Math.max(1, Math.floor((after - anchor) / period) + 1) * period };
}

function at(expression: string, argument: string, timeZone: string): Schedule {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(argument);
  if (!match) throw invalid(expression);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const time = localTime(timeZone).toEpoch(local);
  if (time === undefined) throw invalid(expression);
  return { next: (after) => (time > after ? time : undefined) };
}
