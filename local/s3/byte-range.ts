import { AwsError } from '../kernel/errors.ts';

/**
 * The bytes that a Range header asks for, both ends included; undefined where it is to be read over (RFC 9110, 14.2: not of bytes, malformed).
 * @throws AwsError InvalidRange; NotImplemented for several ranges at once, which S3 has neither
 */
export function byteRange(header: string | undefined, size: number): { first: number; last: number } | undefined {
  if (header?.includes(',')) throw new AwsError('NotImplemented', 'S3 gives one range at a time.', 501);
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (first > last) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { first, last };
}
