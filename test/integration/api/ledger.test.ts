import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoLedgerClosing } from '../../../shared/adapters/dynamodb/ledger/closing.ts';
import { dynamoLedgerJournal } from '../../../shared/adapters/dynamodb/ledger/journal.ts';
import { dynamoLedgerReader } from '../../../shared/adapters/dynamodb/ledger/reader.ts';
import { queryRange } from '../../../shared/adapters/dynamodb/order-store.ts';
import { parseCsv } from '../../../shared/domain/stock/csv.ts';
import { envelopeFromRow } from '../../../shared/events/event-rows.ts';
import { closeDays } from '../../../shared/use-cases/ledger/close-days.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';
import { envelope, sellers, timeZoneOf } from '../ledger/ledger-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const order = 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VX';
const other = 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VY';

const post = (...events: ReturnType<typeof envelope>[]) =>
  postLedger({ journal: dynamoLedgerJournal(api.client, 'orders', api.system), sellers, timeZoneOf }, events);
const at = (day: string) => ({ time: `${day}T12:00:00.000Z` });

beforeAll(async () => {
  api = await startApi();
  await post(
    envelope(1, 'payment.captured', { amount: 5000, currency: 'EUR' }, { ...at('2025-12-30'), subject: order }),
    envelope(2, 'payment.refunded', { amount: 1000, currency: 'EUR' }, { ...at('2026-01-02'), subject: order }),
    envelope(3, 'payment.captured', { amount: 700, currency: 'JPY' }, { ...at('2026-01-02'), subject: other }),
    envelope(4, 'payment.captured', { amount: 2500, currency: 'EUR' }, { ...at('2026-01-03'), subject: other }),
    envelope(5, 'payment.refunded', { amount: 500, currency: 'EUR' }, { ...at('2026-02-01'), subject: other }),
  );
});
afterAll(() => api.stop());

const ask = (target: string, as: 'finance' | 'admin' | 'agent' = 'finance') =>
  api.ask('GET', `/v1/ledger/${target}`, { as });

describe('trial balance', () => {
  test('opening, movements and closing of a period, in each currency; debits equal credits', async () => {
    const { status, body } = await ask('trial-balance?from=2026-01-01&to=2026-01-31&legalEntityId=acme');
    expect(status).toBe(200);
    const { balances } = body as { balances: { currency: string; accounts: Record<string, unknown>[] }[] };
    expect(balances.map(({ currency }) => currency)).toEqual(['EUR', 'JPY']);
    expect(balances[0]).toMatchObject({
      balanced: true,
      totals: { opening: 0, debit: 3500, credit: 3500, closing: 0 },
      accounts: [
        { account: 'PSP_CLEARING', code: '1020', opening: 5000, debit: 2500, credit: 1000, closing: 6500 },
        { account: 'DEPOSITS', code: '2100', opening: -5000, debit: 1000, credit: 2500, closing: -6500 },
      ],
    });
  });

  test('one currency; nothing of another legal entity', async () => {
    const { body } = await ask('trial-balance?from=2026-01-01&to=2026-01-31&currency=JPY&legalEntityId=acme');
    expect((body as { balances: unknown[] }).balances).toMatchObject([{ currency: 'JPY', totals: { debit: 700 } }]);
    expect(await ask('trial-balance?from=2026-01-01&to=2026-12-31')).toMatchObject({ body: { balances: [] } });
  });

  test.each([
    ['trial-balance', 'invalid_parameter'],
    ['trial-balance?from=2026-01-31&to=2026-01-01', 'invalid_parameter'],
    ['trial-balance?from=2026-02-30&to=2026-03-01', 'invalid_parameter'],
    ['trial-balance?from=2026-01-01&to=2026-01-02&currency=XXX', 'invalid_parameter'],
    ['trial-balance?from=2026-01-01&to=2026-01-02&legalEntityId=A%23B', 'invalid_parameter'],
    ['entries?from=2026-01-01', 'invalid_parameter'],
    ['entries?orderId=nonsense', 'invalid_parameter'],
    ['entries?from=2026-01-01&to=2026-01-02&account=CASH', 'invalid_parameter'],
    ['export?from=2026-01-01&to=2026-01-02&cursor=abc', 'invalid_cursor'],
  ])('%s is refused: %s', async (target, code) => {
    expect(await ask(target)).toMatchObject({ status: 400, body: { code } });
  });

  test('only finance and administrators read the books', async () => {
    expect(await ask('trial-balance?from=2026-01-01&to=2026-01-31', 'agent')).toMatchObject({ status: 403 });
    expect(await ask('trial-balance?from=2026-01-01&to=2026-01-31', 'admin')).toMatchObject({ status: 200 });
  });
});

describe('entries', () => {
  const idsOf = (body: unknown) => (body as { data: { id: string }[] }).data.map(({ id }) => id);

  test('of a period in pages, oldest first', async () => {
    const first = await ask('entries?from=2025-12-01&to=2026-01-31&legalEntityId=acme&limit=2');
    expect(idsOf(first.body)).toEqual(['evt_000001', 'evt_000002']);
    const link = /<https:\/\/api\.test\/v1\/ledger\/(.*?)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    expect(idsOf((await ask(link)).body)).toEqual(['evt_000003', 'evt_000004']);
  });

  test('of an order, and of an account', async () => {
    expect(idsOf((await ask(`entries?orderId=${other}`)).body)).toEqual(['evt_000003', 'evt_000004', 'evt_000005']);
    expect(idsOf((await ask(`entries?orderId=${other}&limit=2`)).body)).toHaveLength(2);
    expect(idsOf((await ask(`entries?orderId=${other}&from=2026-02-01`)).body)).toEqual(['evt_000005']);
    const period = 'from=2025-12-01&to=2026-12-31&legalEntityId=acme';
    expect(idsOf((await ask(`entries?${period}&account=BANK`)).body)).toEqual([]);
    expect(idsOf((await ask(`entries?${period}&account=DEPOSITS`)).body)).toHaveLength(5);
  });
});

describe('export', () => {
  test('a row for each line, with the codes of the legal entity', async () => {
    const put = { codes: { PSP_CLEARING: '1360', DEPOSITS: '1710' } };
    expect(await api.ask('PUT', '/v1/ledger/accounts/acme', { body: put, as: 'finance' })).toMatchObject({
      status: 200,
    });
    expect(await api.ask('PUT', '/v1/ledger/accounts/acme', { body: { codes: { CASH: '1' } } })).toMatchObject({
      status: 422,
    });
    const { status, headers, text } = await ask('export?from=2026-01-01&to=2026-01-31&legalEntityId=acme');
    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const rows = parseCsv(text);
    expect(rows).toHaveLength(1 + 6);
    expect(rows.map((row) => [row[0], row[4], row[5], row[8], row[9]])).toContainEqual([
      '2026-01-02',
      'PSP_CLEARING',
      '1360',
      '',
      '10.00',
    ]);
    expect(await api.ask('PUT', '/v1/ledger/accounts/acme', { body: { codes: {} }, as: 'finance' })).toMatchObject({
      status: 200,
    });
  });

  test('a large range comes in parts that are one file when put together', async () => {
    const many = Array.from({ length: 1100 }, (_, n) =>
      envelope(
        10_000 + n,
        'payment.captured',
        { amount: n + 1, currency: 'EUR' },
        { ...at('2026-06-01'), subject: 'ord_bulk_Z' },
      ),
    );
    await post(...many);
    let target: string | undefined = 'export?from=2026-06-01&to=2026-06-30&legalEntityId=acme-jp';
    const parts: string[] = [];
    while (target !== undefined) {
      const { text, headers } = await ask(target);
      parts.push(text);
      target = /<https:\/\/api\.test\/v1\/ledger\/(.*?)>; rel="next"/.exec(headers.link ?? '')?.[1];
    }
    expect(parts).toHaveLength(2);
    const rows = parseCsv(parts.join(''));
    expect(rows).toHaveLength(1 + 2 * 1100);
    expect(new Set(rows.map((row) => row[1])).size).toBe(1 + 1100);
  });
});

describe('days are closed', () => {
  const deps = () => ({
    closing: dynamoLedgerClosing(api.client, 'orders', api.system),
    reader: dynamoLedgerReader(api.client, 'orders', api.system),
    timeZoneOf: async () => 'Europe/Madrid',
    system: api.system,
  });
  const closed = async (entity: string) => {
    const rows = await queryRange(api.client, 'orders', `LEDGER#${entity}`, 'EVENT#', 'EVENT#~');
    return rows.map((row) => envelopeFromRow(row, { tenantId: 'test' }));
  };

  test('once each, when they are over, with their totals; one that gets an entry late once more', async () => {
    const noon = new Date(api.system.now()).toISOString().slice(0, 10);
    await post(envelope(20_001, 'payment.captured', { amount: 900, currency: 'EUR' }, at(noon)));
    await closeDays(deps());
    const before = await closed('acme');
    expect(before.map(({ data }) => data.day)).not.toContain(noon);
    api.later(48 * 3_600_000);
    await Promise.all([closeDays(deps()), closeDays(deps())]);
    await post(envelope(20_002, 'payment.captured', { amount: 100, currency: 'EUR' }, at(noon)));
    await closeDays(deps());
    expect(await closeDays(deps())).toBe(0);
    const events = await closed('acme');
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1));
    const today = events.filter(({ data }) => data.day === noon);
    expect(
      today.map(({ source, subject, data }) => ({ source, subject, revision: data.revision, entries: data.entries })),
    ).toEqual([
      { source: 'oms.ledger', subject: 'ledger_acme', revision: 1, entries: 1 },
      { source: 'oms.ledger', subject: 'ledger_acme', revision: 2, entries: 2 },
    ]);
    expect(today[1]?.data.totals).toContainEqual({
      account: 'DEPOSITS',
      code: '2100',
      currency: 'EUR',
      debit: 0,
      credit: 1000,
    });
  });
});
