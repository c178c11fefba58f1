import { AwsError } from './errors.ts';

/**
 * A name out of a request's path.
 * @throws AwsError ValidationException for a percent sign that begins no UTF-8 character
 */
export function pathSegment(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsError('ValidationException', 'The path of the request is not percent-encoded UTF-8');
  }
}
