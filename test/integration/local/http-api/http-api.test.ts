import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import { type ApiForTests, addAuthorizer, addRoute, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(api.url + path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('routes', () => {
  test.each([
    ['GET', '/v1/orders/o-1', 'GET /v1/orders/{id}', { id: 'o-1' }],
    ['GET', '/v1/orders/count', 'GET /v1/orders/count', undefined],
    ['POST', '/v1/orders/count', 'ANY /v1/{proxy+}', { proxy: 'orders/count' }],
    ['GET', '/v1/orders/o-1/lines/2', 'GET /v1/orders/{id}/lines/{line}', { id: 'o-1', line: '2' }],
    ['GET', '/v1/x/y/z', 'ANY /v1/{proxy+}', { proxy: 'x/y/z' }],
    ['DELETE', '/elsewhere', '$default', undefined],
    ['GET', '/v1/orders/', 'ANY /v1/{proxy+}', { proxy: 'orders/' }],
    ['GET', '/v1/orders/a%20b%2Fc', 'GET /v1/orders/{id}', { id: 'a b/c' }],
  ])('%s %s goes to %s', async (method, path, routeKey, pathParameters) => {
    for (const key of [
      '$default',
      'ANY /v1/{proxy+}',
      'GET /v1/orders/{id}',
      'GET /v1/orders/count',
      'GET /v1/orders/{id}/lines/{line}',
    ]) {
      addRoute(api, key);
    }
    expect((await ask(path, { method })).status).toBe(200);
    expect(api.asked[0]!.event.routeKey).toBe(routeKey);
    expect(api.asked[0]!.event.pathParameters).toEqual(pathParameters);
  });

  test('without a route that fits the answer is 404 in API Gateway’s words', async () => {
    addRoute(api, 'GET /v1/orders/{id}');
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/v1/orders/1'],
      ['GET', '/v1/orders'],
      ['GET', '/v1/orders/1/2'],
    ] as const) {
      const { status, text } = await ask(path, { method });
      expect([status, text]).toEqual([404, '{"message":"Not Found"}']);
    }
    expect(api.asked).toHaveLength(0);
  });

  test('what API Gateway or this machine does not take is refused when provisioned', () => {
    addRoute(api, 'GET /a');
    expect(() => addRoute(api, 'GET /a')).toThrow(/two routes/);
    expect(() => addRoute(api, 'FETCH /a')).toThrow(/malformed route key/);
    expect(() => addRoute(api, 'GET /{all+}/b')).toThrow(/malformed path variable/);
    expect(() => addRoute(api, 'GET /b', { AuthorizationType: 'JWT' })).toThrow(/not supported|only routes/);
    expect(() => addAuthorizer(api, { EnableSimpleResponses: false })).toThrow(/simple/);
    expect(() => addAuthorizer(api, { IdentitySource: ['$request.body.x'] })).toThrow(/identity source/);
    expect(() => api.resource('Api', 'Second', { ProtocolType: 'HTTP' })).toThrow(/second/);
  });
});

describe('the event', () => {
  test('has payload format 2.0', async () => {
    addRoute(api, 'POST /v1/orders/{id}');
    await ask('/v1/orders/a%20b?tag=x&tag=y%2Cz&q=1+2', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Thing': 'T', Cookie: 'a=1; b=2', 'User-Agent': 'test' },
      body: '{"n":1}',
    });
    const { event, principal } = api.asked[0]!;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /v1/orders/{id}',
      rawPath: '/v1/orders/a b',
      rawQueryString: 'tag=x&tag=y%2Cz&q=1+2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { tag: 'x,y,z', q: '1 2' },
      pathParameters: { id: 'a b' },
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        domainName: `127.0.0.1:${api.port}`,
        http: {
          method: 'POST',
          path: '/v1/orders/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        routeKey: 'POST /v1/orders/{id}',
        stage: '$default',
        time: '05/Jan/2026:09:00:00 +0000',
        timeEpoch: Date.parse('2026-01-05T09:00:00Z'),
      },
    });
    expect(event.headers).toMatchObject({
      'content-type': 'application/json',
      'x-thing': 'T',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(event.headers.cookie).toBeUndefined();
    expect(principal).toMatchObject({ kind: 'service', service: 'apigateway.amazonaws.com' });
    expect(principal).toMatchObject({
      sourceArn: expect.stringMatching(
        /^arn:aws:execute-api:us-east-1:000000000000:\w{10}\/\$default\/POST\/v1\/orders\/\{id\}$/,
      ),
    });
  });

  test('leaves out what a request does not have', async () => {
    addRoute(api, 'GET /a');
    await ask('/a');
    const { event } = api.asked[0]!;
    for (const key of ['body', 'cookies', 'queryStringParameters', 'pathParameters', 'stageVariables'])
      expect(event).not.toHaveProperty(key);
    expect(event.rawQueryString).toBe('');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  test.each([
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['application/jsonlines', true],
  ])('a body of type %s is base64: %s', async (type, encoded) => {
    addRoute(api, 'POST /a');
    await ask('/a', { method: 'POST', headers: { 'content-type': type }, body: 'a=1' });
    expect(api.asked[0]!.event).toMatchObject({
      isBase64Encoded: encoded,
      body: encoded ? Buffer.from('a=1').toString('base64') : 'a=1',
    });
  });

  test('text that is not UTF-8 arrives byte for byte', async () => {
    addRoute(api, 'POST /a');
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    await ask('/a', { method: 'POST', headers: { 'content-type': 'application/json' }, body: bytes });
    expect(Buffer.from(api.asked[0]!.event.body, 'base64')).toEqual(bytes);
  });

  test('names that are prototypes elsewhere are names like any other', async () => {
    addRoute(api, 'GET /a');
    await ask('/a?__proto__=x&constructor=y', { headers: { constructor: 'z' } });
    const { event } = api.asked[0]!;
    expect(Object.entries(event.queryStringParameters)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(event.headers.constructor).toBe('z');
  });
});

describe('the answer', () => {
  const result = async (payload: unknown) => {
    api.answer('orders', () => ({ payload }));
    return await ask('/a');
  };
  beforeEach(() => addRoute(api, 'ANY /a'));

  test('status, headers, cookies and body are the function’s', async () => {
    const { status, headers, text } = await result({
      statusCode: 201,
      headers: { Location: '/v1/orders/1', 'x-count': 3, 'content-length': '999', connection: 'close' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '{"ok":true}',
    });
    expect([status, text]).toEqual([201, '{"ok":true}']);
    expect(headers.get('location')).toBe('/v1/orders/1');
    expect(headers.get('x-count')).toBe('3');
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(headers.get('content-type')).toBe('text/plain;charset=utf-8');
    expect(headers.get('apigw-requestid')).toBe(api.asked[0]!.event.requestContext.requestId);
  });

  test('base64 bodies are decoded', async () => {
    const { text } = await result({
      statusCode: 200,
      body: Buffer.from('pdf…').toString('base64'),
      isBase64Encoded: true,
    });
    expect(text).toBe('pdf…');
  });

  test.each([
    [{ orders: [1] }, '{"orders":[1]}'],
    ['hello', 'hello'],
    [42, '42'],
    [null, 'null'],
    [[{ statusCode: 404 }], '[{"statusCode":404}]'],
  ])('a result without a status code, %j, is the body of a 200', async (payload, body) => {
    const { status, headers, text } = await result(payload);
    expect([status, text, headers.get('content-type')]).toEqual([200, body, 'application/json']);
  });

  test.each([
    [{ statusCode: 'abc' }],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: { a: 1 } }],
    [{ statusCode: 200, headers: { 'x-a': 'b\r\nset-cookie: c=d' } }],
    [{ statusCode: 200, headers: { 'bad name': 'x' } }],
    [{ statusCode: 200, cookies: ['a\nb'] }],
  ])('a malformed result, %j, is a 500', async (payload) => {
    const { status, text } = await result(payload);
    expect([status, text]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test('a 204 has no body, and HEAD none either', async () => {
    expect((await result({ statusCode: 204, body: 'ignored' })).text).toBe('');
    expect((await ask('/a', { method: 'HEAD' })).text).toBe('');
    // No length is told rather than that of the body that was left out.
    expect((await ask('/a', { method: 'HEAD' })).headers.get('content-length')).toBeNull();
  });

  test('a function that throws, answers no JSON or may not be invoked is a 500', async () => {
    for (const answer of [
      { error: { errorType: 'Error', errorMessage: 'secret cause' } },
      { raw: 'not json' },
      { throws: new AwsError('AccessDeniedException', 'no', 403) },
    ]) {
      api.answer('orders', () => answer);
      const { status, text } = await ask('/a');
      expect([status, text]).toEqual([500, '{"message":"Internal Server Error"}']);
    }
    expect(api.reported).toHaveLength(1);
  });

  test('a throttled function is a 503', async () => {
    api.answer('orders', () => ({ throws: new AwsError('TooManyRequestsException', 'Rate exceeded', 429) }));
    expect((await ask('/a')).status).toBe(503);
  });

  test('a function that takes longer than 30 s is answered 503', async () => {
    api.answer('orders', () => 'never');
    const asking = ask('/a');
    while (api.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    let done = false;
    void asking.then(() => {
      done = true;
    });
    await api.clock.advance(29_999);
    expect(done).toBe(false);
    await api.clock.advance(1);
    expect(await asking).toMatchObject({ status: 503, text: '{"message":"Service Unavailable"}' });
  });
});

describe('the authorizer', () => {
  const withKey = (key: string) => ({ headers: { 'x-api-key': key } });

  test('is asked with the identity sources, and its context reaches the function', async () => {
    addRoute(api, 'GET /v1/orders/{id}', addAuthorizer(api));
    api.answer('authorizer', () => ({ payload: { isAuthorized: true, context: { scopes: ['read'], tenant: 't' } } }));
    expect((await ask('/v1/orders/7', withKey('k'))).status).toBe(200);
    const [question, event] = api.asked;
    expect(question!.event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: expect.stringMatching(/\/\$default\/GET\/v1\/orders\/7$/),
      identitySource: ['k'],
      routeKey: 'GET /v1/orders/{id}',
    });
    expect(question!.event).not.toHaveProperty('body');
    expect(question!.principal).toMatchObject({ sourceArn: expect.stringMatching(/\/authorizers\/\w{10}$/) });
    expect(event!.event.requestContext.authorizer).toEqual({ lambda: { scopes: ['read'], tenant: 't' } });
  });

  test('is not asked without identity: 401', async () => {
    addRoute(api, 'GET /a', addAuthorizer(api));
    expect(await ask('/a')).toMatchObject({ status: 401, text: '{"message":"Unauthorized"}' });
    expect(api.asked).toHaveLength(0);
  });

  test.each([
    ['says no', { payload: { isAuthorized: false } }, 403, 'Forbidden'],
    ['throws Unauthorized', { error: { errorType: 'Error', errorMessage: 'Unauthorized' } }, 401, 'Unauthorized'],
    ['throws anything else', { error: { errorType: 'Error', errorMessage: 'x' } }, 500, 'Internal Server Error'],
    ['answers nonsense', { payload: { isAuthorized: 'yes' } }, 500, 'Internal Server Error'],
  ] as const)('that %s is answered', async (_, answer, status, message) => {
    addRoute(api, 'GET /a', addAuthorizer(api));
    api.answer('authorizer', () => answer);
    expect(await ask('/a', withKey('k'))).toMatchObject({ status, text: JSON.stringify({ message }) });
    expect(api.asked.map(({ functionName }) => functionName)).toEqual(['authorizer']);
  });

  test('that never answers costs 10 s and a 500', async () => {
    addRoute(api, 'GET /a', addAuthorizer(api));
    api.answer('authorizer', () => 'never');
    const asking = ask('/a', withKey('k'));
    while (api.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await api.clock.advance(10_000);
    expect((await asking).status).toBe(500);
  });

  test('is remembered per identity for as long as it says, refusals too', async () => {
    addRoute(api, 'GET /a', addAuthorizer(api, { AuthorizerResultTtlInSeconds: 60 }));
    api.answer('authorizer', ({ event }) => ({ payload: { isAuthorized: event.identitySource[0] === 'good' } }));
    const asks = () => api.asked.filter(({ functionName }) => functionName === 'authorizer').length;
    expect((await ask('/a', withKey('good'))).status).toBe(200);
    expect((await ask('/a', withKey('bad'))).status).toBe(403);
    expect((await ask('/a', withKey('good'))).status).toBe(200);
    expect((await ask('/a', withKey('bad'))).status).toBe(403);
    expect(asks()).toBe(2);
    await api.clock.advance(60_000);
    await ask('/a', withKey('good'));
    expect(asks()).toBe(3);
  });

  test('with a TTL of 0 is asked every time', async () => {
    addRoute(api, 'GET /a', addAuthorizer(api, { AuthorizerResultTtlInSeconds: 0 }));
    api.answer('authorizer', () => ({ payload: { isAuthorized: true } }));
    await ask('/a', withKey('k'));
    await ask('/a', withKey('k'));
    expect(api.asked.filter(({ functionName }) => functionName === 'authorizer')).toHaveLength(2);
  });
});

describe('CORS', () => {
  test('a preflight is answered without a route, and the API’s settings replace the function’s', async () => {
    await api.stop();
    api = await startApi({
      CorsConfiguration: {
        AllowOrigins: ['https://shop.example'],
        AllowMethods: ['GET', 'POST'],
        AllowHeaders: ['x-api-key'],
        MaxAge: 600,
        ExposeHeaders: ['etag'],
      },
    });
    addRoute(api, 'GET /a');
    api.answer('orders', () => ({
      payload: { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' },
    }));
    const preflight = await ask('/anything', {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,POST');
    expect(preflight.headers.get('access-control-max-age')).toBe('600');
    const mine = await ask('/a', { headers: { origin: 'https://shop.example' } });
    expect(mine.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(mine.headers.get('access-control-expose-headers')).toBe('etag');
    const other = await ask('/a', { headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
