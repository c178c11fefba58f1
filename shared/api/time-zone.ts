import * as z from 'zod';

export const TimeZone = z.string().max(64).refine(isTimeZone, 'is not an IANA time zone such as "Europe/Madrid"');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
