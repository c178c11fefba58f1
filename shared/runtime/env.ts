import * as z from 'zod';

/**
 * The function's environment, parsed once while the module loads: a missing or malformed variable fails the cold start, with its name, and
 * never a customer's request.
 * @throws Error naming every variable that is wrong (never its value)
 */
export function parseEnv<S extends z.ZodObject>(schema: S, source: NodeJS.ProcessEnv = process.env): z.infer<S> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`Environment: ${faults.join('; ')}`);
}

/** A variable that holds JSON (ORDER_POLICY): parsed and checked by `schema`. */
export const jsonVariable = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** A variable that holds a comma list; empty is no entry. */
export const listVariable = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );

/** A variable that must be there and not be empty (table names, ARNs). */
export const requiredVariable = z.string().min(1);
