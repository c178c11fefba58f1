import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { errorsDocument } from '../../../infra/api-docs/errors.ts';
import { documentedRoutes } from '../../../infra/generate-api.ts';
import { problemCodesOf } from '../../../shared/api/openapi.ts';
import { anchorOf } from '../../../shared/runtime/problem.ts';
import { problemCodes } from '../../../shared/runtime/problem-codes.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

const contracts = documentedRoutes.map(({ contract }) => contract);
let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('what no route takes', () => {
  test.each(['/', '/v1', '/v2/orders', '/v1/orders/', '/v1/orders/a/b/c', '/v1/healthy', '/favicon.ico', '/%00'])(
    '%s is not found',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS', 'PATCH']) {
        expect(await api.ask(method, path)).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
          headers: { 'content-type': 'application/problem+json' },
        });
      }
    },
  );

  test.each([
    ['PATCH', '/v1/orders', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', '/v1/orders/ord_1', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/orders/ord_1/cancel', 'POST, OPTIONS'],
    ['PUT', '/v1/inventory/tea', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/v1/orders/ord_1/cancel', 'POST, OPTIONS'],
    ['POST', '/docs', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/openapi.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s is not allowed', async (method, path, allow) => {
    const answer = await api.ask(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow?.split(', ').toSorted()).toEqual(allow.split(', ').toSorted());
    if (method === 'HEAD') expect(answer.text).toBe('');
    else expect(answer.body).toMatchObject({ code: 'method_not_allowed' });
  });

  test('HEAD is GET without its body, behind the same key', async () => {
    const [get, head] = [await api.ask('GET', '/v1/locations'), await api.ask('HEAD', '/v1/locations')];
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    const anonymous = { as: 'nobody' } as const;
    expect(await api.ask('HEAD', '/v1/orders', anonymous)).toMatchObject({ status: 401, text: '' });
    expect(await api.ask('HEAD', '/v1/fulfillments', { as: 'storefront' })).toMatchObject({ status: 403, text: '' });
    expect(await api.ask('HEAD', '/v1/orders/ord_1')).toMatchObject({ status: 404, text: '' });
  });

  test('OPTIONS of a path that exists names its methods', async () => {
    const answer = await api.ask('OPTIONS', '/v1/webhook-endpoints');
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers.allow).toContain('POST');
  });
});

describe('about the API', () => {
  test('health answers without a key, by GET and HEAD', async () => {
    const answer = await api.ask('GET', '/v1/health', { as: 'nobody' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', stage: 'test' } });
    expect(await api.ask('HEAD', '/v1/health', { as: 'nobody' })).toMatchObject({ status: 200, text: '' });
  });

  test('the document has every contract, and each example of a body fits its schema', async () => {
    const answer = await api.ask('GET', '/v1/openapi.json');
    const { paths } = z
      .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(answer.body);
    for (const { method, path } of contracts) expect(paths[path]).toHaveProperty(method.toLowerCase());
    const withExample = documentedRoutes.filter(({ bodyExample }) => bodyExample !== undefined);
    expect(withExample.length).toBe(contracts.filter(({ body }) => body).length);
    for (const { contract, bodyExample } of withExample)
      expect(contract.body?.safeParse(bodyExample).error).toBeUndefined();
  });

  test('requests are closed, answers are open', async () => {
    const { text } = await api.ask('GET', '/v1/openapi.json');
    const { components } = z
      .looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }) })
      .parse(JSON.parse(text));
    expect(components.schemas.PlaceOrder).toMatchObject({ additionalProperties: false });
    for (const name of ['Order', 'Fulfillment', 'Problem', 'Event']) {
      expect(JSON.stringify(components.schemas[name])).not.toContain('"additionalProperties":false');
    }
  });

  test('the page explains every operation and every problem and asks nobody for anything', async () => {
    const { status, headers, text } = await api.ask('GET', '/docs');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    for (const { operationId } of contracts) expect(text).toContain(`id="${operationId}"`);
    for (const code of Object.keys(problemCodes)) expect(text).toContain(`id="${anchorOf(code)}"`);
    expect(text).not.toMatch(/<link|<img|<script src|@import|url\(/);
    expect(text).toContain("default-src 'none'");
    // Each link of the page leads somewhere.
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !text.includes(`id="${id}"`))).toEqual([]);
  });

  test('docs/errors.md is what the table of codes says', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsDocument());
  });

  test('every code that a contract names has its own status once', () => {
    for (const contract of contracts) {
      const codes = problemCodesOf(contract);
      expect(codes.length).toBe(new Set(codes).size);
    }
  });
});
