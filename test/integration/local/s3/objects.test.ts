import { beforeEach, describe, expect, test } from 'vitest';
import { operator, type Service } from '../../../../local/kernel/kernel.ts';
import { createS3 } from '../../../../local/s3/service.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';

describe('a bucket', () => {
  let kernel: TestKernel;
  let s3: Service;

  beforeEach(() => {
    kernel = kernelForTests();
    s3 = createS3(kernel);
    kernel.provision(s3, 'AWS::S3::Bucket', 'Documents', { BucketName: 'documents' });
  });

  const send = async (
    method: string,
    url: string,
    body: Buffer | string = '',
    headers: Record<string, string> = {},
  ) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const request = {
      method,
      path: pathname,
      query: searchParams,
      headers,
      body: Buffer.from(body),
      principal: operator,
      requestId: 'r',
    };
    const response = await s3.wire!(request);
    return { ...response, text: response.body.toString() };
  };

  test('gives back what was put, with its headers, until it is deleted', async () => {
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-order': 'ord_1', authorization: 'not kept' };
    const put = await send('PUT', '/documents/labels/a%20b.txt?x-id=PutObject', 'hello', headers);
    expect(put).toMatchObject({ status: 200, headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } });
    const got = await send('GET', '/documents/labels/a%20b.txt');
    expect(got).toMatchObject({
      status: 200,
      text: 'hello',
      headers: { 'content-type': 'text/plain', 'x-amz-meta-order': 'ord_1' },
    });
    expect(got.headers.authorization).toBeUndefined();
    expect(await send('HEAD', '/documents/labels/a%20b.txt')).toMatchObject({
      text: '',
      headers: { 'content-length': '5' },
    });
    expect(kernel.asked.at(-1)).toMatchObject({
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::documents/labels/a b.txt',
    });
    expect(await send('DELETE', '/documents/labels/a%20b.txt')).toMatchObject({ status: 204 });
    const gone = await send('GET', '/documents/labels/a%20b.txt');
    expect(gone.status).toBe(404);
    expect(gone.text).toContain('<Code>NoSuchKey</Code>');
  });

  test('takes a body in chunks with a trailing checksum', async () => {
    const body = '5\r\nhello\r\n6;chunk-signature=abc\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';
    await send('PUT', '/documents/k', body, { 'content-encoding': 'aws-chunked' });
    expect((await send('GET', '/documents/k')).text).toBe('hello world');
    const cut = await send('PUT', '/documents/k', 'ff\r\nhello', { 'content-encoding': 'aws-chunked' });
    expect(cut).toMatchObject({ status: 400, text: expect.stringContaining('IncompleteBody') });
  });

  test('lists by prefix and delimiter, page by page', async () => {
    for (const key of ['a/1', 'a/2', 'b/1', 'c', 'd&e', 'A%'])
      await send('PUT', `/documents/${encodeURIComponent(key)}`, 'x');
    // Within a page the objects come first, then the common prefixes.
    const seen: string[] = [];
    let token = '';
    for (let pages = 0; pages < 4; pages++) {
      const { text } = await send('GET', `/documents?list-type=2&delimiter=/&max-keys=2${token}`);
      seen.push(...[...text.matchAll(/<(?:Key|Prefix)>([^<]+)</g)].map(([, name]) => name!));
      const next = /<NextContinuationToken>([^<]+)</.exec(text)?.[1];
      if (!next) break;
      token = `&continuation-token=${next}`;
    }
    expect(seen).toEqual(['A%', 'a/', 'c', 'b/', 'd&amp;e']);
    const prefixed = (await send('GET', '/documents?list-type=2&prefix=a/')).text;
    expect(prefixed).toContain('<KeyCount>2</KeyCount>');
    expect(prefixed).toContain('<IsTruncated>false</IsTruncated>');
  });

  test('says that keys are encoded when they were asked to be: the SDKs decode them only then', async () => {
    await send('PUT', '/documents/dir/a%20b%26', 'x');
    const encoded = (await send('GET', '/documents?list-type=2&encoding-type=url')).text;
    expect(encoded).toContain('<EncodingType>url</EncodingType>');
    expect(decodeURIComponent(/<Key>([^<]+)</.exec(encoded)?.[1] ?? '')).toBe('dir/a b&');
    expect((await send('GET', '/documents?list-type=2')).text).not.toContain('EncodingType');
  });

  test('is made, listed, looked for and deleted when it is empty', async () => {
    expect(await send('PUT', '/labels')).toMatchObject({ status: 200, headers: { location: '/labels' } });
    expect(await send('PUT', '/labels')).toMatchObject({ status: 409 });
    expect(await send('PUT', '/Not-A-Name')).toMatchObject({
      status: 400,
      text: expect.stringContaining('InvalidBucketName'),
    });
    expect((await send('GET', '/')).text).toMatch(
      /<Name>documents<\/Name><CreationDate>.*<Name>labels<\/Name><CreationDate>/,
    );
    expect(await send('HEAD', '/labels')).toMatchObject({ status: 200 });
    await send('PUT', '/labels/k', 'x');
    expect(await send('DELETE', '/labels')).toMatchObject({ status: 409 });
    await send('DELETE', '/labels/k');
    expect(await send('DELETE', '/labels')).toMatchObject({ status: 204 });
    expect(await send('HEAD', '/labels')).toMatchObject({ status: 404, text: '' });
  });

  test.each(['-6\r\nabc\r\n0\r\n', '\r\n', 'zz\r\n', ''])('refuses a body in broken chunks: %j', async (body) => {
    const put = await send('PUT', '/documents/k', body, { 'content-encoding': 'aws-chunked' });
    expect(put).toMatchObject({ status: 400, text: expect.stringContaining('IncompleteBody') });
  });

  test('refuses a key that is not percent-encoded UTF-8', async () => {
    expect(await send('GET', '/documents/%zz')).toMatchObject({
      status: 400,
      text: expect.stringContaining('InvalidURI'),
    });
  });

  test('says in its own words what is missing, forbidden or not there', async () => {
    expect((await send('PUT', '/nowhere/k', 'x')).text).toContain('<Code>NoSuchBucket</Code>');
    expect(await send('POST', '/documents/k?uploads')).toMatchObject({ status: 501 });
    expect(await send('GET', '/documents/k', '', { range: 'bytes=0-1' })).toMatchObject({ status: 501 });
    kernel.deny = () => true;
    expect(await send('GET', '/documents/k')).toMatchObject({
      status: 403,
      text: expect.stringContaining('<Code>AccessDenied</Code>'),
    });
  });

  test('takes records of other services in process', async () => {
    await s3.call('PutObject', { Bucket: 'documents', Key: 'failed.json', Body: '{"ä":1}' }, operator);
    expect((await send('GET', '/documents/failed.json')).text).toBe('{"ä":1}');
  });
});
