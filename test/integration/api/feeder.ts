import { expect } from 'vitest';
import type { FeedId } from '../../../shared/domain/stock/feed.ts';
import { applyFeed } from '../../../shared/use-cases/stock/apply-feed.ts';
import type { ApiForTests } from './api-for-tests.ts';

export interface Feed {
  id: FeedId;
  state: string;
  total: number;
  applied: number;
  unchanged: number;
  failed: number;
  progress: number;
}
interface RowError {
  part: number;
  row: number;
  code: string;
}

export const path = '/v1/inventory/feeds';
export const row = (sku: string, quantity: number | string, locationId = 'dc-1') => ({ sku, locationId, quantity });

/** A warehouse's system that feeds stock. */
export function feeder(api: () => ApiForTests) {
  let keys = 0;
  const create = async (body: object = {}) => {
    const answer = await api().ask('POST', path, {
      body: { mode: 'reset', source: 'ERP', format: 'json', onError: 'skip', ...body },
      headers: { 'idempotency-key': `feed-${++keys}` },
      as: 'warehouse',
    });
    expect(answer).toMatchObject({ status: 201, body: { state: 'DRAFT' } });
    return answer.body as Feed;
  };
  const put = (id: string, n: number, body: object) =>
    api().ask('PUT', `${path}/${id}/parts/${n}`, { body, as: 'warehouse' });
  const submit = (id: string) => api().ask('POST', `${path}/${id}/submit`, { as: 'warehouse' });
  const read = async (id: string) => (await api().ask('GET', `${path}/${id}`)).body as Feed;
  const work = (id: FeedId, hasTime = () => true) => applyFeed(api().deps, id, hasTime);
  const errorsOf = async (id: string, limit = 100) => {
    const errors: RowError[] = [];
    let cursor: string | null = null;
    do {
      const asked: string = `${path}/${id}/errors?limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { body } = await api().ask('GET', asked);
      const page = body as { data: RowError[]; nextCursor: string | null };
      errors.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return errors.map(({ part, row, code }) => `${part}.${row} ${code}`);
  };
  const fed = async (rows: object[], body: object = {}) => {
    const { id } = await create(body);
    expect(await put(id, 1, { rows })).toMatchObject({ status: 200, body: { rows: rows.length } });
    expect(await submit(id)).toMatchObject({ status: 202, body: { state: 'VALIDATING' } });
    await work(id);
    return read(id);
  };
  return { create, put, submit, read, work, errorsOf, fed };
}
