import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyFeed } from '../../../shared/use-cases/stock/apply-feed.ts';
import { tendFeeds } from '../../../shared/use-cases/stock/tend-feeds.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';
import { type Feed, feeder, path, row } from './feeder.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const { create, put, submit, read, work, errorsOf, fed } = feeder(() => api);

describe('a feed of stock', () => {
  test('600 rows in parts are applied, each with its entry in the ledger; sent again they are unchanged', async () => {
    const rows = Array.from({ length: 600 }, (_, n) => row(`many-${n}`, n));
    const { id } = await create();
    await Promise.all([put(id, 2, { rows: rows.slice(550) }), put(id, 1, { rows: rows.slice(0, 550) })]);
    expect(await read(id)).toMatchObject({ state: 'DRAFT', total: 600, progress: 0 });
    await submit(id);
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', total: 600, applied: 600, failed: 0, progress: 1 });
    expect((await api.bucket('many-599', 'dc-1'))?.onHand).toBe(599);
    const { body } = await api.ask('GET', '/v1/inventory/many-7/ledger');
    expect(body).toMatchObject({ data: [{ kind: 'count', change: 7, note: 'Feed of ERP, part 1, row 8' }] });
    expect(await fed(rows.slice(0, 300))).toMatchObject({ state: 'DONE', applied: 0, unchanged: 300 });
  }, 120_000);

  test('a CSV has its columns in any order, quotes, CRLF and a BOM; what is no table is refused at its part', async () => {
    const { id } = await create({ mode: 'delta', format: 'csv' });
    const csv = '\uFEFFreason,quantity,locationId,"sku"\r\nfound,3,dc-1,csv-1\r\n,4,"dc-1","csv-2"\r\n';
    expect(await put(id, 1, { csv })).toMatchObject({ status: 200, body: { rows: 2 } });
    for (const [bad, detail] of [
      ['sku,locationId\na,b', /quantity is missing/],
      ['sku,locationId,quantity,color\na,b,1,red', /no column .*color/],
      ['sku,locationId,quantity\na,"b,1', /not closed/],
      ['sku,locationId,quantity\na,b"c,1', /quote inside/],
      ['sku,locationId,quantity\n', /no row/],
    ] as const) {
      const answer = await put(id, 2, { csv: bad });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/csv' }] } });
      expect(answer.text).toMatch(detail);
    }
    const control = await put(id, 2, { csv: 'sku,locationId,quantity\na\u0000,dc-1,1' });
    expect(control).toMatchObject({ status: 422, body: { errors: [{ pointer: '/csv', code: 'invalid_characters' }] } });
    expect(await put(id, 2, { rows: [row('csv-3', 1)] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/csv' }] },
    });
    await submit(id);
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 2 });
    expect((await api.bucket('csv-2', 'dc-1'))?.onHand).toBe(4);
  });

  const bad = [
    row('bad-1', '1e3'),
    row('bad-2', -1),
    row('bad-3', 1, 'nowhere'),
    row('no sku', 1),
    row('bad-5', 1.5),
    row('bad-twice', 1),
    { ...row('bad-7', 1), reason: 'found' },
    row('good', 5),
    row('bad-twice', 2),
  ];
  const told = [
    '1.1 invalid_quantity',
    '1.2 negative_count',
    '1.3 unknown_location',
    '1.4 invalid_sku',
    '1.5 invalid_quantity',
    '1.6 duplicate_row',
    '1.7 reason_not_allowed',
    '1.9 duplicate_row',
  ];

  test('skip: rows that are wrong are told by number and code, the others are applied', async () => {
    const feed = await fed(bad);
    expect(feed).toMatchObject({ state: 'DONE', total: 9, applied: 1, failed: 8 });
    expect(await errorsOf(feed.id)).toEqual(told);
    expect(await errorsOf(feed.id, 3)).toEqual(told);
    expect((await api.bucket('good', 'dc-1'))?.onHand).toBe(5);
    expect(await api.bucket('bad-twice', 'dc-1')).toBeUndefined();
  });

  test('reject: one row that is wrong, and nothing is applied', async () => {
    const feed = await fed([row('all-or-none', 5), row('all-or-none-2', -5)], { onError: 'reject' });
    expect(feed).toMatchObject({ state: 'REJECTED', applied: 0, failed: 1, progress: 1 });
    expect(await errorsOf(feed.id)).toEqual(['1.2 negative_count']);
    expect(await api.bucket('all-or-none', 'dc-1')).toBeUndefined();
  });

  test('reject: a row that stock would refuse is as good as wrong, and nothing is applied', async () => {
    await fed([row('whole-1', 5), row('whole-2', 5)]);
    const order = await api.place({ lines: [{ sku: 'whole-2', title: 'W', quantity: 4, unitPrice: 100 }] });
    await api.confirm(order.id);
    const delta = [row('whole-1', -2), row('whole-2', -2), row('whole-3', 7)];
    const taken = await fed(delta, { mode: 'delta', onError: 'reject' });
    expect(taken).toMatchObject({ state: 'REJECTED', applied: 0, failed: 1, checked: 3, progress: 1 });
    expect(await errorsOf(taken.id)).toEqual(['1.2 insufficient_stock']);
    const counted = await fed([row('whole-1', 9), row('whole-2', 3)], { onError: 'reject' });
    expect(counted).toMatchObject({ state: 'REJECTED', applied: 0, failed: 1 });
    expect(await errorsOf(counted.id)).toEqual(['1.2 below_committed']);
    expect(await api.bucket('whole-1', 'dc-1')).toMatchObject({ onHand: 5 });
    expect(await api.bucket('whole-3', 'dc-1')).toBeUndefined();

    const fits = await fed([row('whole-1', -2), row('whole-2', -1), row('whole-3', 7)], {
      mode: 'delta',
      onError: 'reject',
    });
    expect(fits).toMatchObject({ state: 'DONE', applied: 3, failed: 0 });
    expect(await api.bucket('whole-3', 'dc-1')).toMatchObject({ onHand: 7 });
  });

  test('a SKU that stands twice in two parts is wrong in both', async () => {
    const { id } = await create();
    await put(id, 1, { rows: [row('twice', 1), row('once', 1)] });
    await put(id, 2, { rows: [row('once-2', 1), row('twice', 1)] });
    await submit(id);
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 2, failed: 2 });
    expect(await errorsOf(id, 1)).toEqual(['1.1 duplicate_row', '2.2 duplicate_row']);
  });

  test('a row that takes more than there is, or counts less than is promised, is refused; the feed goes on', async () => {
    await fed([row('promised', 10), row('scarce', 2)]);
    const order = await api.place({ lines: [{ sku: 'promised', title: 'P', quantity: 4, unitPrice: 100 }] });
    await api.confirm(order.id);
    const reset = await fed([row('promised', 3), row('scarce', 5)]);
    expect(reset).toMatchObject({ state: 'DONE', applied: 1, failed: 1 });
    expect(await errorsOf(reset.id)).toEqual(['1.1 below_committed']);
    const delta = await fed([row('scarce', -6), row('promised', -6)], { mode: 'delta' });
    expect(delta).toMatchObject({ state: 'DONE', applied: 1, failed: 1 });
    expect(await errorsOf(delta.id)).toEqual(['1.1 insufficient_stock']);
    expect(await api.bucket('promised', 'dc-1')).toMatchObject({ onHand: 4, available: 0, committed: 4 });
    expect(await api.bucket('scarce', 'dc-1')).toMatchObject({ onHand: 5 });
  });

  test('a part is replaced until the feed is submitted; then neither it nor the feed can be changed', async () => {
    const { id } = await create();
    expect(await submit(id)).toMatchObject({ status: 409, body: { code: 'feed_incomplete', missingPart: 1 } });
    await put(id, 2, { rows: [row('part-2', 1)] });
    expect(await submit(id)).toMatchObject({ status: 409, body: { code: 'feed_incomplete', missingPart: 1 } });
    await put(id, 1, { rows: Array.from({ length: 1200 }, (_, n) => row(`old-${n}`, 1)) });
    await put(id, 1, { rows: [row('part-1', 1)] });
    expect(await submit(id)).toMatchObject({ status: 202, body: { total: 2 } });
    expect(await submit(id)).toMatchObject({ status: 202, body: { state: 'VALIDATING' } });
    expect(await put(id, 1, { rows: [row('part-1', 2)] })).toMatchObject({
      status: 409,
      body: { code: 'feed_submitted' },
    });
    expect(await api.ask('DELETE', `${path}/${id}`)).toMatchObject({ status: 409, body: { code: 'feed_submitted' } });
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 2 });
  });

  test('a draft can be dropped; lists are newest first', async () => {
    const { id } = await create();
    await put(id, 1, { rows: [row('dropped', 1)] });
    const { id: kept } = await create();
    expect(await api.ask('DELETE', `${path}/${id}`)).toMatchObject({ status: 204 });
    expect(await api.ask('GET', `${path}/${id}`)).toMatchObject({ status: 404, body: { code: 'feed_not_found' } });
    expect(await put(id, 41, { rows: [row('x', 1)] })).toMatchObject({
      status: 404,
      body: { code: 'feed_part_not_found' },
    });
    const { body } = await api.ask('GET', `${path}?limit=1`);
    expect(body).toMatchObject({ data: [{ id: kept }] });
    const drafts = await api.ask('GET', `${path}?limit=100&state=DRAFT`);
    const { data } = drafts.body as { data: Feed[] };
    expect(data[0]).toMatchObject({ id: kept });
    expect(new Set(data.map(({ state }) => state))).toEqual(new Set(['DRAFT']));
    expect(await api.ask('GET', `${path}?state=LOST`)).toMatchObject({ status: 400 });
  });

  test('the same request to begin a feed is answered with the same feed', async () => {
    const asking = {
      body: { mode: 'delta', source: 'POS', format: 'json', onError: 'skip' },
      headers: { 'idempotency-key': 'begin' },
    };
    const first = await api.ask('POST', path, asking);
    expect((await api.ask('POST', path, asking)).text).toBe(first.text);
    const other = { ...asking, body: { ...asking.body, source: 'ERP' } };
    expect(await api.ask('POST', path, other)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const late = {
      body: { ...asking.body, mode: 'reset', asOf: '2020-01-01T00:00:00Z' },
      headers: { 'idempotency-key': 'late' },
    };
    expect(await api.ask('POST', path, late)).toMatchObject({ status: 422, body: { code: 'count_time_not_allowed' } });
  });
});

test('hot SKUs among many others: counted in all of their rows, which stay as many as they were', async () => {
  const many = Array.from({ length: 40 }, (_, n) => row(`with-hot-${n}`, 100));
  expect(await fed(many)).toMatchObject({ state: 'DONE', applied: 40 });
  const shards = `/v1/inventory/with-hot-7/shards`;
  expect(await api.ask('PUT', shards, { body: { shards: 16 }, as: 'warehouse' })).toMatchObject({ status: 200 });
  const counted = many.map((one) => ({ ...one, quantity: 120 }));
  expect(await fed(counted)).toMatchObject({ state: 'DONE', applied: 40, failed: 0 });
  expect(await api.bucket('with-hot-7', 'dc-1')).toMatchObject({ onHand: 120, available: 120 });
  const { body } = await api.ask('GET', shards, { as: 'warehouse' });
  expect((body as { locations: { shards: object[] }[] }).locations[0]?.shards).toHaveLength(16);
}, 60_000);

describe('a feed that is cut off', () => {
  test('a chunk that dies in the middle and one that is delivered twice move each unit once', async () => {
    const { id } = await create({ mode: 'delta' });
    await put(id, 1, { rows: Array.from({ length: 700 }, (_, n) => row(`cut-${n}`, 2)) });
    await submit(id);
    // Ten batches of 33 of the first 500 rows.
    let left = 10;
    const dying = {
      ...api.deps.stock,
      commit: async (...commit: Parameters<typeof api.deps.stock.commit>) => {
        left -= 1;
        if (left < 0) throw new Error('the function died');
        return api.deps.stock.commit(...commit);
      },
    };
    await expect(applyFeed({ ...api.deps, stock: dying }, id, () => true)).rejects.toThrow('died');
    expect(await read(id)).toMatchObject({ state: 'APPLYING', applied: 0 });
    expect((await api.bucket('cut-0', 'dc-1'))?.onHand).toBe(2);
    expect(await api.bucket('cut-499', 'dc-1')).toBeUndefined();
    // Two executions at once, one of which has time for a single chunk.
    let chunks = 1;
    const outcomes = await Promise.all([work(id), work(id, () => chunks-- > 0)]);
    expect(outcomes).toContainEqual({ outcome: 'DONE' });
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 700, failed: 0, progress: 1 });
    const stock = await Promise.all(Array.from({ length: 700 }, (_, n) => api.bucket(`cut-${n}`, 'dc-1')));
    expect(stock.filter((bucket) => bucket?.onHand !== 2)).toEqual([]);
  }, 120_000);

  test('without time it says that there is more, and goes on where it stood', async () => {
    const { id } = await create();
    await put(id, 1, { rows: Array.from({ length: 600 }, (_, n) => row(`slow-${n}`, 1)) });
    await submit(id);
    let chunks = 1;
    expect(await work(id, () => chunks-- > 0)).toEqual({ outcome: 'MORE' });
    expect(await read(id)).toMatchObject({ state: 'APPLYING', applied: 500, progress: 0.83 });
    expect(await work(id)).toEqual({ outcome: 'DONE' });
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 600 });
  }, 120_000);

  test('cut off while rows are looked at with the stock, it goes on with those that were not; what came too late is refused by its row', async () => {
    const many = Array.from({ length: 1100 }, (_, n) => row(`looked-${n}`, n === 1040 ? -1 : 1));
    const { id } = await create({ mode: 'delta', onError: 'reject' });
    await put(id, 1, { rows: many });
    await submit(id);
    const looked: number[] = [];
    const counting = {
      ...api.deps.stock,
      read: (...asked: Parameters<typeof api.deps.stock.read>) => {
        looked.push(asked[0].length);
        return api.deps.stock.read(...asked);
      },
    };
    const deps = { ...api.deps, stock: counting };
    let chunks = 1;
    expect(await applyFeed(deps, id, () => chunks-- > 0)).toEqual({ outcome: 'MORE' });
    expect(await read(id)).toMatchObject({ state: 'VALIDATING', total: 1100, checked: 500, failed: 0 });
    expect(await applyFeed(deps, id, () => true)).toEqual({ outcome: 'DONE' });
    expect(looked.reduce((sum, rows) => sum + rows, 0)).toBe(1100);
    expect(await read(id)).toMatchObject({ state: 'REJECTED', checked: 1100, failed: 1, applied: 0 });
    expect(await errorsOf(id)).toEqual(['1.1041 insufficient_stock']);
    expect(await api.bucket('looked-0', 'dc-1')).toBeUndefined();

    await fed([row('late-1', 5), row('late-2', 5)]);
    const { id: late } = await create({ mode: 'delta', onError: 'reject' });
    await put(late, 1, { rows: [row('late-1', -5), row('late-2', -5)] });
    await submit(late);
    let looks = 2;
    expect(await work(late, () => looks-- > 1)).toEqual({ outcome: 'MORE' });
    expect(await read(late)).toMatchObject({ state: 'APPLYING', checked: 2 });
    await api.ask('PUT', '/v1/inventory/late-1/locations/dc-1', { body: { onHand: 4 }, as: 'warehouse' });
    await work(late);
    expect(await read(late)).toMatchObject({ state: 'DONE', applied: 1, failed: 1 });
    expect(await errorsOf(late)).toEqual(['1.1 insufficient_stock']);
  }, 120_000);

  test('canceled, it stops before its next 500 rows; canceled again nothing changes, and nobody starts it any more', async () => {
    const { id } = await create();
    await put(id, 1, { rows: Array.from({ length: 1100 }, (_, n) => row(`stopped-${n}`, 1)) });
    await submit(id);
    const cancel = () => api.ask('POST', `${path}/${id}/cancel`, { as: 'warehouse' });
    let commits = 0;
    const canceling = {
      ...api.deps.stock,
      commit: async (...commit: Parameters<typeof api.deps.stock.commit>) => {
        commits += 1;
        if (commits === 3) expect(await cancel()).toMatchObject({ status: 200, body: { state: 'CANCELED' } });
        return api.deps.stock.commit(...commit);
      },
    };
    expect(await applyFeed({ ...api.deps, stock: canceling }, id, () => true)).toEqual({ outcome: 'DONE' });
    const stopped = await read(id);
    expect(stopped).toMatchObject({ state: 'CANCELED', total: 1100, applied: 500, progress: 1 });
    expect(await api.bucket('stopped-499', 'dc-1')).toMatchObject({ onHand: 1 });
    expect(await api.bucket('stopped-500', 'dc-1')).toBeUndefined();
    expect((await cancel()).body).toEqual(stopped);
    expect(await submit(id)).toMatchObject({ status: 202, body: { state: 'CANCELED' } });
    api.later(60 * 60_000);
    expect(await tendFeeds({ ...api.deps, start: async () => undefined })).toEqual({ restarted: 0, failed: 0 });
    expect(await put(id, 1, { rows: [row('stopped-500', 1)] })).toMatchObject({ status: 409 });
  }, 60_000);

  test('canceled before it is submitted, while it is checked, or when it is over', async () => {
    const { id: draft } = await create();
    await put(draft, 1, { rows: [row('no-draft', 1)] });
    const cancel = (id: string) => api.ask('POST', `${path}/${id}/cancel`, { as: 'warehouse' });
    expect(await cancel(draft)).toMatchObject({ body: { state: 'CANCELED', total: 1, applied: 0 } });
    const { id: checked } = await create({ mode: 'delta', onError: 'reject' });
    await put(checked, 1, { rows: [row('no-check', 1)] });
    await submit(checked);
    expect(await work(checked, () => false)).toEqual({ outcome: 'MORE' });
    expect(await cancel(checked)).toMatchObject({ body: { state: 'CANCELED' } });
    expect(await work(checked)).toEqual({ outcome: 'DONE' });
    expect(await api.bucket('no-check', 'dc-1')).toBeUndefined();
    const { id: done } = await fed([row('is-done', 1)]);
    expect(await cancel(done)).toMatchObject({ status: 409, body: { code: 'feed_over' } });
    expect(await cancel('feed_00000000000000000000000000')).toMatchObject({ status: 404 });
    expect(await api.ask('POST', `${path}/${done}/cancel`, { as: 'agent' })).toMatchObject({ status: 403 });
  });

  test('submitted again with rows applied already, it goes on: those are not looked at again, as if their units were still to be taken', async () => {
    const many = Array.from({ length: 60 }, (_, n) => `again-${n}`);
    await fed(many.map((sku) => row(sku, 1)));
    const { id } = await create({ mode: 'delta', onError: 'reject' });
    await put(id, 1, { rows: many.map((sku) => row(sku, -1)) });
    await submit(id);
    let left = 1;
    const dying = {
      ...api.deps.stock,
      commit: async (...commit: Parameters<typeof api.deps.stock.commit>) => {
        left -= 1;
        if (left < 0) throw new Error('the function died');
        return api.deps.stock.commit(...commit);
      },
    };
    await expect(applyFeed({ ...api.deps, stock: dying }, id, () => true)).rejects.toThrow('died');
    for (let n = 0; n < 13; n++) {
      api.later(6 * 60_000);
      await tendFeeds({ ...api.deps, start: async () => undefined });
    }
    expect(await read(id)).toMatchObject({ state: 'FAILED' });
    expect(await submit(id)).toMatchObject({ status: 202, body: { state: 'VALIDATING' } });
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 60, failed: 0 });
    const stock = await Promise.all(many.map((sku) => api.bucket(sku, 'dc-1')));
    expect(stock.filter((bucket) => bucket?.onHand !== 0)).toEqual([]);
  }, 60_000);

  test('an execution that was lost is started again; without progress for an hour the feed has FAILED, and may be submitted again', async () => {
    const { id } = await create();
    await put(id, 1, { rows: [row('lost', 1)] });
    await submit(id);
    const started: string[] = [];
    const tend = () => tendFeeds({ ...api.deps, start: async (_, name) => void started.push(name) });
    expect(await tend()).toEqual({ restarted: 0, failed: 0 });
    for (let n = 0; n < 12; n++) {
      api.later(6 * 60_000);
      expect(await tend()).toEqual({ restarted: 1, failed: 0 });
    }
    expect(new Set(started).size).toBe(12);
    api.later(6 * 60_000);
    expect(await tend()).toEqual({ restarted: 0, failed: 1 });
    expect(await read(id)).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('12 times') });
    expect(await submit(id)).toMatchObject({ status: 202, body: { state: 'VALIDATING' } });
    await work(id);
    expect(await read(id)).toMatchObject({ state: 'DONE', applied: 1 });
  });
});
