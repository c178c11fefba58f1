import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service, WireRequest, WireResponse } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { escapeXml } from '../kernel/xml.ts';
import { bucketCall, listBuckets } from './bucket-calls.ts';
import { byteRange } from './byte-range.ts';
import { decodeChunks } from './chunked-body.ts';
import { meetsConditions } from './conditions.ts';
import { deleteObjects } from './delete-objects.ts';
import { listPage, maxKeys, toXml } from './list-objects.ts';
import { ObjectStore, type StoredObject } from './object-store.ts';

const putShape = z.object({
  Bucket: z.string(),
  Key: z.string(),
  Body: z.string(),
  ContentType: z.string().optional(),
});

/**
 * Amazon S3 with paths of the form `/<bucket>/<key>`: objects put whole, copied, read, listed and deleted. No versions, no multipart uploads.
 * In process it takes `PutObject` alone, with a text as body: what other services of this machine have to say.
 */
export function createS3(kernel: Kernel): Service {
  const store = new ObjectStore(kernel);
  const answerTo = (request: WireRequest) => objectCall(kernel, store, request);

  return {
    name: 's3',
    operations: [
      'PutObject',
      'CopyObject',
      'DeleteObjects',
      'GetObject',
      'HeadObject',
      'DeleteObject',
      'ListObjectsV2',
      'CreateBucket',
      'DeleteBucket',
      'HeadBucket',
      'ListBuckets',
    ],
    resources: [bucketResource(kernel, store)],

    async call(operation, input, principal) {
      if (operation !== 'PutObject') throw notImplemented(operation);
      const { Bucket, Key, Body, ContentType = 'application/octet-stream' } = parseInput(putShape, input);
      const headers = { 'content-type': ContentType };
      const put = putObject(kernel, store, Bucket, Key, Buffer.from(Body), headers, principal);
      return { ETag: (await put).etag };
    },

    async wire(request) {
      try {
        return await answerTo(request);
      } catch (error) {
        if (error instanceof AwsError) return errorAnswer(error, request);
        throw error;
      }
    },
  };
}

function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `S3 on this machine does not implement ${what}.`, 501);
}

/** Query parameters that come with the operations below; any other one is another operation, or a feature that nothing here honors. */
const KNOWN_PARAMETERS = new Set([
  'x-id',
  'delete',
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
]);

async function objectCall(kernel: Kernel, store: ObjectStore, request: WireRequest): Promise<WireResponse> {
  const { method, path, query, headers, principal } = request;
  const [, bucket = '', rest = ''] = /^\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  const key = decoded(rest);
  for (const parameter of query.keys()) {
    if (!KNOWN_PARAMETERS.has(parameter)) throw notImplemented(`${method} with ?${parameter}`);
  }
  if (!bucket && method === 'GET') return await listBuckets(kernel, store, principal);
  if (!key) {
    if (method === 'GET' && query.get('list-type') === '2')
      return await listObjects(kernel, store, bucket, query, principal);
    if (bucket && method === 'POST' && query.has('delete')) return await deleteObjects(kernel, store, bucket, request);
    const answer = bucket ? await bucketCall(kernel, store, method, bucket, principal) : undefined;
    if (answer) return answer;
    throw notImplemented(`${method} ${path}`);
  }
  const arn = `arn:aws:s3:::${bucket}/${key}`;
  switch (method) {
    case 'PUT': {
      if (headers['x-amz-copy-source']) return await copyObject(kernel, store, bucket, key, request);
      const chunked = headers['content-encoding']?.split(',').some((each) => each.trim() === 'aws-chunked');
      const body = chunked ? decodeChunks(request.body) : request.body;
      const { etag } = await putObject(kernel, store, bucket, key, body, headers, principal);
      return { status: 200, headers: { etag }, body: '' };
    }
    case 'GET':
    case 'HEAD': {
      kernel.authorizer.authorize(principal, 's3:GetObject', arn);
      store.checkBucket(bucket);
      return await kernel.storage.read(() => {
        const object = store.find(bucket, key);
        if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        if (!meetsConditions(headers, object, true)) return { status: 304, headers: { etag: object.etag }, body: '' };
        const range = byteRange(headers.range, object.size);
        const body = method === 'GET' ? store.body(bucket, key) : Buffer.alloc(0);
        if (!range) return { status: 200, headers: headersOf(object), body };
        const { first, last } = range;
        const part = {
          'content-length': String(last - first + 1),
          'content-range': `bytes ${first}-${last}/${object.size}`,
        };
        return { status: 206, headers: { ...headersOf(object), ...part }, body: body.subarray(first, last + 1) };
      });
    }
    case 'DELETE':
      kernel.authorizer.authorize(principal, 's3:DeleteObject', arn);
      store.checkBucket(bucket);
      await kernel.track(kernel.storage.write(() => store.delete(bucket, key)));
      return { status: 204, headers: {}, body: '' };
    default:
      throw notImplemented(`${method} ${path}`);
  }
}

/** @throws AwsError InvalidURI */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

async function putObject(
  kernel: Kernel,
  store: ObjectStore,
  bucket: string,
  key: string,
  body: Buffer,
  headers: Record<string, string>,
  principal: Principal,
): Promise<StoredObject> {
  kernel.authorizer.authorize(principal, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  store.checkBucket(bucket);
  checkDigest(headers['content-md5'], body);
  const kept = keptHeaders(headers);
  return await kernel.track(
    kernel.storage.write(() => {
      meetsConditions(headers, store.find(bucket, key), false);
      return store.put(bucket, key, body, kept);
    }),
  );
}

/** @throws AwsError BadDigest */
function checkDigest(given: string | undefined, body: Buffer): void {
  if (given === undefined || given === createHash('md5').update(body).digest('base64')) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

/** With the headers of the original, or (`REPLACE`) of the request. */
async function copyObject(
  kernel: Kernel,
  store: ObjectStore,
  bucket: string,
  key: string,
  { headers, principal }: WireRequest,
): Promise<WireResponse> {
  const source = decoded(headers['x-amz-copy-source'] ?? '');
  const [, fromBucket = '', fromKey = ''] = /^\/?([^/]+)\/(.+)$/s.exec(source) ?? [];
  if (fromKey === '') throw new AwsError('InvalidArgument', 'Invalid copy source object key');
  const special = Object.keys(headers).find((name) => name.startsWith('x-amz-copy-source-'));
  if (special || fromKey.includes('?versionId=')) throw notImplemented(`CopyObject with ${special ?? 'a version'}`);
  kernel.authorizer.authorize(principal, 's3:GetObject', `arn:aws:s3:::${fromBucket}/${fromKey}`);
  kernel.authorizer.authorize(principal, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  store.checkBucket(fromBucket);
  store.checkBucket(bucket);
  const copy = await kernel.track(
    kernel.storage.write(() => {
      const original = store.find(fromBucket, fromKey);
      if (!original) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      meetsConditions(headers, store.find(bucket, key), false);
      const kept = headers['x-amz-metadata-directive'] === 'REPLACE' ? keptHeaders(headers) : original.headers;
      return store.put(bucket, key, store.body(fromBucket, fromKey), kept);
    }),
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LastModified>${new Date(copy.modifiedAt).toISOString()}</LastModified><ETag>${escapeXml(copy.etag)}</ETag></CopyObjectResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

async function listObjects(
  kernel: Kernel,
  store: ObjectStore,
  bucket: string,
  query: URLSearchParams,
  principal: Principal,
) {
  const prefix = query.get('prefix') ?? '';
  kernel.authorizer.authorize(principal, 's3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': prefix });
  store.checkBucket(bucket);
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const options = { prefix, delimiter: query.get('delimiter') ?? '', after, limit: maxKeys(query) };
  const listing = await kernel.storage.read(() => listPage(store, bucket, options));
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: toXml(bucket, query, listing) };
}

function keptHeaders(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) =>
      ['content-type', 'cache-control', 'content-disposition'].includes(name) || name.startsWith('x-amz-meta-'),
  );
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept) };
}

function headersOf({ headers, etag, size, modifiedAt }: StoredObject): Record<string, string> {
  const lastModified = new Date(modifiedAt).toUTCString();
  return { ...headers, etag, 'content-length': String(size), 'last-modified': lastModified, 'accept-ranges': 'bytes' };
}

function errorAnswer(error: AwsError, { method, path, requestId }: WireRequest): WireResponse {
  // S3's own word for what other services call AccessDeniedException.
  const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
  const status = code === 'AccessDenied' ? 403 : error.status;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message><Resource>${escapeXml(path)}</Resource><RequestId>${escapeXml(requestId)}</RequestId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: method === 'HEAD' ? '' : body };
}

function bucketResource(kernel: Kernel, store: ObjectStore): ResourceHandler {
  return {
    type: 'AWS::S3::Bucket',
    honored: ['BucketName'],
    // Encryption at rest is the disk's, public access there is none, nobody logs. Only the newest version of an object is kept, and kept
    // until it is deleted.
    ignored: [
      'BucketEncryption',
      'PublicAccessBlockConfiguration',
      'OwnershipControls',
      'LoggingConfiguration',
      'Tags',
      'LifecycleConfiguration',
      'VersioningConfiguration',
    ],
    provision(resource) {
      const { BucketName } = parseInput(z.object({ BucketName: z.string().optional() }), resource.properties);
      const name = BucketName ?? physicalName(resource, 63).toLowerCase();
      store.saveBucket(name);
      const domain = `${name}.s3.amazonaws.com`;
      const regional = `${name}.s3.${kernel.region}.amazonaws.com`;
      return {
        ref: name,
        attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regional },
      };
    },
  };
}
