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
    await send('PUT', '/documents/k', 'hello');
    expect(await send('GET', '/documents/k', '', { range: 'bytes=0-1,3-4' })).toMatchObject({ status: 501 });
    expect(await send('GET', '/documents/k', '', { 'if-modified-since': 'today' })).toMatchObject({ status: 501 });
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

  test.each([
    ['bytes=0-1', 206, 'he', 'bytes 0-1/5'],
    ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-9', 206, 'hello', 'bytes 0-4/5'],
    ['bytes=4-99', 206, 'o', 'bytes 4-4/5'],
    ['bytes=3-1', 200, 'hello', undefined],
    ['lines=1-2', 200, 'hello', undefined],
  ])('a part of an object: %s', async (range, status, text, contentRange) => {
    await send('PUT', '/documents/k', 'hello');
    const part = await send('GET', '/documents/k', '', { range });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([status, text, contentRange]);
    expect(part.headers['content-length']).toBe(String(text.length));
  });

  test('a part that begins behind the end is refused', async () => {
    await send('PUT', '/documents/k', 'hello');
    const beyond = await send('GET', '/documents/k', '', { range: 'bytes=5-' });
    expect([beyond.status, beyond.text.includes('<Code>InvalidRange</Code>')]).toEqual([416, true]);
  });

  test('a put on a condition is done only where it holds, a read of what one has is 304', async () => {
    const { headers } = await send('PUT', '/documents/k', 'one', { 'if-none-match': '*' });
    const etag = headers.etag ?? '';
    const again = await send('PUT', '/documents/k', 'two', { 'if-none-match': '*' });
    expect([again.status, again.text.includes('<Code>PreconditionFailed</Code>')]).toEqual([412, true]);
    expect((await send('PUT', '/documents/k', 'two', { 'if-match': '"other"' })).status).toBe(412);
    expect((await send('PUT', '/documents/none', 'two', { 'if-match': '*' })).status).toBe(412);
    expect((await send('GET', '/documents/k')).text).toBe('one');
    expect(await send('GET', '/documents/k', '', { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
    expect((await send('PUT', '/documents/k', 'two', { 'if-match': etag })).status).toBe(200);
    expect((await send('GET', '/documents/k', '', { 'if-match': etag })).status).toBe(412);
  });

  test('a body that is not what its digest says is not kept', async () => {
    const wrong = await send('PUT', '/documents/k', 'hello', { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkQ==' });
    expect([wrong.status, wrong.text.includes('<Code>BadDigest</Code>')]).toEqual([400, true]);
    const right = await send('PUT', '/documents/k', 'hello', { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' });
    expect(right.status).toBe(200);
  });

  test('a copy has the content of the original, and its headers or new ones', async () => {
    await send('PUT', '/documents/a%20b', 'hello', { 'content-type': 'text/plain', 'x-amz-meta-order': 'ord_1' });
    const source = { 'x-amz-copy-source': '/documents/a%20b' };
    const copied = await send('PUT', '/documents/copy', '', source);
    expect([copied.status, copied.text.includes('<CopyObjectResult')]).toEqual([200, true]);
    expect(await send('GET', '/documents/copy')).toMatchObject({
      text: 'hello',
      headers: { 'content-type': 'text/plain', 'x-amz-meta-order': 'ord_1' },
    });
    await send('PUT', '/documents/new', '', {
      ...source,
      'x-amz-metadata-directive': 'REPLACE',
      'content-type': 'a/b',
    });
    const { headers } = await send('HEAD', '/documents/new');
    expect([headers['content-type'], headers['x-amz-meta-order']]).toEqual(['a/b', undefined]);
    for (const [from, status] of [
      ['documents/none', 404],
      ['nobody/k', 404],
      ['documents', 400],
    ] as const) {
      expect((await send('PUT', '/documents/x', '', { 'x-amz-copy-source': from })).status).toBe(status);
    }
    kernel.deny = ({ action }) => action === 's3:GetObject';
    expect((await send('PUT', '/documents/x', '', source)).status).toBe(403);
  });

  test('many objects are deleted at once; what may not be is told, object by object', async () => {
    for (const key of ['a%26b', 'c', 'kept']) await send('PUT', `/documents/${key}`, 'x');
    kernel.deny = ({ action, resource }) => action === 's3:DeleteObject' && resource.endsWith('/kept');
    const keys = ['a&amp;b', 'c', 'kept', 'none'].map((key) => `<Object><Key>${key}</Key></Object>`).join('');
    const answer = await send('POST', '/documents?delete', `<Delete xmlns="x">${keys}<Quiet>false</Quiet></Delete>`);
    expect(answer.text).toContain(
      '<Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>c</Key></Deleted><Deleted><Key>none</Key></Deleted><Error><Key>kept</Key><Code>AccessDenied</Code>',
    );
    expect((await send('GET', '/documents?list-type=2')).text.match(/<Key>[^<]*<\/Key>/g)).toEqual(['<Key>kept</Key>']);
    const quiet = await send(
      'POST',
      '/documents?delete',
      '<Delete><Object><Key>x</Key></Object><Quiet>true</Quiet></Delete>',
    );
    expect(quiet.text).not.toContain('<Deleted>');
    for (const body of [
      '',
      '<Delete></Delete>',
      '<Delete><Object><Key>k</Key><VersionId>1</VersionId></Object></Delete>',
    ]) {
      expect((await send('POST', '/documents?delete', body)).text).toContain('<Code>MalformedXML</Code>');
    }
  });
});
