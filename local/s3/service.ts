import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service, WireRequest, WireResponse } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { escapeXml } from '../kernel/xml.ts';
import { bucketCall, listBuckets } from './bucket-calls.ts';
import { decodeChunks } from './chunked-body.ts';
import { listPage, maxKeys, toXml } from './list-objects.ts';
import { ObjectStore, type StoredObject } from './object-store.ts';

const putShape = z.object({
  Bucket: z.string(),
  Key: z.string(),
  Body: z.string(),
  ContentType: z.string().optional(),
});

/**
 * Amazon S3 with paths of the form `/<bucket>/<key>`: objects put whole, read, listed and deleted. No versions, no multipart uploads.
 * In process it takes `PutObject` alone, with a text as body: what other services of this machine have to say.
 */
export function createS3(kernel: Kernel): Service {
  const store = new ObjectStore(kernel);
  const answerTo = (request: WireRequest) => objectCall(kernel, store, request);

  return {
    name: 's3',
    operations: [
      'PutObject',
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
      const put = putObject(kernel, store, Bucket, Key, Buffer.from(Body), { 'content-type': ContentType }, principal);
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
    const answer = bucket ? await bucketCall(kernel, store, method, bucket, principal) : undefined;
    if (answer) return answer;
    throw notImplemented(`${method} ${path}`);
  }
  const arn = `arn:aws:s3:::${bucket}/${key}`;
  switch (method) {
    case 'PUT': {
      if (headers['x-amz-copy-source']) throw notImplemented('CopyObject');
      const chunked = headers['content-encoding']?.split(',').some((each) => each.trim() === 'aws-chunked');
      const body = chunked ? decodeChunks(request.body) : request.body;
      const { etag } = await putObject(kernel, store, bucket, key, body, keptHeaders(headers), principal);
      return { status: 200, headers: { etag }, body: '' };
    }
    case 'GET':
    case 'HEAD': {
      kernel.authorizer.authorize(principal, 's3:GetObject', arn);
      store.checkBucket(bucket);
      if (headers.range) throw notImplemented('Range');
      return await kernel.storage.read(() => {
        const object = store.find(bucket, key);
        if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        const body = method === 'GET' ? store.body(bucket, key) : '';
        return { status: 200, headers: headersOf(object), body };
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
  return await kernel.track(kernel.storage.write(() => store.put(bucket, key, body, headers)));
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
  return { ...headers, etag, 'content-length': String(size), 'last-modified': lastModified, 'accept-ranges': 'none' };
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
