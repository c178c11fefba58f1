import type { ApiClient } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { FeedId } from '../../../../shared/domain/stock/feed.ts';
import type { FeedStore } from '../../../../shared/ports/feeds.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const minute = 60_000;
const feeds = '/v1/inventory/feeds';

/** Stock as other systems tell it: a feed that is dropped, one with errors, and one whose execution is lost. */
export async function stockIsFed(
  { api, clock }: Scene,
  feedStore: FeedStore,
  forgetCursorSecret: () => Promise<void>,
): Promise<void> {
  const begin = async (rows: object[]): Promise<string> => {
    const body = { mode: 'reset', source: 'ERP', format: 'json', onError: 'skip' };
    const { id } = await api.must<{ id: string }>('warehouse', 'POST', feeds, body);
    await api.must('warehouse', 'PUT', `${feeds}/${id}/parts/1`, { rows });
    return id;
  };
  const row = (sku: string, quantity: number) => ({ sku, locationId: 'dc-north', quantity });
  const submit = (id: string) => api.must('warehouse', 'POST', `${feeds}/${id}/submit`, {});
  const done = async (id: string, failed: number): Promise<void> => {
    const feed = await api.must<{ state: string; failed: number }>('warehouse', 'GET', `${feeds}/${id}`);
    if (feed.state !== 'DONE' || feed.failed !== failed)
      throw new Error(`the feed is not done: ${JSON.stringify(feed)}`);
  };
  await api.must('warehouse', 'DELETE', `${feeds}/${await begin([row('iam-fed', 1)])}`);

  const wrong = await begin([row('iam-fed', 5), row('iam-twice', 1), row('iam-twice', 2)]);
  await submit(wrong);
  await clock.settle();
  await done(wrong, 2);

  const lost = await begin([row('iam-fed', 6)]);
  const draft = await feedStore.load(FeedId.parse(lost));
  if (!draft) throw new Error('the feed is not there');
  // As a function that died before it started the execution would have left it.
  const now = new Date(clock.now()).toISOString();
  await feedStore.change(draft, { ...draft, submittedAt: now, asOf: now, parts: [1], state: 'VALIDATING' });
  await clock.advance(12 * minute);
  await done(lost, 0);

  await forgetCursorSecret();
  const { nextCursor } = await api.must<{ nextCursor: string }>('warehouse', 'GET', `${feeds}?limit=1`);
  await api.must('warehouse', 'GET', `${feeds}?limit=1&cursor=${nextCursor}`);
  await api.must('warehouse', 'GET', `${feeds}/${wrong}/errors`);
}
