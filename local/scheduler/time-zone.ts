import { AwsError } from '../kernel/errors.ts';

/**
 * The clock on the wall of a time zone. A local time is written as the epoch milliseconds at which a clock in UTC shows the same.
 */
export interface LocalTime {
  fromEpoch(time: number): number;
  /** The first time at which the clock shows `local`; undefined when the clock is put forward over it. */
  toEpoch(local: number): number | undefined;
}

const ONE_DAY = 86_400_000;

/** @throws AwsError ValidationException for a zone that there is not. */
export function localTime(timeZone: string): LocalTime {
  if (timeZone === 'UTC') return { fromEpoch: (time) => time, toEpoch: (local) => local };
  const format = formatter(timeZone);
  const fromEpoch = (time: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  return {
    fromEpoch,
    toEpoch(local) {
      // The zone's offset a day before and a day after: on either side of any change of the clock in between.
      const candidates = [local - ONE_DAY, local + ONE_DAY].map((near) => local - (fromEpoch(near) - near));
      return candidates.sort((one, other) => one - other).find((time) => fromEpoch(time) === local);
    },
  };
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new AwsError('ValidationException', `The ScheduleExpressionTimezone is not valid: ${timeZone}`);
  }
}
