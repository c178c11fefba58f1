import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { accountPayments } from '../../../shared/adapters/account-payments.ts';
import { dynamoAccounts } from '../../../shared/adapters/dynamodb/account-store.ts';
import { dynamoLedgerJournal } from '../../../shared/adapters/dynamodb/ledger/journal.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { envelopeFromRow } from '../../../shared/events/event-rows.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';
import { envelope, sellers, timeZoneOf } from '../ledger/ledger-for-tests.ts';
import { startApi } from './api-for-tests.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let keys = 0;
/** Agents issue, finance adjusts. */
const usual = (path: string) => (path.endsWith('/adjustments') ? 'finance' : 'agent');
const post = (path: string, body: object, as: 'finance' | 'agent' = usual(path), key = `key-${++keys}`) =>
  api.ask('POST', path, { body, as, headers: { 'idempotency-key': key } });

/** What the outbox has of accounts: the rows that the stream brings to the bus. */
async function told(): Promise<Envelope[]> {
  const { Items = [] } = await api.client.send(new ScanCommand({ TableName: 'orders' }));
  return Items.map((item) => unmarshall(item))
    .filter(({ pk, sk }) => String(pk).startsWith('ACCOUNT#') && String(sk).startsWith('EVENT#'))
    .map((row) => envelopeFromRow(row, { tenantId: 'test' }));
}

const book = (events: Envelope[]) =>
  postLedger({ journal: dynamoLedgerJournal(api.client, 'orders', api.system), sellers, timeZoneOf }, events);

const Balances = z.object({
  balances: z.array(
    z.object({
      currency: z.string(),
      balanced: z.boolean(),
      accounts: z.array(z.object({ account: z.string(), closing: z.number() })),
    }),
  ),
});
async function balances(legalEntityId: string): Promise<Record<string, Record<string, number>>> {
  const query = `from=2000-01-01&to=2099-12-31&legalEntityId=${legalEntityId}`;
  const { body } = await api.ask('GET', `/v1/ledger/trial-balance?${query}`, { as: 'finance' });
  const { balances: all } = Balances.parse(body);
  expect(all.every(({ balanced }) => balanced)).toBe(true);
  return Object.fromEntries(
    all.map(({ currency, accounts }) => [
      currency,
      Object.fromEntries(accounts.map(({ account, closing }) => [account, closing])),
    ]),
  );
}

const Issued = z.object({ id: z.string(), code: z.string() });

describe('gift cards and store credit in the books', () => {
  test('issued, spent, given back and expired: the liability is what the cards hold, in every currency', async () => {
    const soon = new Date(api.system.now() + 60_000).toISOString();
    const card = await post('/v1/gift-cards', {
      ...{ amount: 50_00, currency: 'EUR', legalEntityId: 'acme', expiresAt: soon },
    });
    const { id, code } = Issued.parse(card.body);
    await post('/v1/gift-cards', { amount: 3000, currency: 'JPY', legalEntityId: 'acme', reason: 'imported' });
    const granted = await post('/v1/customers/cus_books/store-credit', {
      ...{ amount: 12_345, currency: 'KWD', legalEntityId: 'acme' },
    });
    expect(granted.status).toBe(201);

    // An order takes 30.00 of the card and gives 4.00 back: what the order's own events post.
    const deps = { accounts: dynamoAccounts(api.client, 'orders'), system: api.system };
    const giftCard = accountPayments('giftCard', deps);
    const request = { orderId: 'ord_1', amount: 30_00, currency: 'EUR', token: code };
    const secured = await giftCard.authorize({ ...request, key: 'books:authorize' });
    if (secured.outcome !== 'approved') throw new Error(JSON.stringify(secured));
    const { reference: authorization } = secured;
    const taken = await giftCard.capture({ key: 'books:capture', authorization, amount: 30_00, currency: 'EUR' });
    if (taken.outcome !== 'approved') throw new Error(JSON.stringify(taken));
    await giftCard.refund({ key: 'books:refund', capture: taken.reference, amount: 4_00, currency: 'EUR' });
    const money = { currency: 'EUR', method: 'giftCard', providerReference: taken.reference };

    api.later(61_000);
    const expired = { amount: -24_00, reason: 'expired', note: 'by the terms of 2026', legalEntityId: 'acme' };
    expect(await post(`/v1/gift-cards/${id}/adjustments`, expired)).toMatchObject({
      status: 201,
      body: { amount: -24_00, available: 0, reason: 'expired' },
    });

    const events = [
      ...(await told()),
      envelope(9001, 'payment.captured', { ...money, amount: 30_00 }),
      envelope(9002, 'payment.refunded', { ...money, amount: 4_00 }),
    ];
    expect((await book(events)).failed.size).toBe(0);
    // What comes twice is booked once.
    expect(await book(events)).toMatchObject({ posted: 0 });
    expect(await balances('acme')).toEqual({
      EUR: { CREDIT_CLEARING: 50_00, DEPOSITS: -26_00, STORE_CREDIT: 0, BREAKAGE: -24_00 },
      JPY: { CREDIT_CLEARING: 3000, STORE_CREDIT: -3000 },
      KWD: { GOODWILL: 12_345, STORE_CREDIT: -12_345 },
    });
    const ofCard = events.filter(({ subject }) => subject === `credit_giftCard_${id}_EUR`);
    expect(ofCard.map(({ type, sequence }) => [sequence, type]).sort()).toEqual([
      [1, 'credit.issued'],
      [2, 'credit.withdrawn'],
    ]);
    expect(JSON.stringify(events)).not.toContain(code);
  });

  test('an adjustment counts once, and takes no more than is available', async () => {
    const { id, code } = Issued.parse((await post('/v1/gift-cards', { amount: 10_00, currency: 'EUR' })).body);
    const path = `/v1/gift-cards/${id}/adjustments`;
    const wrong = { amount: -3_00, reason: 'correction', note: 'typed wrong' };
    const first = await post(path, wrong, 'finance', 'adjust-1');
    expect(first).toMatchObject({ status: 201, body: { available: 7_00 } });
    expect(await post(path, wrong, 'finance', 'adjust-1')).toMatchObject({
      ...{ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } },
    });
    const other = await post(path, { ...wrong, amount: -4_00 }, 'finance', 'adjust-1');
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused' });
    const deps = { accounts: dynamoAccounts(api.client, 'orders'), system: api.system };
    const aside = { key: 'adjust:aside', orderId: 'ord_2', amount: 6_00, currency: 'EUR', token: code };
    expect(await accountPayments('giftCard', deps).authorize(aside)).toMatchObject({ outcome: 'approved' });
    expect(await post(path, { ...wrong, amount: -1_01 })).toMatchObject({
      status: 409,
      body: { code: 'insufficient_credit', detail: '100 minor units are available.' },
    });
    expect(await post(path, { amount: 5_00, reason: 'sold', note: 'loaded again' })).toMatchObject({
      body: { available: 6_00 },
    });
    expect((await api.ask('GET', `/v1/gift-cards/${id}`)).body).toMatchObject({ available: 6_00, aside: 6_00 });
  });

  test('store credit is corrected, and only where there is some', async () => {
    await post('/v1/customers/cus_2/store-credit', { amount: 500, currency: 'EUR' });
    const path = '/v1/customers/cus_2/store-credit/adjustments';
    const wrong = { amount: -200, currency: 'EUR', reason: 'correction', note: 'granted twice' };
    expect(await post(path, wrong)).toMatchObject({ status: 201, body: { available: 300 } });
    expect((await post(path, { ...wrong, currency: 'JPY' })).body).toMatchObject({ code: 'account_not_found' });
    expect(await post(path, { ...wrong, reason: 'expired' })).toMatchObject({ status: 422 });
  });

  test.each([
    [{ amount: 0, reason: 'correction', note: 'x' }, '/amount'],
    [{ amount: 0.5, reason: 'correction', note: 'x' }, '/amount'],
    [{ amount: 100, reason: 'expired', note: 'x' }, '/reason'],
    [{ amount: -100, reason: 'sold', note: 'x' }, '/reason'],
    [{ amount: -100, reason: 'because', note: 'x' }, '/reason'],
    [{ amount: -100, reason: 'correction' }, '/note'],
  ])('%j is refused', async (body, pointer) => {
    const { id } = Issued.parse((await post('/v1/gift-cards', { amount: 10_00, currency: 'EUR' })).body);
    expect(await post(`/v1/gift-cards/${id}/adjustments`, body)).toMatchObject({
      ...{ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } },
    });
  });

  test('what is on a card that has not expired is not taken as expired, and agents adjust nothing', async () => {
    const { id } = Issued.parse((await post('/v1/gift-cards', { amount: 10_00, currency: 'EUR' })).body);
    const path = `/v1/gift-cards/${id}/adjustments`;
    const body = { amount: -1, reason: 'expired', note: 'x' };
    expect(await post(path, body)).toMatchObject({ status: 409, body: { code: 'gift_card_not_expired' } });
    expect((await post(path, body, 'agent')).status).toBe(403);
    expect((await api.ask('POST', path, { body, as: 'finance' })).body).toMatchObject({
      code: 'idempotency_key_required',
    });
    expect((await post('/v1/gift-cards/gft_1/adjustments', body)).body).toMatchObject({ code: 'gift_card_not_found' });
  });
});
