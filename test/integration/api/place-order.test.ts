import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let keys = 0;
const freshKey = () => ({ 'idempotency-key': `fresh-${++keys}` });
const post = (body: unknown, headers: Record<string, string> = freshKey()) =>
  api.ask('POST', '/v1/orders', { body, headers, as: 'storefront' });
const postRaw = (raw: string, headers: Record<string, string> = {}, base64 = false) =>
  api.ask('POST', '/v1/orders', { raw, base64, headers: { ...freshKey(), ...headers }, as: 'storefront' });
const line = (changes: object) => ({ ...orderBody, lines: [{ ...orderBody.lines[0], ...changes }] });
const address = (changes: object) => ({
  ...orderBody,
  delivery: { ...orderBody.delivery, address: { ...orderBody.delivery.address, ...changes } },
});
const Errors = z.looseObject({ errors: z.array(z.looseObject({ pointer: z.string(), code: z.string() })) });
const faults = (body: unknown) => Errors.parse(body).errors.map(({ pointer, code }) => `${code} ${pointer}`);

describe('placing an order', () => {
  test('answers 201 with the order, its version as ETag and where it is; money is untouched and the token is not told', async () => {
    const answer = await post({ ...orderBody, externalId: 'first' });
    expect(answer.status).toBe(201);
    const order = OrderResource.parse(answer.body);
    expect(order).toMatchObject({
      externalId: 'first',
      status: 'PLACED',
      paymentStatus: 'PENDING',
      fulfillmentStatus: 'OPEN',
      total: 900,
      balance: { authorized: 0, captured: 0, refunded: 0, voided: 0, due: 900 },
      contact: { email: 'Ada@Example.com', name: 'Ada Lovelace' },
      nextAction: { action: 'PLACE' },
      possibleCommands: ['cancel', 'hold'],
      version: 1,
    });
    expect(order.customer.id).toMatch(/^cus_[0-9A-Z]{26}$/);
    expect(answer.headers).toMatchObject({
      etag: '"v1"',
      location: `/v1/orders/${order.id}`,
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(answer.headers['x-request-id']).toMatch(/^req-/);
    expect(answer.text).not.toContain('tok_ok');
  });

  test('the same customer is the same id whatever the case of the e-mail address', async () => {
    const ids = await Promise.all(
      ['a@example.com', ' A@EXAMPLE.com'.trim()].map(
        async (email, n) =>
          OrderResource.parse(
            (await post({ ...orderBody, externalId: `mail-${n}`, customer: { email, name: 'A' } })).body,
          ).customer.id,
      ),
    );
    expect(ids[0]).toBe(ids[1]);
  });

  test('fifty identical requests at once make one order, and each answer is the same bytes', async () => {
    const headers = { 'idempotency-key': 'fifty' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post({ ...orderBody, externalId: 'fifty' }, headers)),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(created.length === 50 ? [201] : [201, 409]));
    expect(new Set(created.map(({ text }) => text)).size).toBe(1);
    expect(created.filter(({ headers: { 'idempotent-replayed': replayed } }) => replayed === undefined)).toHaveLength(
      1,
    );
    const { id } = OrderResource.parse(created[0]?.body);
    expect(await api.orders.events(OrderId.parse(id))).toHaveLength(1);
  });

  test('the answer to a key stays what it was, whatever becomes of the order', async () => {
    const headers = { 'idempotency-key': '"quoted"' };
    const body = { ...orderBody, externalId: 'replay' };
    const first = await post(body, headers);
    await api.confirm(OrderResource.parse(first.body).id);
    const again = await post(body, { 'idempotency-key': 'quoted' });
    expect(again.text).toBe(first.text);
    expect(again.status).toBe(201);
    expect(again.headers).toMatchObject({ etag: '"v1"', 'idempotent-replayed': 'true' });
  });

  test('a key with another body is refused; so is one with another spacing; another API key is another client', async () => {
    const headers = { 'idempotency-key': 'reused' };
    const body = { ...orderBody, externalId: 'reused' };
    expect((await post(body, headers)).status).toBe(201);
    expect(await post({ ...body, channel: 'pos' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    const spaced = await api.ask('POST', '/v1/orders', { raw: ` ${JSON.stringify(body)}`, headers, as: 'storefront' });
    expect(spaced).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const other = { ...body, externalId: 'reused-2' };
    const stranger = await api.ask('POST', '/v1/orders', { body: other, headers, as: 'storefront', keyName: 'second' });
    expect(stranger.status).toBe(201);
  });

  test('the same external id again: 409 with the order that has it, also as a replay; another channel may use it', async () => {
    const first = OrderResource.parse((await post({ ...orderBody, externalId: 'twice' })).body);
    const headers = freshKey();
    const second = await post({ ...orderBody, externalId: 'twice' }, headers);
    expect(second).toMatchObject({ status: 409, body: { code: 'duplicate_external_id', existingOrderId: first.id } });
    const again = await post({ ...orderBody, externalId: 'twice' }, headers);
    expect(again.text).toBe(second.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await post({ ...orderBody, externalId: 'twice', channel: 'pos' })).status).toBe(201);
  });

  test('an unknown SKU is pointed at, the refusal is kept for the key, and stock that comes later does not change it', async () => {
    const headers = freshKey();
    const body = {
      ...orderBody,
      externalId: 'late',
      lines: [orderBody.lines[0], { sku: 'late-sku', quantity: 1, unitPrice: 1 }],
    };
    const refused = await post(body, headers);
    expect(refused).toMatchObject({ status: 422, body: { code: 'unknown_sku' } });
    expect(faults(refused.body)).toEqual(['unknown_sku /lines/1/sku']);
    const adjusted = await api.ask('PUT', '/v1/inventory/late-sku/locations/dc-1', { body: { onHand: 1 } });
    expect(adjusted.status).toBe(200);
    expect((await post(body, headers)).text).toBe(refused.text);
    expect((await post(body)).status).toBe(201);
  });

  test('0 lines and 1,001 are refused; with 1,000 the SKUs are looked at', async () => {
    const skus = Array.from({ length: 1001 }, (_, n) => ({ sku: `bulk-${n}`, quantity: 1, unitPrice: 1 }));
    expect(await post({ ...orderBody, lines: [] })).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    const long = await post({ ...orderBody, lines: skus });
    expect(faults(long.body)).toEqual(['too_large /lines']);
    const unknown = await post({ ...orderBody, lines: skus.slice(0, 1000) });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'unknown_sku' } });
    // At most 100 faults are told.
    expect(faults(unknown.body)).toHaveLength(100);
  });

  test('a total beyond 2^53 - 1 is refused', async () => {
    const answer = await post({
      ...line({ quantity: 1_000_000, unitPrice: Number.MAX_SAFE_INTEGER }),
      externalId: 'rich',
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'order_total_too_large' } });
  });
});

describe('bad bodies', () => {
  test.each([
    ['nothing', '', 400, 'malformed_json'],
    ['not JSON', '{"externalId": ', 400, 'malformed_json'],
    ['an array', '[]', 400, 'malformed_json'],
    ['a string', '"order"', 400, 'malformed_json'],
    ['null', 'null', 400, 'malformed_json'],
    ['a byte order mark', `\uFEFF${JSON.stringify(orderBody)}`, 400, 'malformed_json'],
    ['brackets only', '['.repeat(100_000), 400, 'malformed_json'],
    ['nested too deep', `{"a":${'['.repeat(50)}${']'.repeat(50)}}`, 400, 'malformed_json'],
    ['more than 1,000,000 bytes', `{"note":"${'x'.repeat(1_000_000)}"}`, 413, 'payload_too_large'],
  ])('%s', async (_, raw, status, code) => {
    expect(await postRaw(raw)).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: { code, status },
    });
  });

  test('bytes that are not UTF-8', async () => {
    const headers = { ...freshKey(), 'content-type': 'application/json' };
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const answer = await api.ask('POST', '/v1/orders', { bytes, headers, as: 'storefront' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  });

  test('a body in base64 is the same body', async () => {
    const answer = await postRaw(JSON.stringify({ ...orderBody, externalId: 'base64' }), {}, true);
    expect(answer.status).toBe(201);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonx',
    '',
  ])('content type %j', async (type) => {
    const answer = await postRaw(JSON.stringify(orderBody), { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('content type with parameters and in capitals is JSON all the same', async () => {
    const body = JSON.stringify({ ...orderBody, externalId: 'charset' });
    expect((await postRaw(body, { 'content-type': 'Application/JSON; charset="UTF-8"' })).status).toBe(201);
  });

  test.each([
    ['a field that does not exist', { ...orderBody, cupon: 'X' }, ['unknown_field /cupon']],
    ['one inside a line', line({ price: 1 }), ['unknown_field /lines/0/price']],
    ['a name with slash and tilde', { ...orderBody, 'a/b~c': 1 }, ['unknown_field /a~1b~0c']],
    ['quantity 0', line({ quantity: 0 }), ['too_small /lines/0/quantity']],
    ['negative quantity', line({ quantity: -1 }), ['too_small /lines/0/quantity']],
    ['fractional quantity', line({ quantity: 1.5 }), ['invalid_type /lines/0/quantity']],
    ['quantity 1e9', line({ quantity: 1e9 }), ['too_large /lines/0/quantity']],
    ['quantity as text', line({ quantity: '1' }), ['invalid_type /lines/0/quantity']],
    ['fractional amount', line({ unitPrice: 4.5 }), ['invalid_type /lines/0/unitPrice']],
    ['amount beyond 2^53', line({ unitPrice: 2 ** 53 }), ['too_large /lines/0/unitPrice']],
    ['negative amount', line({ unitPrice: -1 }), ['too_small /lines/0/unitPrice']],
    ['missing amount', line({ unitPrice: undefined }), ['required /lines/0/unitPrice']],
    ['unknown currency', { ...orderBody, currency: 'XBT' }, ['invalid_value /currency']],
    ['currency in small letters', { ...orderBody, currency: 'eur' }, ['invalid_format /currency']],
    ['unknown country', address({ country: 'ZZ' }), ['invalid_value /delivery/address/country']],
    [
      'missing address',
      { ...orderBody, delivery: { method: 'ship', service: 'standard' } },
      ['required /delivery/address'],
    ],
    ['blank name', address({ name: '   ' }), ['invalid_format /delivery/address/name']],
    ['control character in a name', address({ name: 'Ada\u0000' }), ['invalid_characters /delivery/address/name']],
    ['line feed in a name', address({ name: 'Ada\nLovelace' }), ['invalid_characters /delivery/address/name']],
    ['lone surrogate in a name', address({ name: 'Ada \ud800' }), ['invalid_characters /delivery/address/name']],
    [
      'no e-mail address',
      { ...orderBody, customer: { email: 'ada', name: 'Ada' } },
      ['invalid_format /customer/email'],
    ],
    [
      'a digital line that comes from one site',
      { ...orderBody, lines: [{ ...orderBody.lines[0], kind: 'digital', keepTogether: 'a', splittable: false }] },
      ['contradictory /lines/0/keepTogether', 'contradictory /lines/0/splittable'],
    ],
    [
      'a line that is kept together and split',
      { ...orderBody, lines: [{ ...orderBody.lines[0], keepTogether: 'a', splittable: true }] },
      ['contradictory /lines/0/splittable'],
    ],
    [
      'sixteen lines of one group',
      {
        ...orderBody,
        lines: Array.from({ length: 17 }, (_, n) => ({ ...orderBody.lines[0], sku: `s-${n}`, keepTogether: 'a' })),
      },
      ['too_large /lines/15/keepTogether'],
    ],
    [
      'a group without a name',
      { ...orderBody, lines: [{ ...orderBody.lines[0], keepTogether: ' ' }] },
      ['invalid_format /lines/0/keepTogether'],
    ],
    [
      'pickup, which there is not',
      { ...orderBody, delivery: { ...orderBody.delivery, method: 'pickup' } },
      ['invalid_value /delivery/method'],
    ],
    [
      'a token with a space',
      { ...orderBody, payment: { method: 'card', token: 'tok ok' } },
      ['invalid_format /payment/token'],
    ],
  ])('%s', async (_, body, expected) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(faults(answer.body)).toEqual(expected);
  });

  const vat = { title: 'VAT', jurisdiction: 'ES', rate: '0.21', amount: 100 };
  const { payment: _, ...unpaid } = orderBody;
  test.each([
    ['neither a payment nor payments', unpaid, ['required /payment']],
    ['both', { ...orderBody, payments: [{ method: 'card', token: 'tok_ok' }] }, ['contradictory /payments']],
    ['a gift card without its code', { ...unpaid, payments: [{ method: 'giftCard' }] }, ['required /payments/0/token']],
    [
      'taxes that we are to find, and some of them given',
      { ...orderBody, tax: 'quote', lines: [{ ...orderBody.lines[0], taxes: [vat] }] },
      ['contradictory /lines/0/taxes'],
    ],
    [
      'a rate in percent',
      { ...orderBody, lines: [{ ...orderBody.lines[0], taxes: [{ ...vat, rate: '21' }] }] },
      ['invalid_format /lines/0/taxes/0/rate'],
    ],
    [
      'a gift wrap of a line that there is not',
      { ...orderBody, charges: [{ kind: 'giftWrap', amount: 1, line: 9 }] },
      ['unknown_line /charges/0/line'],
    ],
    ['a currency of no country', { ...orderBody, currency: 'EUX' }, ['invalid_value /currency']],
  ])('money: %s', async (__, body, expected) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(faults(answer.body)).toEqual(expected);
  });

  test('a total that is not ours is refused with the difference, and nothing is placed', async () => {
    const answer = await post({ ...orderBody, externalId: 'odd', total: 1 });
    expect(answer).toMatchObject({ status: 422, body: { code: 'totals_differ' } });
    expect(answer.body).toHaveProperty('detail', expect.stringMatching(/difference of -?\d+ minor units/));
    expect(await post({ ...orderBody, externalId: 'odd' })).toMatchObject({ status: 201 });
  });

  test('payments that do not come to what the order costs are refused', async () => {
    const payments = [{ method: 'card', token: 'tok_ok', amount: 1 }];
    expect(await post({ ...unpaid, payments })).toMatchObject({ status: 422, body: { code: 'payments_differ' } });
  });

  test('a field __proto__ is a field that does not exist', async () => {
    const answer = await postRaw(JSON.stringify(orderBody).replace('{', '{"__proto__":{"admin":true},'));
    expect(faults(answer.body)).toEqual(['unknown_field /__proto__']);
  });

  test('two lines of one SKU', async () => {
    const answer = await post({ ...orderBody, lines: [orderBody.lines[0], orderBody.lines[0]] });
    expect(answer).toMatchObject({ status: 422, body: { code: 'duplicate_sku' } });
    expect(faults(answer.body)).toEqual(['duplicate_sku /lines/1/sku']);
  });

  test('a refusal tells where it is documented and never what was sent', async () => {
    const answer = await post(address({ country: 'Secretland' }));
    expect(answer.body).toMatchObject({
      type: 'https://api.test/docs#problem-validation_failed',
      title: 'Validation failed',
      instance: '/v1/orders',
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.text).not.toContain('Secretland');
  });
});

describe('Idempotency-Key', () => {
  test('is required', async () => {
    expect(await post(orderBody, {})).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
  });

  test.each(['', ' ', '""', 'a,b', '"a","b"', 'ñ', 'a\tb', '"a', 'a"', 'x'.repeat(256), `"${'x'.repeat(256)}"`])(
    'refuses %j',
    async (key) => {
      const answer = await post(orderBody, { 'idempotency-key': key });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } });
    },
  );

  test.each(['x', 'x'.repeat(255), '"a,b"', 'a b', '"say \\"hi\\""'])('takes %j', async (key) => {
    const answer = await post({ ...orderBody, externalId: `key ${key}`.slice(0, 100) }, { 'idempotency-key': key });
    expect(answer.status).toBe(201);
  });
});

describe('who may', () => {
  test('a warehouse places no orders, and is told so before its body is read', async () => {
    const answer = await api.ask('POST', '/v1/orders', { raw: '{', headers: freshKey(), as: 'warehouse' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
