import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { accountPayments } from '../../../shared/adapters/account-payments.ts';
import { dynamoAccounts } from '../../../shared/adapters/dynamodb/account-store.ts';
import { startApi } from './api-for-tests.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const Issued = z.object({ id: z.string(), code: z.string() });
const keyed = (key: string) => ({ 'idempotency-key': key });
const issue = async (key: string, body: object) =>
  api.ask('POST', '/v1/gift-cards', { body: { currency: 'EUR', ...body }, headers: keyed(key) });
const lookUp = (code: string, as: 'storefront' | 'admin' = 'storefront') =>
  api.ask('POST', '/v1/gift-cards/lookup', { body: { code }, as });
const providers = () => {
  const deps = { accounts: dynamoAccounts(api.client, 'orders'), system: api.system };
  return { giftCard: accountPayments('giftCard', deps), terms: accountPayments('terms', deps) };
};
const order = (n: number, amount: number) => ({
  ...{ key: `ord_${n}:authorize:pay_1`, orderId: `ord_${n}`, amount, currency: 'EUR', token: '' },
});

describe('gift cards', () => {
  test('issued once, its code shown again to who sends the same request again, and found however it is typed', async () => {
    const first = await issue('gift-1', { amount: 50_00, note: 'Christmas' });
    expect(first.status).toBe(201);
    const { id, code } = Issued.parse(first.body);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const again = await issue('gift-1', { amount: 50_00, note: 'Christmas' });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
    expect((await issue('gift-1', { amount: 60_00 })).body).toMatchObject({ code: 'idempotency_key_reused' });
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await lookUp(typed)).toMatchObject({
      status: 200,
      body: { id, available: 50_00, codeEnd: code.slice(-4), status: 'ACTIVE' },
    });
    expect((await api.ask('GET', `/v1/gift-cards/${id}`)).text).not.toContain(code);
  });

  test('the code is nowhere in the store', async () => {
    const { code } = Issued.parse((await issue('gift-2', { amount: 1 })).body);
    const { ScanCommand } = await import('@aws-sdk/client-dynamodb');
    const { Items } = await api.client.send(new ScanCommand({ TableName: 'orders' }));
    const stored = JSON.stringify(Items).toUpperCase();
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(code.replaceAll('-', ''));
  });

  test('one of another system keeps its code, and is taken over once', async () => {
    expect((await issue('gift-3', { amount: 10_00, code: 'old-card-0000-1234' })).status).toBe(201);
    expect(await lookUp('OLD CARD 0000 1234')).toMatchObject({ body: { available: 10_00, codeEnd: '1234' } });
    const second = await issue('gift-4', { amount: 99_00, code: 'OLDCARD00001234' });
    expect(second).toMatchObject({ status: 409, body: { code: 'gift_card_code_taken' } });
  });

  test('pays orders down to nothing; its entries say where every cent went', async () => {
    const { id, code } = Issued.parse((await issue('gift-5', { amount: 30_00 })).body);
    const { giftCard } = providers();
    const paid = await giftCard.authorize({ ...order(1, 20_00), token: code });
    if (paid.outcome !== 'approved') throw new Error(JSON.stringify(paid));
    await giftCard.capture({ ...order(1, 15_00), key: 'ord_1:capture', authorization: paid.reference });
    expect(await lookUp(code)).toMatchObject({ body: { available: 10_00, aside: 5_00, spent: 15_00 } });
    const first = await api.ask('GET', `/v1/gift-cards/${id}/entries?limit=2`);
    expect(first.body).toMatchObject({
      data: [
        { kind: 'spent', from: 'ASIDE', to: 'SPENT', amount: 15_00, orderId: 'ord_1' },
        { kind: 'setAside', from: 'AVAILABLE', to: 'ASIDE', amount: 20_00 },
      ],
    });
    const { nextCursor } = z.object({ nextCursor: z.string() }).parse(first.body);
    const rest = await api.ask('GET', `/v1/gift-cards/${id}/entries?limit=2&cursor=${nextCursor}`);
    expect(rest.body).toMatchObject({ data: [{ kind: 'funded', amount: 30_00 }], nextCursor: null });
  });

  test('blocked and made good again', async () => {
    const { id, code } = Issued.parse((await issue('gift-6', { amount: 30_00 })).body);
    const block = (blocked: boolean) => api.ask('PUT', `/v1/gift-cards/${id}/block`, { body: { blocked } });
    expect((await block(true)).body).toMatchObject({ status: 'BLOCKED' });
    expect(await providers().giftCard.authorize({ ...order(2, 1), token: code })).toMatchObject({
      reason: 'account_blocked',
    });
    expect((await block(false)).body).toMatchObject({ status: 'ACTIVE', available: 30_00 });
  });

  test.each([
    ['an unknown code', { code: '0000-0000-0000-0000' }],
    ['what is no code at all', { code: "'; DROP TABLE" }],
  ])('%s: not found, and nothing more is told', async (_, body) => {
    const answer = await api.ask('POST', '/v1/gift-cards/lookup', { body, as: 'storefront' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'gift_card_not_found' } });
    expect(answer.text).not.toContain(body.code);
  });

  test.each([
    [{ amount: 0 }, '/amount'],
    [{ amount: -1 }, '/amount'],
    [{ amount: 1.5 }, '/amount'],
    [{ amount: 10 ** 15 }, '/amount'],
    [{ amount: 1, currency: 'XYZ' }, '/currency'],
    [{ amount: 1, code: 'short' }, '/code'],
    [{ amount: 1, expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  ])('%j is refused', async (body, pointer) => {
    const answer = await issue('bad', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } });
  });

  test('finance can issue; a storefront can neither issue nor list, and nobody can without a key', async () => {
    const body = { amount: 1, currency: 'EUR' };
    expect((await api.ask('POST', '/v1/gift-cards', { body, headers: keyed('f'), as: 'finance' })).status).toBe(201);
    expect((await api.ask('POST', '/v1/gift-cards', { body, headers: keyed('x'), as: 'storefront' })).status).toBe(403);
    expect((await api.ask('POST', '/v1/gift-cards', { body })).body).toMatchObject({
      code: 'idempotency_key_required',
    });
    expect((await api.ask('POST', '/v1/gift-cards/lookup', { body: { code: 'x' }, as: 'nobody' })).status).toBe(401);
    expect((await api.ask('GET', '/v1/gift-cards/gft_1')).body).toMatchObject({ code: 'gift_card_not_found' });
  });
});

describe('store credit', () => {
  const grant = (key: string, body: object, id = 'cus_1') =>
    api.ask('POST', `/v1/customers/${id}/store-credit`, { body: { currency: 'EUR', ...body }, headers: keyed(key) });

  test('two grants add up, a repeated one counts once and gets the same answer', async () => {
    const first = await grant('grant-1', { amount: 15_00, note: 'Parcel came late' });
    expect(first).toMatchObject({ status: 201, body: { amount: 15_00, available: 15_00 } });
    await grant('grant-2', { amount: 5_00 });
    const again = await grant('grant-1', { amount: 15_00, note: 'Parcel came late' });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
    await grant('grant-3', { amount: 300, currency: 'JPY' });
    const listed = await api.ask('GET', '/v1/customers/cus_1/store-credit', { as: 'storefront' });
    expect(listed.body).toMatchObject({
      data: [
        { currency: 'EUR', available: 20_00 },
        { currency: 'JPY', available: 300 },
      ],
    });
    const entries = await api.ask('GET', '/v1/customers/cus_1/store-credit/entries?currency=EUR');
    expect(entries.body).toMatchObject({ data: [{ amount: 5_00 }, { amount: 15_00, note: 'Parcel came late' }] });
  });

  test('who has none has an empty list, and no entries', async () => {
    expect((await api.ask('GET', '/v1/customers/cus_none/store-credit')).body).toEqual({ data: [] });
    const none = await api.ask('GET', '/v1/customers/cus_none/store-credit/entries?currency=EUR');
    expect(none).toMatchObject({ status: 404, body: { code: 'account_not_found' } });
    expect((await api.ask('GET', '/v1/customers/a%23b/store-credit')).status).toBe(404);
  });

  test('ten grants at once all count', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => grant(`many-${n}`, { amount: 1_00 }, 'cus_many')),
    );
    const granted = answers.filter(({ status }) => status === 201).length;
    // Who met too many others is told to come again, and nothing was done.
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
    const { body } = await api.ask('GET', '/v1/customers/cus_many/store-credit');
    expect(body).toMatchObject({ data: [{ available: granted * 1_00 }] });
  });
});

describe('terms', () => {
  const set = (body: object) =>
    api.ask('PUT', '/v1/customers/acme/terms', { body: { currency: 'EUR', days: 30, ...body } });

  test('a limit is set, used by orders, lowered below what is used, and raised again', async () => {
    expect((await set({ limit: 1000_00 })).body).toMatchObject({
      limit: 1000_00,
      available: 1000_00,
      used: 0,
      days: 30,
    });
    expect(await providers().terms.authorize({ ...order(7, 600_00), account: 'acme' })).toMatchObject({
      outcome: 'approved',
    });
    expect((await set({ limit: 500_00, days: 14 })).body).toMatchObject({
      limit: 500_00,
      available: -100_00,
      used: 600_00,
      days: 14,
    });
    const declined = { outcome: 'declined', reason: 'credit_limit_exceeded', available: 0 };
    expect(await providers().terms.authorize({ ...order(8, 1), account: 'acme' })).toEqual(declined);
    expect((await set({ limit: 700_00 })).body).toMatchObject({ available: 100_00 });
    const entries = await api.ask('GET', '/v1/customers/acme/terms/entries?currency=EUR');
    expect(entries.body).toMatchObject({
      data: [
        { kind: 'funded', amount: 200_00 },
        { kind: 'withdrawn', amount: 500_00 },
        { kind: 'setAside' },
        { kind: 'funded' },
      ],
    });
  });

  test('the same again changes nothing', async () => {
    const first = await set({ limit: 700_00 });
    expect((await set({ limit: 700_00 })).body).toEqual(first.body);
  });
});
