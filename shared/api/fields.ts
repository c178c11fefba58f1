import * as z from 'zod';

/** Text for people: not blank. Control characters and lone surrogates are refused for every string of every body (json-body.ts). */
export const text = (longest: number) => z.string().max(longest).regex(/\S/, 'must not be blank');

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
