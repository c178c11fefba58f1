import * as z from 'zod';

/** Text for people: not blank. Control characters and lone surrogates are refused for every string of every body (json-body.ts). */
export const text = (longest: number) => z.string().max(longest).regex(/\S/, 'must not be blank');

const [earliest, latest] = [Date.UTC(1900), Date.UTC(3000)];

/**
 * A moment, with any offset, as it is kept: UTC. A year of five digits, which an offset or a sum of days can make of 9999, is no text that
 * anybody reads again.
 */
export const MomentGiven = z.iso
  .datetime({ offset: true })
  .check(({ value, issues }) => {
    const at = Date.parse(value);
    if (issues.length > 0 || (at >= earliest && at < latest)) return;
    const message = 'must lie between the years 1900 and 2999';
    issues.push({ code: 'custom', input: value, params: { code: 'out_of_range' }, message });
  })
  .transform((value) => new Date(value).toISOString());

/** BCP 47, as far as it is told by its form. */
export const LanguageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'a language tag such as "en" or "es-MX"');

/** Nothing stands in a list twice. */
export function refuseRepeated<T>(keyOf: (item: T) => string, ...path: string[]) {
  return ({ value, issues }: z.core.ParsePayload<T[]>): void => {
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const key = keyOf(item);
      if (seen.has(key)) {
        const message = `${key} stands in the list already.`;
        issues.push({ code: 'custom', input: item, path: [index, ...path], params: { code: 'repeated' }, message });
      }
      seen.add(key);
    }
  };
}
