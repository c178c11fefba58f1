import { AwsError } from '../kernel/errors.ts';
import { escapeXml } from '../kernel/xml.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

export interface Listing {
  objects: StoredObject[];
  commonPrefixes: string[];
  /** Where the next page begins: the last key or common prefix of this one. */
  next?: string;
}

const LAST_CHARACTER = '\u{10FFFF}';

/** A page of ListObjectsV2: up to `limit` objects and common prefixes together. */
export function listPage(
  store: ObjectStore,
  bucket: string,
  { prefix, delimiter, after, limit }: { prefix: string; delimiter: string; after: string; limit: number },
): Listing {
  const page: Listing = { objects: [], commonPrefixes: [] };
  for (let position = after; ; ) {
    const wanted = limit - page.objects.length - page.commonPrefixes.length;
    // One more than fits tells whether there is a next page.
    const found = store.list(bucket, prefix, position, wanted + 1);
    let skipTo: string | undefined;
    for (const object of found) {
      if (page.objects.length + page.commonPrefixes.length === limit) return { ...page, next: position };
      const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
      if (end < 0) {
        page.objects.push(object);
        position = object.key;
        continue;
      }
      const common = object.key.slice(0, end + delimiter.length);
      page.commonPrefixes.push(common);
      skipTo = position = common + LAST_CHARACTER;
      break;
    }
    if (skipTo === undefined) return page;
  }
}

export function toXml(bucket: string, query: URLSearchParams, listing: Listing): string {
  const prefix = query.get('prefix') ?? '';
  const isEncoded = query.get('encoding-type') === 'url';
  const encode = isEncoded ? encodeURIComponent : escapeXml;
  // Without being told the SDKs do not decode what they have asked to be encoded.
  const told = isEncoded ? '<EncodingType>url</EncodingType>' : '';
  const contents = listing.objects.map(
    ({ key, size, etag, modifiedAt }) =>
      `<Contents><Key>${encode(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const prefixes = listing.commonPrefixes.map(
    (each) => `<CommonPrefixes><Prefix>${encode(each)}</Prefix></CommonPrefixes>`,
  );
  const token = listing.next === undefined ? '' : Buffer.from(listing.next).toString('base64url');
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${escapeXml(bucket)}</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${listing.objects.length + listing.commonPrefixes.length}</KeyCount><MaxKeys>${maxKeys(query)}</MaxKeys><IsTruncated>${token !== ''}</IsTruncated>${told}${token && `<NextContinuationToken>${token}</NextContinuationToken>`}${contents.join('')}${prefixes.join('')}</ListBucketResult>`;
}

/** @throws AwsError InvalidArgument */
export function maxKeys(query: URLSearchParams): number {
  const asked = query.get('max-keys');
  if (asked === null) return 1000;
  if (!/^[1-9]\d*$/.test(asked)) throw new AwsError('InvalidArgument', 'max-keys must be an integer of at least 1');
  return Math.min(1000, Number(asked));
}
