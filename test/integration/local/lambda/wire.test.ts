import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, invoke, lambdaForTests, provisionFunction, type TestLambda } from './lambda-for-tests.ts';

let kernel: TestKernel;
let lambda: TestLambda;
let bundles: Bundles;

beforeEach(() => {
  kernel = kernelForTests();
  bundles = new Bundles();
  lambda = lambdaForTests(kernel, bundles);
});
afterEach(async () => {
  await lambda.stop();
  bundles.remove();
});

describe('the REST protocol', () => {
  const ask = (method: string, path: string, body = '', headers: Record<string, string> = {}) => {
    const [pathname = '', query = ''] = path.split('?');
    return lambda.wire!({
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(body),
      principal: operator,
      requestId: 'r',
    });
  };
  beforeEach(() => {
    const source = 'exports.handler = async (event) => { if (event.bad) throw new Error("bad"); return event; };';
    provisionFunction(kernel, lambda, bundles, 'echo', source, { Timeout: 9 });
  });

  test('an invocation is answered with its payload as the body', async () => {
    const answer = await ask('POST', '/2015-03-31/functions/echo/invocations', '{"a":1}');
    expect(answer).toMatchObject({ status: 200, body: '{"a":1}', headers: { 'x-amz-executed-version': '$LATEST' } });
    expect(answer.headers['x-amz-function-error']).toBeUndefined();
  });

  test('a failure is told by a header, an event by 202, and no payload is an empty object', async () => {
    const path = `/2015-03-31/functions/${encodeURIComponent('arn:aws:lambda:eu-west-1:111122223333:function:echo')}/invocations`;
    const failed = await ask('POST', path, '{"bad":true}');
    expect(failed).toMatchObject({ status: 200, headers: { 'x-amz-function-error': 'Unhandled' } });
    expect(await ask('POST', path, '{}', { 'x-amz-invocation-type': 'Event' })).toMatchObject({
      status: 202,
      body: '',
    });
    expect(await ask('POST', path)).toMatchObject({ status: 200, body: '{}' });
    await expect(ask('POST', `${path}?Qualifier=live`)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('the tail of the log comes with the answer when asked for', async () => {
    const source = 'exports.handler = async (event) => { console.log(event.word); };';
    provisionFunction(kernel, lambda, bundles, 'prints', source);
    const path = '/2015-03-31/functions/prints/invocations';
    await ask('POST', path, '{"word":"before"}');
    const { headers } = await ask('POST', path, '{"word":"now"}', { 'x-amz-log-type': 'Tail' });
    const tail = Buffer.from(headers['x-amz-log-result']!, 'base64').toString();
    const id = /^START RequestId: (\S+) /.exec(tail)?.[1];
    expect(tail).toMatch(
      new RegExp(
        `^START RequestId: ${id} Version: \\$LATEST\nnow\nEND RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\n$`,
      ),
    );
  });

  test('functions and mappings are listed and described', async () => {
    const list = await ask('GET', '/2015-03-31/functions/');
    expect(JSON.parse(String(list.body)).Functions).toEqual([
      expect.objectContaining({ FunctionName: 'echo', Timeout: 9 }),
    ]);
    const configuration = await ask('GET', '/2015-03-31/functions/echo/configuration');
    expect(JSON.parse(String(configuration.body))).toMatchObject({ FunctionName: 'echo', State: 'Active' });
    const one = await ask('GET', '/2015-03-31/functions/echo');
    expect(JSON.parse(String(one.body)).Configuration).toMatchObject({ FunctionName: 'echo', State: 'Active' });
    const mappings = await ask('GET', '/2015-03-31/event-source-mappings/?FunctionName=echo');
    expect(JSON.parse(String(mappings.body))).toEqual({ EventSourceMappings: [] });
    await expect(ask('DELETE', '/2015-03-31/functions/echo')).rejects.toMatchObject({
      code: 'UnknownOperationException',
    });
  });
});

test('a bundled SDK calls the endpoint with the keys of the role, over connections that it keeps', async () => {
  let connections = 0;
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization ?? '');
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"Item":{"pk":{"S":"x"}}}');
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const own = { ...kernel, endpoint: `http://127.0.0.1:${port}` };
  const local = lambdaForTests(own, bundles);
  const built = await build({
    stdin: {
      contents: `import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
        const client = new DynamoDBClient({});
        export const handler = async () => (await client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'x' } } }))).Item;`,
      resolveDir: join(import.meta.dirname, '../../../..'),
    },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    write: false,
  });
  provisionFunction(own, local, bundles, 'reads', built.outputFiles[0]!.text, {
    Role: 'arn:aws:iam::111122223333:role/reader',
    Timeout: 30,
  });
  for (let n = 0; n < 20; n += 1) expect(await invoke(local, 'reads')).toEqual({ payload: { pk: { S: 'x' } } });
  expect(connections).toBe(1);
  await Promise.all(Array.from({ length: 40 }, () => invoke(local, 'reads')));
  expect(connections).toBeLessThanOrEqual(50);
  expect(authorizations).toHaveLength(60);
  expect(authorizations[0]).toContain('Credential=AKIA/arn:aws:iam::111122223333:role/reader');
  await local.stop();
  server.closeAllConnections();
  server.close();
});
