import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoLedgerJournal } from '../../../shared/adapters/dynamodb/ledger/journal.ts';
import { dynamoLedgerReader } from '../../../shared/adapters/dynamodb/ledger/reader.ts';
import { dynamoSettlements } from '../../../shared/adapters/dynamodb/ledger/settlement-store.ts';
import { booksBalance } from '../../../shared/domain/money-invariants.ts';
import { SettlementId } from '../../../shared/ports/settlements.ts';
import { orderExceptions } from '../../../shared/use-cases/ledger/order-exceptions.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';
import { reconcileSettlement } from '../../../shared/use-cases/ledger/reconcile-settlement.ts';
import { seeded } from '../../model/world.ts';
import { Crash, crashing, envelope, sellers, timeZoneOf } from '../ledger/ledger-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const path = '/v1/settlements';
const header = 'transactionId,type,reference,currency,gross,fee,net';
const csvOf = (...rows: string[]) => `${[header, ...rows].join('\n')}\n`;
let events = 0;
let entities = 0;

/** Captures and refunds in the books of a legal entity of their own. */
async function books(
  movements: { reference: string; amount: number; type?: 'payment.refunded'; orderId?: string; currency?: string }[],
  time = new Date(api.system.now()).toISOString(),
) {
  entities += 1;
  const legalEntityId = `shop-${entities}`;
  const ofShop = {
    sellersOf: async (ids: readonly string[]) =>
      new Map([...(await sellers.sellersOf(ids))].map(([id, one]) => [id, { ...one, legalEntityId }])),
  };
  const log = movements.map(
    ({
      reference,
      amount,
      type = 'payment.captured' as const,
      orderId = 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VX',
      currency = 'EUR',
    }) => envelope(++events, type, { amount, currency, providerReference: reference }, { time, subject: orderId }),
  );
  await postLedger(
    { journal: dynamoLedgerJournal(api.client, 'orders', api.system), sellers: ofShop, timeZoneOf },
    log,
  );
  return legalEntityId;
}

const deps = (client = api.client) => ({
  settlements: dynamoSettlements(client, 'orders', api.system),
  exceptions: orderExceptions(api.deps),
  timeZoneOf: async () => 'UTC',
  system: api.system,
});
const work = (id: string) => reconcileSettlement(deps(), SettlementId.parse(id));
const send = (legalEntityId: string, csv: string, more: object = {}) =>
  api.ask('POST', path, { body: { legalEntityId, provider: 'bank', format: 'neutral', csv, ...more }, as: 'finance' });
const sent = async (legalEntityId: string, csv: string, more: object = {}) => {
  const { status, body } = await send(legalEntityId, csv, more);
  expect(status).toBe(202);
  const { id } = body as { id: string };
  await work(id);
  const read = await api.ask('GET', `${path}/${id}`, { as: 'finance' });
  return read.body as { id: string; state: string } & Record<string, unknown>;
};
interface Difference {
  id: string;
  kind: string;
  reference: string;
  residue: number;
  status: string;
}
const differencesOf = async (id: string) =>
  ((await api.ask('GET', `${path}/${id}/differences`, { as: 'finance' })).body as { data: Difference[] }).data;
const balances = async (legalEntityId: string) => {
  const totals = await dynamoLedgerReader(api.client, 'orders', api.system).totals(
    legalEntityId,
    '2000-01-01',
    '2100-01-01',
  );
  expect(booksBalance(totals)).toEqual([]);
  return Object.fromEntries(
    totals.map(({ account, currency, debit, credit }) => [`${account} ${currency}`, debit - credit]),
  );
};

describe('reconciled line by line', () => {
  test('what agrees leaves the clearing account: the net is in the bank, fees are spent', async () => {
    const shop = await books([
      { reference: 'ch_a1', amount: 3998 },
      { reference: 're_a1', amount: 1000, type: 'payment.refunded' },
    ]);
    const csv = csvOf(
      't1,capture,ch_a1,EUR,39.98,0.83,39.15',
      't2,refund,re_a1,EUR,-10.00,0,-10.00',
      't3,fee,,EUR,-2.00,0,-2.00',
      't4,payout,,EUR,-27.15,0,-27.15',
    );
    expect(await sent(shop, csv)).toMatchObject({
      state: 'RECONCILED',
      rows: 4,
      matched: 3,
      differences: 0,
      totals: [{ currency: 'EUR', gross: 2798, fee: 83, net: 2715 }],
    });
    expect(await balances(shop)).toEqual({
      'PSP_CLEARING EUR': 0,
      'DEPOSITS EUR': -2998,
      'BANK EUR': 2715,
      'FEES EUR': 283,
    });
  });

  test('a file that comes again is the same settlement; overlapping ones book a transaction once', async () => {
    const shop = await books([
      { reference: 'ch_b1', amount: 500 },
      { reference: 'ch_b2', amount: 700 },
    ]);
    const csv = csvOf('b1,capture,ch_b1,EUR,5.00,0,5.00');
    const first = await sent(shop, csv);
    expect(await send(shop, csv)).toMatchObject({ status: 200, body: { id: first.id } });
    const both = await sent(shop, csvOf('b1,capture,ch_b1,EUR,5.00,0,5.00', 'b2,capture,ch_b2,EUR,7.00,0.10,6.90'));
    expect(both).toMatchObject({ matched: 1, repeated: 1, differences: 0 });
    expect(await balances(shop)).toMatchObject({ 'PSP_CLEARING EUR': 0, 'BANK EUR': 1190, 'FEES EUR': 10 });
    expect(await work(first.id)).toBe('RECONCILED');
    expect(await balances(shop)).toMatchObject({ 'BANK EUR': 1190 });
  });

  test('differences of every kind; those of an order are exceptions on it, and resolved with it', async () => {
    const { id: orderId } = await api.place();
    const shop = await books([
      { reference: 'ch_c1', amount: 1000, orderId },
      { reference: 'ch_c2', amount: 2000, currency: 'USD' },
    ]);
    const file = await sent(
      shop,
      csvOf(
        'c1,capture,ch_c1,EUR,9.90,0.20,9.70',
        'c2,capture,ch_c2,EUR,18.00,0,18.00',
        'c3,capture,ch_nobody,EUR,3.00,0,3.00',
      ),
    );
    expect(file).toMatchObject({ state: 'RECONCILED', matched: 0, differences: 3 });
    const found = await differencesOf(file.id);
    expect(found.map(({ kind, reference, residue }) => `${kind} ${reference} ${residue}`)).toEqual([
      'amount_differs ch_c1 10',
      'currency_differs ch_c2 -1800',
      'unknown_here ch_nobody -300',
    ]);
    const exceptions = async () =>
      ((await api.ask('GET', `/v1/orders/${orderId}`)).body as { exceptions: { status: string; category: string }[] })
        .exceptions;
    expect(await exceptions()).toMatchObject([{ status: 'OPEN', category: 'PAYMENT' }]);
    const resolve = (id: string, as: string, role: 'finance' | 'agent' = 'finance') =>
      api.ask('POST', `${path}/${file.id}/differences/${id}/resolve`, { body: { as, reason: 'agreed' }, as: role });
    const [first, second, third] = found.map(({ id }) => id);
    expect(await resolve(first ?? '', 'rounding', 'agent')).toMatchObject({ status: 403 });
    expect(await resolve(third ?? '', 'rounding')).toMatchObject({ status: 422, body: { code: 'rounding_too_large' } });
    expect(await resolve('00000-99', 'accepted')).toMatchObject({
      status: 404,
      body: { code: 'difference_not_found' },
    });
    expect(await resolve(first ?? '', 'rounding')).toMatchObject({ status: 200, body: { status: 'RESOLVED' } });
    expect(await resolve(first ?? '', 'writeOff')).toMatchObject({
      status: 200,
      body: { resolution: { as: 'rounding' } },
    });
    expect(await resolve(second ?? '', 'accepted')).toMatchObject({ status: 200 });
    expect(await resolve(third ?? '', 'writeOff')).toMatchObject({ status: 200 });
    expect(await exceptions()).toMatchObject([{ status: 'RESOLVED' }]);
    expect(await balances(shop)).toMatchObject({
      'ROUNDING EUR': 10,
      'WRITE_OFF EUR': -300,
      'PSP_CLEARING EUR': -1800,
      'PSP_CLEARING USD': 2000,
    });
  });

  test('what was captured and is in no file after five days is missing there, told once', async () => {
    const before = new Date(api.system.now() - 7 * 24 * 3_600_000).toISOString();
    const shop = await books(
      [
        { reference: 'ch_d1', amount: 4000 },
        { reference: 'ch_d2', amount: 100 },
      ],
      before,
    );
    const file = await sent(shop, csvOf('d2,capture,ch_d2,EUR,1.00,0,1.00'));
    expect(await differencesOf(file.id)).toMatchObject([{ kind: 'missing_there', reference: 'ch_d1', residue: 4000 }]);
    const later = await sent(shop, csvOf('d1,capture,ch_d1,EUR,40.00,0,40.00'));
    expect(later).toMatchObject({ matched: 1, differences: 0 });
    expect(await balances(shop)).toMatchObject({ 'PSP_CLEARING EUR': 0 });
  });

  test('a report of Stripe, with columns that we do not know; a charge of which a part was captured is one capture', async () => {
    const shop = await books([
      { reference: 'ch_e1/0123456789abcdef01234567', amount: 6000 },
      { reference: 're_e1', amount: 500, type: 'payment.refunded' },
    ]);
    const csv = `automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,description
po_1,txn_e1,2026-01-05 10:00:00,eur,100.00,1.50,98.50,charge,ch_e1,ch_e1,"Order 1, mug"
po_1,txn_e2,2026-01-05 10:00:00,eur,-40.00,0.00,-40.00,partial_capture_reversal,ch_e1,ch_e1,
po_1,txn_e3,2026-01-06 10:00:00,eur,-5.00,0.00,-5.00,refund,re_e1,ch_e1,
`;
    expect(await sent(shop, csv, { provider: 'stripe', format: 'stripe' })).toMatchObject({
      matched: 3,
      differences: 0,
    });
    expect(await balances(shop)).toMatchObject({ 'PSP_CLEARING EUR': 0, 'BANK EUR': 5350, 'FEES EUR': 150 });
  });
});

describe('bad input', () => {
  test.each([
    ['no header', ''.padEnd(3, '\n'), 'invalid_csv'],
    ['a quote that is not closed', `${header}\n"t1,capture`, 'invalid_csv'],
    ['a column that is unknown', 'transactionId,type,currency,gross,iban\n', 'invalid_csv'],
    ['no row', `${header}\n`, 'no_rows'],
  ])('%s is refused at once', async (_, csv, code) => {
    expect(await send('bad', csv)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/csv', code }] } });
  });

  test('a file that is wrong anywhere is rejected as a whole, with each row’s fault', async () => {
    const shop = await books([{ reference: 'ch_f1', amount: 100 }]);
    const file = await sent(
      shop,
      csvOf(
        'f1,capture,ch_f1,EUR,1.00,0,1.00',
        'f1,capture,ch_f1,EUR,1.00,0,1.00',
        'f2,capture,ch_f1,EUR,1.005,0,1.005',
        'f3,capture,ch_f1,JPY,1.5,0,1.5',
        'f4,capture,ch_f1,XYZ,1.00,0,1.00',
        'f5,gift,ch_f1,EUR,1.00,0,1.00',
        'f6,capture,,EUR,1.00,0,1.00',
        'f7,capture,ch_f1,EUR,1.00,0.10,1.00',
        'f8,capture,ch_f1',
      ),
    );
    expect(file).toMatchObject({ state: 'REJECTED', errors: 8 });
    const { body } = await api.ask('GET', `${path}/${file.id}/errors`, { as: 'finance' });
    expect((body as { data: { row: number; code: string }[] }).data.map(({ row, code }) => `${row} ${code}`)).toEqual([
      '2 duplicate_row',
      '3 invalid_amount',
      '4 invalid_amount',
      '5 invalid_currency',
      '6 invalid_type',
      '7 invalid_reference',
      '8 net_differs',
      '9 malformed_row',
    ]);
    expect(await balances(shop)).toMatchObject({ 'PSP_CLEARING EUR': 100 });
  });
});

describe('large files', () => {
  test('in parts, with the function dying now and then: booked once, to the cent', async () => {
    const count = 400;
    const references = Array.from({ length: count }, (_, n) => ({ reference: `ch_g${n}`, amount: 100 + n }));
    const shop = await books(references);
    const body = { legalEntityId: shop, provider: 'bank', format: 'neutral' };
    const begun = await api.ask('POST', path, { body, as: 'finance' });
    expect(begun.status).toBe(201);
    const { id } = begun.body as { id: string };
    const rows = references.map(
      ({ reference, amount }, n) =>
        `g${n},capture,${reference},EUR,${(amount / 100).toFixed(2)},0.01,${((amount - 1) / 100).toFixed(2)}`,
    );
    const put = (n: number, csv: string) =>
      api.ask('PUT', `${path}/${id}/parts/${n}`, { body: { csv }, as: 'finance' });
    const submit = () => api.ask('POST', `${path}/${id}/submit`, { as: 'finance' });
    expect(await put(2, csvOf(...rows.slice(250)))).toMatchObject({ status: 200, body: { rows: 150 } });
    expect(await submit()).toMatchObject({ status: 409, body: { code: 'settlement_incomplete', missingPart: 1 } });
    expect(await put(1, csvOf(...rows.slice(0, 250)))).toMatchObject({ status: 200 });
    expect(await submit()).toMatchObject({ status: 202, body: { state: 'SUBMITTED' } });
    expect(await put(1, csvOf(...rows.slice(0, 250)))).toMatchObject({
      status: 409,
      body: { code: 'settlement_submitted' },
    });
    const random = seeded(7);
    const progress: unknown[] = [];
    for (;;) {
      try {
        await reconcileSettlement(deps(crashing(api.client, random, 0.15)), SettlementId.parse(id));
        break;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        progress.push((await api.ask('GET', `${path}/${id}`, { as: 'finance' })).body);
      }
    }
    const seen = progress.map((each) => (each as { progress: number }).progress);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(0);
    const { body: read } = await api.ask('GET', `${path}/${id}`, { as: 'finance' });
    expect(read).toMatchObject({ state: 'RECONCILED', matched: count, repeated: 0, differences: 0 });
    const sum = references.reduce((all, { amount }) => all + amount, 0);
    expect(await balances(shop)).toMatchObject({ 'PSP_CLEARING EUR': 0, 'BANK EUR': sum - count, 'FEES EUR': count });
    const list = await api.ask('GET', `${path}?legalEntityId=${shop}`, { as: 'finance' });
    expect((list.body as { data: { id: string }[] }).data.map((one) => one.id)).toEqual([id]);
  });

  /** As many as a file may have, and an invocation that ends after a while: `BATUTA_TEST_LONG=1`. */
  test.runIf(process.env.BATUTA_TEST_LONG === '1')(
    '100,000 rows: resumed by several invocations, progress seen, in bounded memory, booked to the cent',
    async () => {
      const count = 100_000;
      const order = (n: number) => `ord_01JGY8Q5N3W0R7T2K4M6P${String(n).padStart(5, '0')}`;
      const references = Array.from({ length: count }, (_, n) => ({ reference: `ch_h${n}`, amount: 100 + (n % 900) }));
      const shop = await books(references.map((one, n) => ({ ...one, orderId: order(n) })));
      const { body } = await api.ask('POST', path, {
        body: { legalEntityId: shop, provider: 'bank', format: 'neutral' },
        as: 'finance',
      });
      const { id } = body as { id: string };
      // Every 50th differs by a cent, and its order is told.
      const said = (amount: number, n: number) => (amount - (n % 50 === 0 ? 1 : 0)) / 100;
      for (let part = 0; part < 20; part++) {
        const rows = references.slice(part * 5000, (part + 1) * 5000).map(({ reference, amount }, n) => {
          const gross = said(amount, n);
          return `h${part}-${n},capture,${reference},EUR,${gross.toFixed(2)},0.01,${(gross - 0.01).toFixed(2)}`;
        });
        const answer = await api.ask('PUT', `${path}/${id}/parts/${part + 1}`, {
          body: { csv: csvOf(...rows) },
          as: 'finance',
        });
        expect(answer.status).toBe(200);
      }
      expect((await api.ask('POST', `${path}/${id}/submit`, { as: 'finance' })).status).toBe(202);

      setFlagsFromString('--expose-gc');
      (runInNewContext('gc') as () => void)();
      const before = process.memoryUsage().heapUsed;
      let peak = 0;
      const told = new Map<string, number>();
      const progress: number[] = [];
      const started = performance.now();
      for (let invocation = 1; invocation <= 20; invocation++) {
        let calls = 0;
        // Ends in the middle of something, as an invocation does whose time is over.
        const client = new Proxy(api.client, {
          get(target, name, receiver) {
            if (name !== 'send') return Reflect.get(target, name, receiver);
            return (command: Parameters<typeof target.send>[0]) => {
              calls += 1;
              peak = Math.max(peak, process.memoryUsage().heapUsed - before);
              if (calls > 600) throw new Crash('time is over');
              return target.send(command);
            };
          },
        });
        const exceptions = {
          open: async (orderId: string) => void told.set(orderId, (told.get(orderId) ?? 0) + 1),
          resolve: async () => undefined,
        };
        const state = await reconcileSettlement({ ...deps(client), exceptions }, SettlementId.parse(id)).catch(
          (error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          },
        );
        const read = (await api.ask('GET', `${path}/${id}`, { as: 'finance' })).body as { progress?: number };
        progress.push(read.progress ?? count);
        if (state === 'RECONCILED') break;
      }
      const seconds = (performance.now() - started) / 1000;
      const megabytes = Math.round(peak / 2 ** 20);
      console.log(
        `settlement: ${count} rows in ${seconds.toFixed(1)} s, ${progress.length} invocations (progress ${progress.join(', ')}), at most ${megabytes} MB of heap`,
      );
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      expect(progress.length).toBeGreaterThan(2);
      // The function has 512 MB.
      expect(megabytes).toBeLessThan(384);
      const { body: done } = await api.ask('GET', `${path}/${id}`, { as: 'finance' });
      expect(done).toMatchObject({ state: 'RECONCILED', matched: 98_000, repeated: 0, differences: 2000 });
      // An order may be told once more of what was not written down before the end, and no more than that.
      expect(told.size).toBe(2000);
      expect([...told.values()].reduce((sum, times) => sum + times, 0)).toBeLessThan(2000 + 20 * 10);
      const sum = references.reduce((all, { amount }) => all + amount, 0);
      expect(await balances(shop)).toMatchObject({
        ...{ 'PSP_CLEARING EUR': 2000, 'BANK EUR': sum - 2000 - count, 'FEES EUR': count },
      });
    },
    1_200_000,
  );
});
