import { AwsError } from '../kernel/errors.ts';
import type { StoredObject } from './object-store.ts';

type Headers = Record<string, string>;

const HONORED = ['if-match', 'if-none-match'];
const OTHERS = ['if-modified-since', 'if-unmodified-since', 'if-range'];

/**
 * Holds a request to the conditions in its headers. Source: S3 User Guide, "Add preconditions to S3 operations with conditional requests".
 * @returns false for a read of what the client has already: 304
 * @throws AwsError PreconditionFailed; NotImplemented for conditions by time
 */
export function meetsConditions(headers: Headers, object: StoredObject | undefined, isRead: boolean): boolean {
  const other = OTHERS.find((name) => headers[name] !== undefined);
  if (other) throw new AwsError('NotImplemented', `S3 on this machine does not implement the header ${other}.`, 501);
  const [wanted, unwanted] = HONORED.map((name) => headers[name]);
  if (wanted !== undefined && !(object && isAmong(wanted, object))) throw preconditionFailed();
  if (unwanted === undefined || !object || !isAmong(unwanted, object)) return true;
  if (isRead) return false;
  throw preconditionFailed();
}

/** `*`, or tags with or without quotes. */
function isAmong(tags: string, { etag }: StoredObject): boolean {
  return tags.split(',').some((each) => {
    const tag = each.trim().replace(/^W\//, '');
    return tag === '*' || tag.replaceAll('"', '') === etag.replaceAll('"', '');
  });
}

function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
