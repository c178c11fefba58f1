import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { oldestCount } from '../../../shared/domain/stock/decide-bucket.ts';
import { type Feed, FeedId, type FeedRow } from '../../../shared/domain/stock/feed.ts';
import type { FeedProgress, FeedStore } from '../../../shared/ports/feeds.ts';
import type { StockStore } from '../../../shared/ports/stock-store.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest, Idempotency } from '../../../shared/runtime/request.ts';
import type { Machine, WorkflowInput } from '../../../shared/workflows/triggers.ts';
import type { feedContracts } from './contract.ts';
import { partRows } from './part-rows.ts';
import { representFeed } from './representation.ts';

type RequestOf<Name extends keyof typeof feedContracts> = ApiRequest<(typeof feedContracts)[Name]>;

export interface FeedApiDeps extends ListingDeps {
  feeds: FeedStore;
  stock: Pick<StockStore, 'answer'>;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}

/** Seconds. */
const sevenDays = 7 * 24 * 3600;

export async function createFeed(deps: FeedApiDeps, request: RequestOf<'createFeed'>): Promise<Answer> {
  const { system, feeds } = deps;
  const { idempotency, actor, body } = request;
  if (!idempotency) throw new Error('the contract asks for a key');
  const known = await replay(deps, idempotency);
  if (known) return known;
  mustBeCountable(body.asOf, system.now());
  const feed: Feed = {
    id: FeedId.parse(`feed_${system.ulid()}`),
    ...body,
    createdBy: actor,
    createdAt: isoNow(system),
  };
  const text = JSON.stringify(representFeed(draftOf(feed)));
  const expiresAt = Math.floor(system.now() / 1000) + sevenDays;
  if (await feeds.create(feed, { ...idempotency, status: 201, text, expiresAt })) return created(text);
  const other = await replay(deps, idempotency);
  if (!other) throw new Error('a key that has an answer has one');
  return other;
}

const draftOf = (feed: Feed): FeedProgress => ({
  ...feed,
  state: 'DRAFT',
  version: 1,
  ...{ applied: 0, unchanged: 0, failed: 0, chunksDone: 0, restarts: 0 },
  updatedAt: feed.createdAt,
});

const created = (text: string, more: Record<string, string> = {}): Answer => {
  const { id } = JSON.parse(text) as { id: string };
  const headers = { 'content-type': 'application/json; charset=utf-8', location: `/v1/inventory/feeds/${id}`, ...more };
  return { status: 201, headers, text };
};

async function replay({ stock }: FeedApiDeps, { owner, key, requestHash }: Idempotency): Promise<Answer | undefined> {
  const answer = await stock.answer(owner, key);
  if (!answer) return undefined;
  if (answer.requestHash !== requestHash) throw new ProblemError('idempotency_key_reused');
  return created(answer.text, { 'idempotent-replayed': 'true' });
}

function mustBeCountable(asOf: string | undefined, now: number): void {
  const age = asOf === undefined ? 0 : now - Date.parse(asOf);
  if (age < 0 || age > oldestCount) throw new ProblemError('count_time_not_allowed');
}

async function loaded({ feeds }: FeedApiDeps, id: FeedId): Promise<FeedProgress> {
  const feed = await feeds.load(id);
  if (!feed) throw new ProblemError('feed_not_found');
  return feed;
}

export async function putFeedPart(deps: FeedApiDeps, { params, body }: RequestOf<'putFeedPart'>): Promise<Answer> {
  const feed = await loaded(deps, params.id);
  const rows: FeedRow[] = partRows(feed, body);
  if (!(await deps.feeds.putPart(feed, params.n, rows))) throw new ProblemError('feed_submitted');
  return { status: 200, body: { feedId: feed.id, part: params.n, rows: rows.length } };
}

/** The state is written first: should the start be lost, `stuck-orders` makes up for it. */
export async function submitFeed(deps: FeedApiDeps, { params }: RequestOf<'submitFeed'>): Promise<Answer> {
  const { feeds, start } = deps;
  let feed = await loaded(deps, params.id);
  // A part that comes in between is in, or refused.
  while (feed.state === 'DRAFT' || feed.state === 'FAILED') {
    const after = feed.state === 'DRAFT' ? await submitted(deps, feed) : goingOn(feed);
    if (await feeds.change(feed, after)) {
      await start('stock-feed', `${feed.id}-${feed.version + 1}`, { feedId: feed.id });
    }
    feed = await loaded(deps, params.id);
  }
  return { status: 202, headers: { location: `/v1/inventory/feeds/${feed.id}` }, body: representFeed(feed) };
}

/** @throws ProblemError feed_incomplete, count_time_not_allowed */
async function submitted({ feeds, system }: FeedApiDeps, draft: FeedProgress) {
  const parts = await feeds.parts(draft.id);
  const gap = parts.findIndex(({ part }, index) => part !== index + 1);
  if (gap >= 0 || parts.length === 0) {
    const missingPart = (gap >= 0 ? gap : parts.length) + 1;
    throw new ProblemError('feed_incomplete', undefined, { extensions: { missingPart } });
  }
  const now = system.now();
  mustBeCountable(draft.asOf, now);
  const submittedAt = new Date(now).toISOString();
  const asOf = draft.mode === 'reset' ? (draft.asOf ?? submittedAt) : undefined;
  const rows = parts.map((one) => one.rows);
  return { ...draft, submittedAt, ...(asOf !== undefined && { asOf }), parts: rows, state: 'VALIDATING' as const };
}

/** One that made no progress for an hour goes on where it stood; its rows are checked again as long as none was applied. */
function goingOn({ failure: _, checkedChunks: __, ...feed }: FeedProgress) {
  return { ...feed, state: feed.chunksDone > 0 ? ('APPLYING' as const) : ('VALIDATING' as const) };
}

export async function cancelFeed(deps: FeedApiDeps, { params }: RequestOf<'cancelFeed'>): Promise<Answer> {
  for (;;) {
    const feed = await loaded(deps, params.id);
    if (feed.state === 'CANCELED') return { status: 200, body: await withParts(deps, feed) };
    if (feed.state === 'DONE' || feed.state === 'REJECTED') throw new ProblemError('feed_over');
    await deps.feeds.change(feed, { ...feed, state: 'CANCELED' });
  }
}

export async function deleteFeed(deps: FeedApiDeps, { params }: RequestOf<'deleteFeed'>): Promise<Answer> {
  for (;;) {
    const feed = await loaded(deps, params.id);
    if (feed.state !== 'DRAFT') throw new ProblemError('feed_submitted');
    // False: a part was put meanwhile.
    if (await deps.feeds.remove(feed)) return { status: 204 };
  }
}

export async function getFeed(deps: FeedApiDeps, { params }: RequestOf<'getFeed'>): Promise<Answer> {
  return { status: 200, body: await withParts(deps, await loaded(deps, params.id)) };
}

/** One that was never submitted does not know its parts itself. */
const withParts = async ({ feeds }: FeedApiDeps, feed: FeedProgress) =>
  representFeed(feed, feed.parts === undefined ? await feeds.parts(feed.id) : undefined);

export function listFeeds(deps: FeedApiDeps, request: RequestOf<'listFeeds'>): Promise<Answer> {
  const { limit, cursor, state } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'feeds', filters: { state }, limit, cursor },
    (page) => deps.feeds.list({ state }, page),
    (feed) => representFeed(feed),
  );
}

export async function listFeedErrors(deps: FeedApiDeps, request: RequestOf<'listFeedErrors'>): Promise<Answer> {
  const { id } = await loaded(deps, request.params.id);
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'feed errors', filters: {}, limit, cursor },
    (page) => deps.feeds.errors(id, page),
    (error) => error,
  );
}
