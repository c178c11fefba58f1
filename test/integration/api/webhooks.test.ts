import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { webhookRoutes } from '../../../functions/api/webhooks/routes.ts';
import { NewWebhookEndpointResource } from '../../../shared/api/webhook-resources.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const path = '/v1/webhook-endpoints';
const create = async (body: object, headers: Record<string, string> = {}) => api.ask('POST', path, { body, headers });
const made = async (url: string) => NewWebhookEndpointResource.parse((await create({ url })).body);

describe('webhook endpoints', () => {
  test('the secret is shown once; the endpoint is read, listed and deleted', async () => {
    const answer = await create({ url: 'https://partner.example.com/hooks', description: 'Partner' });
    const endpoint = NewWebhookEndpointResource.parse(answer.body);
    expect(answer).toMatchObject({ status: 201, headers: { location: `${path}/${endpoint.id}` } });
    expect(endpoint).toMatchObject({ eventTypes: ['*'], status: 'active', description: 'Partner' });
    expect(endpoint.secret).toMatch(/^whsec_/);
    const read = await api.ask('GET', `${path}/${endpoint.id}`);
    expect(read).toMatchObject({ status: 200, body: { url: 'https://partner.example.com/hooks' } });
    const list = await api.ask('GET', path);
    expect(list.text).toContain(endpoint.id);
    expect(`${read.text}${list.text}`).not.toContain('whsec_');
    expect(await api.ask('DELETE', `${path}/${endpoint.id}`)).toMatchObject({ status: 204, text: '' });
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/deliveries'],
    ] as const) {
      const gone = await api.ask(method, `${path}/${endpoint.id}${rest}`);
      expect(gone).toMatchObject({ status: 404, body: { code: 'webhook_endpoint_not_found' } });
    }
  });

  test.each([
    'http://partner.example.com/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0x7f.1/',
    'http://[::1]/',
    'http://192.168.1.1/',
    'https://user:secret@partner.example.com/',
    'ftp://partner.example.com/',
    'not a url',
  ])('%s is refused', async (url) => {
    expect(await create({ url })).toMatchObject({
      status: 422,
      body: { code: 'webhook_url_not_allowed', errors: [{ pointer: '/url' }] },
    });
  });

  test('inside the networks that the operator opened plain http will do', async () => {
    const asking = { body: { url: 'http://127.0.0.1:9000/hooks' } };
    expect(await api.ask('POST', path, asking)).toMatchObject({ status: 422 });
    const handler = webhookRoutes({ ...api.webhookDeps, allowed: allowedNetworks(['127.0.0.0/8']) });
    expect(await api.ask('POST', path, { ...asking, handler })).toMatchObject({ status: 201 });
    const outside = { body: { url: 'http://10.0.0.1/hooks' }, handler };
    expect(await api.ask('POST', path, outside)).toMatchObject({ status: 422 });
  });

  test.each([
    { eventTypes: [] },
    { eventTypes: ['Order.Placed'] },
    { eventTypes: ['order.*.x'] },
    { secret: 'whsec_x' },
  ])('refuses %j', async (more) => {
    const answer = await create({ url: 'https://partner.example.com/', ...more });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  });

  test('an event type that does not exist is refused where it stands: a typing error would wait for ever', async () => {
    const url = 'https://partner.example.com/';
    expect(await create({ url, eventTypes: ['order.*', 'order.palced', 'nothing.*'] })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '/eventTypes/1', code: 'unknown_event_type' },
          { pointer: '/eventTypes/2', code: 'unknown_event_type' },
        ],
      },
    });
    expect(await create({ url, eventTypes: ['order.hold.*', 'stock.adjusted', '*'] })).toMatchObject({ status: 201 });
  });

  test('ten requests at once with one key make one endpoint with one secret; another body is refused', async () => {
    const headers = { 'idempotency-key': 'one' };
    const body = { url: 'https://idempotent.example.com/' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(body, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((one) => one.headers['idempotent-replayed'] === undefined).length).toBeLessThanOrEqual(1);
    const list = await api.ask('GET', path);
    expect(list.text.match(/idempotent\.example\.com/g)).toHaveLength(1);
    const other = await create({ url: 'https://other.example.com/' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('a repetition of the request that made an endpoint, arriving after its deletion, makes nothing and says so', async () => {
    const headers = { 'idempotency-key': 'deleted' };
    const body = { url: 'https://deleted.example.com/' };
    const first = NewWebhookEndpointResource.parse((await create(body, headers)).body);
    expect((await create(body, headers)).headers['idempotent-replayed']).toBe('true');
    await api.ask('DELETE', `${path}/${first.id}`);
    expect(await create(body, headers)).toMatchObject({ status: 409, body: { code: 'webhook_endpoint_deleted' } });
    expect(await api.ask('GET', `${path}/${first.id}`)).toMatchObject({ status: 404 });
    expect((await api.ask('GET', path)).text).not.toContain('deleted.example.com');
    const other = await create(body, { 'idempotency-key': 'deleted-again' });
    expect(NewWebhookEndpointResource.parse(other.body).id).not.toBe(first.id);
  });

  test('a repetition that was under way when the endpoint was deleted does not make it again', async () => {
    const { webhooks } = api.webhookDeps;
    const headers = { 'idempotency-key': 'overtaken' };
    const body = { url: 'https://overtaken.example.com/' };
    const first = NewWebhookEndpointResource.parse((await create(body, headers)).body);
    // The look for the endpoint still finds nothing; between it and the writing of the row both the other request and its deletion happen.
    const overtaken = webhookRoutes({
      ...api.webhookDeps,
      webhooks: {
        ...webhooks,
        async createEndpoint(endpoint) {
          await api.ask('DELETE', `${path}/${first.id}`);
          return webhooks.createEndpoint(endpoint);
        },
        endpoint: async () => undefined,
      },
    });
    const again = await api.ask('POST', path, { body, headers, handler: overtaken });
    expect(again).toMatchObject({ status: 409, body: { code: 'webhook_endpoint_deleted' } });
    expect(await api.ask('GET', `${path}/${first.id}`)).toMatchObject({ status: 404 });
  });

  test('only an admin sees or makes them', async () => {
    for (const as of ['storefront', 'agent', 'warehouse'] as const) {
      expect(await api.ask('GET', path, { as })).toMatchObject({ status: 403 });
      expect(await api.ask('POST', path, { body: { url: 'https://x.example.com/' }, as })).toMatchObject({
        status: 403,
      });
    }
  });

  test('deliveries are listed newest first, page by page, without the body', async () => {
    const { id } = await made('https://deliveries.example.com/');
    const other = await made('https://others.example.com/');
    for (let n = 1; n <= 5; n++) {
      await api.webhooks.store.createDelivery({
        endpointId: id,
        eventId: `evt_${n}`,
        eventType: 'order.placed',
        status: 'failed',
        attempts: [{ at: '2026-01-05T09:00:00.000Z', status: 500, latencyMs: 12, error: 'status: answered 500' }],
        body: '{"secret":"body"}',
        createdAt: '2026-01-05T09:00:00.000Z',
        nextAttemptAt: '2026-01-05T09:00:05.000Z',
        expiresAt: 1_800_000_000,
      });
    }
    const Listed = z.looseObject({
      data: z.array(z.looseObject({ eventId: z.string() })),
      nextCursor: z.string().nullable(),
    });
    const walked: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await api.ask('GET', `${path}/${id}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(answer.text).not.toContain('secret');
      const page: z.infer<typeof Listed> = Listed.parse(answer.body);
      walked.push(...page.data.map(({ eventId }) => eventId));
      if (page.nextCursor !== null) {
        // The cursor of one endpoint says nothing about another.
        const foreign = await api.ask('GET', `${path}/${other.id}/deliveries?limit=2&cursor=${page.nextCursor}`);
        expect(foreign).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
      }
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(['evt_5', 'evt_4', 'evt_3', 'evt_2', 'evt_1']);
  });

  test('at most twenty', async () => {
    const answers = [];
    for (let n = 0; n < 20; n++) answers.push(await create({ url: `https://many-${n}.example.com/` }));
    expect(answers.at(-1)).toMatchObject({ status: 409, body: { code: 'too_many_webhook_endpoints' } });
  });
});
