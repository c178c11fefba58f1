import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import type { Service } from '../../../../local/kernel/kernel.ts';
import { startWire, type Wire } from '../../../../local/kernel/wire.ts';
import { AnswerLost } from '../../../../local/kernel/wire-errors.ts';
import { kernelForTests } from '../kernel-for-tests.ts';
import { Bundles, invoke, lambdaForTests, provisionFunction, type TestLambda } from './lambda-for-tests.ts';

const bundles = new Bundles();
const reports: unknown[] = [];
let wire: Wire;
let stopped: TestLambda[] = [];

const json: Service = {
  name: 'dynamodb',
  json: { targetPrefixes: ['DynamoDB_20120810'], version: '1.0' },
  resources: [],
  async call(operation, input, principal) {
    if (operation === 'Fail') throw new AwsError('ThingNotFound', 'no such thing', 404, { Reason: 'gone' });
    if (operation === 'Crash') throw new TypeError('a bug');
    if (operation === 'Lose') throw new AnswerLost();
    if (operation === 'Hang') return new Promise(() => {});
    return { operation, input, principal };
  },
};

const rest: Service = {
  name: 's3',
  resources: [],
  call: async () => ({}),
  wire: async ({ method, path, query, headers, body }) => {
    const echo = { 'Content-Type': 'application/octet-stream', 'x-amz-meta-word': headers['x-amz-meta-word'] ?? '' };
    if (method === 'DELETE') return { status: 204, headers: echo, body: '' };
    if (path === '/bytes') return { status: 200, headers: echo, body: Buffer.from([0, 255, 128, ...body]) };
    return { status: 200, headers: echo, body: `${method} ${path} ${query.get('a')} ${body.toString('hex')}` };
  },
};

beforeAll(async () => {
  wire = await startWire('127.0.0.1', 0, (_where, error) => reports.push(error));
});
afterEach(async () => {
  await Promise.all(stopped.map((lambda) => lambda.stop()));
  stopped = [];
});
afterAll(async () => {
  await wire.stop();
  bundles.remove();
});

/** Makes one request as its event says, the way that code without the SDK would, and tells everything that it saw. */
const ASK = `
  const required = require('http');
  const events = (request, event) => new Promise((resolve) => {
    const seen = [];
    const done = (more) => resolve({ seen: [...seen], ...more });
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
      response.on('end', () => {
        const { statusCode, statusMessage, headers, complete } = response;
        done({ statusCode, statusMessage, headers, complete, body: Buffer.concat(chunks).toString('base64') });
      });
      response.on('error', (error) => done({ broken: error.code }));
    });
    request.on('timeout', () => seen.push('timeout'));
    request.on('error', ({ code, message }) => done({ code, message }));
    request.on('close', () => seen.push('close'));
    for (let n = 0; n < (event.megabytes ?? 0); n += 1) request.write(' '.repeat(2 ** 20));
    if (event.timeout) request.setTimeout(event.timeout, () => request.destroy());
    for (const chunk of event.chunks ?? []) request.write(chunk, event.encoding);
    request.end(event.bytes ? Buffer.from(event.bytes, 'base64') : event.body);
    if (event.destroy) request.destroy(event.destroy === true ? undefined : new Error(event.destroy));
  });
  exports.handler = async (event) => {
    const http = event.imported ? (await import('node:http')).default : required;
    const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
    const { method = 'POST', path = '/', headers } = event;
    try {
      return await events(http.request({ hostname, port, method, path, headers, agent: undefined }), event);
    } catch ({ code }) {
      return { thrown: code };
    }
  };`;

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=KEY/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const call = (operation: string, body = '{}') => ({
  headers: { 'X-Amz-Target': `DynamoDB_20120810.${operation}`, authorization: authorization('dynamodb') },
  body,
});
const object = (method: string, path: string, more: object = {}) => ({
  method,
  path,
  headers: { authorization: authorization('s3'), 'X-Amz-Meta-Word': 'cafe' },
  ...more,
});

/** Of a connection, or random; and the time of day, which two threads of one process need not tell each other. */
const CONNECTION = ['connection', 'keep-alive', 'date', 'x-amzn-requestid'];

interface Asked {
  statusCode?: number;
  code?: string;
  headers?: Record<string, string>;
}

type Transport = 'messages' | 'sockets';

/** A function that asks: `ASK`. */
function asker(transport: Transport, inProcess: boolean): TestLambda {
  const kernel = { ...kernelForTests(), endpoint: `http://127.0.0.1:${wire.port}` };
  const exchange = transport === 'messages' ? wire.exchange : undefined;
  const lambda = lambdaForTests(kernel, bundles, { inProcess, exchange });
  provisionFunction(kernel, lambda, bundles, 'asks', ASK, { Timeout: 30 });
  return lambda;
}

async function ask(lambda: TestLambda, event: object): Promise<Asked> {
  const { payload } = (await invoke(lambda, 'asks', event)) as { payload: Asked };
  if (payload.headers) for (const name of CONNECTION) delete payload.headers[name];
  return payload;
}

test('before the services are there: 503, which clients try again', async () => {
  const answers = [];
  for (const transport of ['messages', 'sockets'] as const) {
    const lambda = asker(transport, true);
    stopped.push(lambda);
    answers.push(await ask(lambda, call('GetItem')));
  }
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
});

describe.each([
  ['in a thread', false],
  ['in this process', true],
])('%s, a request looks the same as message and over a socket', (_, inProcess) => {
  // One of each for all requests: what a thread takes to start is most of what these take.
  let askers: Record<Transport, TestLambda>;
  beforeAll(() => {
    wire.serve([json, rest], (accessKeyId) => ({ kind: 'role', arn: accessKeyId, session: 's' }));
    askers = { messages: asker('messages', inProcess), sockets: asker('sockets', inProcess) };
  });
  afterAll(() => Promise.all(Object.values(askers).map((lambda) => lambda.stop())));

  test.each<[string, object, object]>([
    ['a call', call('GetItem', '{"TableName":"t","Ü":"😀"}'), { statusCode: 200 }],
    ['a call by the imported module', { ...call('GetItem'), imported: true }, { statusCode: 200 }],
    ['a call in chunks', { ...call('GetItem', '2}'), chunks: ['{"a"', ':1'] }, { statusCode: 200 }],
    ['a chunk in another encoding', { ...call('GetItem', ''), chunks: ['7b7d'], encoding: 'hex' }, { statusCode: 200 }],
    ['an error of the service', call('Fail'), { statusCode: 404 }],
    ['a bug in the service', call('Crash'), { statusCode: 500 }],
    ['a lost answer', call('Lose'), { code: 'ECONNRESET', message: 'socket hang up' }],
    ['a body that is no JSON', call('GetItem', '{"a":'), { statusCode: 400 }],
    ['half of a surrogate pair', call('GetItem', '{"a":"\ud83d"}'), { statusCode: 200 }],
    ['no credentials', { headers: {}, body: '{}' }, { statusCode: 403 }],
    ['an unknown target', { ...call('X'), headers: { 'x-amz-target': 'Nobody.X' } }, { statusCode: 400 }],
    ['a host of somewhere else', { ...call('X'), headers: { ...call('X').headers, host: 'evil.example' } }, {}],
    ['bytes both ways', object('PUT', '/bytes', { bytes: 'gICA/wA=' }), { body: 'AP+AgICA/wA=' }],
    ['a query', object('GET', '/key?a=%20b&c'), { statusCode: 200 }],
    ['no body', object('HEAD', '/key'), { statusCode: 200, body: '' }],
    ['no content', object('DELETE', '/key'), { statusCode: 204, body: '' }],
    ['pages for people', { method: 'GET', path: '/_local/faults', headers: {} }, {}],
    ['a path that Node refuses', object('GET', '/a b'), { thrown: 'ERR_UNESCAPED_CHARACTERS' }],
    ['a header that Node refuses', { ...call('X'), headers: { a: 'b\nc' } }, { thrown: 'ERR_INVALID_CHAR' }],
    ['given up at once', { ...call('GetItem'), destroy: true }, { code: 'ECONNRESET', message: 'socket hang up' }],
    ['given up with a reason', { ...call('GetItem'), destroy: 'enough' }, { message: 'enough' }],
    ['silence', { ...call('Hang'), timeout: 30 }, { code: 'ECONNRESET', message: 'socket hang up' }],
    ['too large', { ...call('GetItem'), megabytes: 17 }, { statusCode: 413 }],
  ])('%s', async (_name, event, expected) => {
    const byMessage = await ask(askers.messages, event);
    expect(byMessage).toEqual(await ask(askers.sockets, event));
    expect(byMessage).toMatchObject(expected);
  });
});

test('a request that waits keeps time from moving, and time moves when it was answered', async () => {
  wire.serve([json, rest], () => ({ kind: 'operator' }));
  const kernel = { ...kernelForTests(), endpoint: `http://127.0.0.1:${wire.port}` };
  const lambda = lambdaForTests(kernel, bundles, { exchange: wire.exchange });
  stopped.push(lambda);
  const source = `${ASK}
    const ask = exports.handler;
    exports.handler = async (event) => {
      const before = Date.now();
      await ask(event);
      const asked = Date.now() - before;
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await ask(event);
      return [asked, Date.now() - before];
    };`;
  provisionFunction(kernel, lambda, bundles, 'waits', source, { Timeout: 30 });
  const invoked = invoke(lambda, 'waits', call('GetItem'));
  await kernel.clock.advance(10_000);
  expect(await invoked).toEqual({ payload: [0, 5000] });
});

test('when the services are gone a request breaks as a connection does', async () => {
  const gone = await startWire('127.0.0.1', 0, () => {});
  await gone.stop();
  const kernel = { ...kernelForTests(), endpoint: `http://127.0.0.1:${gone.port}` };
  const lambda = lambdaForTests(kernel, bundles, { exchange: gone.exchange });
  stopped.push(lambda);
  provisionFunction(kernel, lambda, bundles, 'asks-nobody', ASK, { Timeout: 30 });
  expect(await invoke(lambda, 'asks-nobody', call('GetItem'))).toMatchObject({ payload: { code: 'ECONNRESET' } });
});

test('a request to anybody else takes a socket', async () => {
  const elsewhere = await startWire('127.0.0.1', 0, () => {});
  const kernel = { ...kernelForTests(), endpoint: `http://127.0.0.1:${wire.port}` };
  const lambda = lambdaForTests(kernel, bundles, { exchange: wire.exchange });
  stopped.push(lambda);
  const source = `exports.handler = () => new Promise((resolve, reject) => require('node:http')
    .get('http://127.0.0.1:${elsewhere.port}/', ({ statusCode, headers }) => resolve([statusCode, headers.connection])).on('error', reject));`;
  provisionFunction(kernel, lambda, bundles, 'asks-elsewhere', source, { Timeout: 30 });
  expect(await invoke(lambda, 'asks-elsewhere')).toEqual({ payload: [503, 'keep-alive'] });
  await elsewhere.stop();
});
