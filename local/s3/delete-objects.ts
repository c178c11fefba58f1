import { AwsError } from '../kernel/errors.ts';
import type { Kernel, WireRequest, WireResponse } from '../kernel/kernel.ts';
import { escapeXml } from '../kernel/xml.ts';
import type { ObjectStore } from './object-store.ts';

const MOST_KEYS = 1000;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** DeleteObjects: up to 1,000 keys in one request; each is told, unless only errors are asked for. */
export async function deleteObjects(
  kernel: Kernel,
  store: ObjectStore,
  bucket: string,
  { body, principal }: WireRequest,
): Promise<WireResponse> {
  const { keys, quiet } = readKeys(body.toString('utf8'));
  store.checkBucket(bucket);
  const allowed: string[] = [];
  const refused: string[] = [];
  for (const key of keys) {
    try {
      kernel.authorizer.authorize(principal, 's3:DeleteObject', `arn:aws:s3:::${bucket}/${key}`);
      allowed.push(key);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refused.push(key);
    }
  }
  await kernel.track(
    kernel.storage.write(() => {
      for (const key of allowed) store.delete(bucket, key);
    }),
  );
  const deleted = quiet ? [] : allowed.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
  const errors = refused.map(
    (key) => `<Error><Key>${escapeXml(key)}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`,
  );
  const answer = `<?xml version="1.0" encoding="UTF-8"?>
<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${[...deleted, ...errors].join('')}</DeleteResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: answer };
}

/** @throws AwsError MalformedXML */
function readKeys(xml: string): { keys: string[]; quiet: boolean } {
  const inner = /<Delete(?:\s[^>]*)?>(.*)<\/Delete>\s*$/s.exec(xml)?.[1];
  const objects = [...(inner ?? '').matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = '']) => object);
  const keys = objects.map((object) => /^\s*<Key>(.+?)<\/Key>\s*$/s.exec(object)?.[1]);
  if (inner === undefined || keys.length === 0 || keys.length > MOST_KEYS || keys.includes(undefined)) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  return {
    keys: keys.map((key = '') => unescapeXml(key)),
    quiet: /<Quiet>\s*true\s*<\/Quiet>/.test(inner.replaceAll(/<Object>.*?<\/Object>/gs, '')),
  };
}

function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return ENTITIES[String(name)] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
