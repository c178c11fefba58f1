import type * as z from 'zod';
import { AwsError } from './errors.ts';

/**
 * Checks the input of a service's call, or the properties of a resource, against its shape. Shapes are strict: a member that a service
 * does not know is refused here, so that nothing is silently left undone.
 * @throws AwsError `code` (default `ValidationException`) that names the first member at fault.
 */
export function parseInput<T>(shape: z.ZodType<T>, input: unknown, code = 'ValidationException'): T {
  const result = shape.safeParse(input ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new AwsError(code, `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`);
}
