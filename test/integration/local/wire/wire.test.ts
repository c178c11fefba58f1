import { once } from 'node:events';
import { connect } from 'node:net';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import type { Principal, Service } from '../../../../local/kernel/kernel.ts';
import { startWire, type Wire } from '../../../../local/kernel/wire.ts';

const reported: unknown[] = [];
let wire: Wire;
let url: string;

/** Answers what it was asked, so that a test sees what arrived. */
function echo(name: string, prefix: string, version: '1.0' | '1.1'): Service {
  return {
    name,
    json: { targetPrefixes: [prefix], version },
    resources: [],
    async call(operation, input, principal) {
      if (operation === 'Fail') throw new AwsError('ThingNotFound', 'no such thing', 404, { Reason: 'gone' });
      if (operation === 'Deny') throw new AwsError('AccessDeniedException', 'no', 403);
      if (operation === 'Crash') throw new TypeError('a bug');
      if (operation === 'Nothing') return undefined;
      return { operation, input, principal };
    },
  };
}

const files: Service = {
  name: 's3',
  resources: [],
  call: async () => ({}),
  wire: async ({ method, path, query, body }) => ({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: `${method} ${path} ${query.get('versionId')} ${body.length}`,
  }),
};

beforeAll(async () => {
  wire = await startWire('127.0.0.1', 0, (_where, error) => reported.push(error));
  url = `http://127.0.0.1:${wire.port}`;
  const role: Principal = { kind: 'role', arn: 'arn:aws:iam::000000000000:role/r', session: 's' };
  wire.serve(
    [
      echo('dynamodb', 'DynamoDB_20120810', '1.0'),
      echo('sqs', 'AmazonSQS', '1.0'),
      echo('events', 'AWSEvents', '1.1'),
      files,
    ],
    (accessKeyId) => (accessKeyId === 'LOCALROLE' ? role : { kind: 'operator' }),
  );
});
afterAll(() => wire.stop());

const signed = (service: string, key = 'LOCALROLE') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function post(target: string, body: string, headers: Record<string, string> = {}, path = '/') {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'x-amz-target': target, authorization: signed('any'), ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

test('a JSON call reaches its service by target, with the principal of its access key', async () => {
  const { status, headers, text, json } = await post('DynamoDB_20120810.GetItem', '{"TableName":"t"}');
  expect(status).toBe(200);
  expect(json()).toEqual({
    operation: 'GetItem',
    input: { TableName: 't' },
    principal: { kind: 'role', arn: 'arn:aws:iam::000000000000:role/r', session: 's' },
  });
  expect(headers.get('content-type')).toBe('application/x-amz-json-1.0');
  expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('x-amz-crc32')).toBe(String(crc32(text)));
});

test('any key that no role has is the operator', async () => {
  const { json } = await post('AWSEvents.PutEvents', '{}', { authorization: signed('events', 'AKIAANYTHING') });
  expect(json().principal).toEqual({ kind: 'operator' });
});

test('an empty body is an empty input, and no result an empty object', async () => {
  expect((await post('AWSEvents.ListRules', '')).json().input).toEqual({});
  expect((await post('AWSEvents.Nothing', '{}')).text).toBe('{}');
});

test('errors carry type, message and details in each service’s way', async () => {
  const table = await post('DynamoDB_20120810.Fail', '{}');
  expect(table.status).toBe(404);
  expect(table.json()).toEqual({
    __type: 'com.amazonaws.dynamodb.v20120810#ThingNotFound',
    message: 'no such thing',
    Reason: 'gone',
  });
  const queue = await post('AmazonSQS.Fail', '{}');
  expect(queue.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.ThingNotFound;Sender');
  expect((await post('AWSEvents.Fail', '{}')).headers.get('x-amzn-errortype')).toBe('ThingNotFound');
});

test.each([
  ['a service that is not there', 'iam', '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>'],
  ['EC2', 'ec2', '<Response><Errors><Error><Code>InvalidAction</Code>'],
])('a call of the older query protocol is refused in XML: %s', async (_, service, beginning) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: signed(service),
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    body: 'Action=ListRoles&Version=2010-05-08',
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/xml']);
  const text = await response.text();
  expect(text.startsWith(beginning)).toBe(true);
  expect(text).toContain(`No service on this machine answers ${service}`);
});

test('a refusal is 400 from the JSON services and 403 from SQS', async () => {
  expect((await post('DynamoDB_20120810.Deny', '{}')).status).toBe(400);
  expect((await post('AmazonSQS.Deny', '{}')).status).toBe(403);
});

test('a bug in a service is a 500 that says nothing of its inside, and is reported', async () => {
  reported.length = 0;
  const { status, text } = await post('AWSEvents.Crash', '{}');
  expect(status).toBe(500);
  expect(text).not.toContain('a bug');
  expect(reported).toHaveLength(1);
});

test('a REST call reaches its service by the signing name, header or query', async () => {
  const byHeader = await fetch(`${url}/bucket/key?versionId=7`, {
    method: 'PUT',
    headers: { authorization: signed('s3') },
    body: 'abc',
  });
  expect(await byHeader.text()).toBe('PUT /bucket/key 7 3');
  const link = `${url}/bucket/key?X-Amz-Credential=${encodeURIComponent('KEY/20260105/us-east-1/s3/aws4_request')}`;
  expect(await (await fetch(link)).text()).toBe('GET /bucket/key null 0');
});

test.each([
  ['no JSON', '{"a":', 'SerializationException'],
  ['a JSON array', '[1]', 'SerializationException'],
  ['a JSON string', '"x"', 'SerializationException'],
  ['null', 'null', 'SerializationException'],
])('a body that is %s is refused', async (_, body, code) => {
  const { status, json } = await post('AWSEvents.PutEvents', body);
  expect(status).toBe(400);
  expect(json().__type).toBe(`com.amazon.coral.service#${code}`);
});

test.each(['Nobody.GetItem', 'AWSEvents.', 'AWSEvents.constructor', 'AWSEvents.__proto__', '', 'AWSEvents'])(
  'the target %j is an unknown operation',
  async (target) => {
    const { status, headers } = await post(target, '{}');
    expect(status).toBe(400);
    expect(headers.get('x-amzn-errortype')).toContain('UnknownOperationException');
  },
);

test('an unsigned request is refused, a queue URL’s too, because a web page can make a browser send one', async () => {
  for (const path of ['/', '/000000000000/orders']) {
    const response = await fetch(url + path, { method: 'POST', body: 'Action=PurgeQueue' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('MissingAuthenticationToken');
  }
});

test('a presigned request from a web page may read, not write', async () => {
  const link = `${url}/b/k?X-Amz-Credential=${encodeURIComponent('KEY/20260105/us-east-1/s3/aws4_request')}`;
  const origin = { origin: 'https://evil.example' };
  expect((await fetch(link, { headers: origin })).status).toBe(200);
  expect((await fetch(link, { method: 'POST', headers: origin })).status).toBe(403);
});

test('a name of the web that points here (DNS rebinding) is refused', async () => {
  const answer = await raw(
    `POST / HTTP/1.1\r\nHost: evil.example\r\nAuthorization: ${signed('events')}\r\nX-Amz-Target: AWSEvents.PutEvents\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  );
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain('AccessDeniedException');
});

test('a body over 16 MB is refused after it was read, and the connection goes on', async () => {
  const { status, json } = await post('AWSEvents.PutEvents', 'x'.repeat(16 * 1024 * 1024 + 1));
  expect(status).toBe(413);
  expect(json().__type).toContain('RequestEntityTooLargeException');
  expect((await post('AWSEvents.PutEvents', '{}')).status).toBe(200);
});

test('a million nested brackets cost only their own request', async () => {
  const { status } = await post('AWSEvents.PutEvents', `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`);
  expect([200, 400, 500]).toContain(status);
  expect((await post('AWSEvents.PutEvents', '{}')).status).toBe(200);
});

test('random bytes on the socket never bring the endpoint down', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
      await raw(Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]));
    }),
    { numRuns: 60, seed: 7 },
  );
  expect((await post('AWSEvents.PutEvents', '{}')).status).toBe(200);
});

test('random bytes as a signed body are answered as no JSON, or as the JSON they happen to be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-target': 'AWSEvents.PutEvents', authorization: signed('events') },
        body: Buffer.from(bytes),
      });
      expect([200, 400]).toContain(response.status);
      await response.arrayBuffer();
    }),
    { numRuns: 100, seed: 11 },
  );
});

test('a client that hangs up in the middle of its body harms nobody', async () => {
  const socket = connect(wire.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${signed('events')}\r\nContent-Length: 1000\r\n\r\nhalf`,
  );
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  expect((await post('AWSEvents.PutEvents', '{}')).status).toBe(200);
});

test('before anything is served the answer is 503, and a taken port is an error with its code', async () => {
  const early = await startWire('127.0.0.1', 0, () => {});
  expect((await fetch(`http://127.0.0.1:${early.port}`, { method: 'POST' })).status).toBe(503);
  await expect(startWire('127.0.0.1', early.port, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await early.stop();
});

/** Sends bytes as they are; resolves with all that came back when the server closes, or after it answered and we hung up. */
async function raw(bytes: string | Buffer): Promise<string> {
  const socket = connect(wire.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.end(bytes);
  await once(socket, 'close');
  return answer;
}
