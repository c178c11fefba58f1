import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, WireResponse } from '../kernel/kernel.ts';
import { escapeXml } from '../kernel/xml.ts';
import type { ObjectStore } from './object-store.ts';

/** Source: S3 User Guide, "General purpose bucket naming rules". */
const BUCKET_NAME = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The calls on buckets themselves; undefined if the method has none. */
export async function bucketCall(
  kernel: Kernel,
  store: ObjectStore,
  method: string,
  bucket: string,
  principal: Principal,
): Promise<WireResponse | undefined> {
  const arn = `arn:aws:s3:::${bucket}`;
  switch (method) {
    case 'HEAD':
      kernel.authorizer.authorize(principal, 's3:ListBucket', arn);
      store.checkBucket(bucket);
      return { status: 200, headers: { 'x-amz-bucket-region': kernel.region }, body: '' };
    case 'PUT':
      kernel.authorizer.authorize(principal, 's3:CreateBucket', arn);
      if (!BUCKET_NAME.test(bucket)) {
        throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
      }
      await kernel.track(kernel.storage.write(() => store.createBucket(bucket)));
      return { status: 200, headers: { location: `/${bucket}` }, body: '' };
    case 'DELETE':
      kernel.authorizer.authorize(principal, 's3:DeleteBucket', arn);
      store.checkBucket(bucket);
      await kernel.track(kernel.storage.write(() => store.deleteBucket(bucket)));
      return { status: 204, headers: {}, body: '' };
    default:
      return undefined;
  }
}

export async function listBuckets(kernel: Kernel, store: ObjectStore, principal: Principal): Promise<WireResponse> {
  kernel.authorizer.authorize(principal, 's3:ListAllMyBuckets', '*');
  const buckets = await kernel.storage.read(() => store.buckets());
  const listed = buckets.map(
    ({ name, createdAt }) =>
      `<Bucket><Name>${escapeXml(name)}</Name><CreationDate>${new Date(createdAt).toISOString()}</CreationDate></Bucket>`,
  );
  const owner = `<Owner><ID>${kernel.account}</ID></Owner>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${owner}<Buckets>${listed.join('')}</Buckets></ListAllMyBucketsResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
