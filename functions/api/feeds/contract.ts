import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { FeedState } from '../../../shared/domain/stock/feed.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { feedPath, partPath } from './parameters.ts';
import { FeedBody, FeedPartBody } from './requests.ts';

const workers = ['warehouse', 'admin'] as const;
const read = {
  method: 'GET',
  roles: ['agent', ...workers],
  idempotencyKey: 'none',
  ifMatch: 'none',
} as const;
const Paged = z.strictObject({ limit: Limit, cursor: Cursor });

const feeds = '/v1/inventory/feeds';

export const feedContracts = defineContracts({
  createFeed: {
    method: 'POST',
    path: feeds,
    operationId: 'createFeed',
    roles: workers,
    body: FeedBody,
    problems: ['count_time_not_allowed'],
    idempotencyKey: 'required',
    ifMatch: 'none',
  },
  listFeeds: {
    ...read,
    path: feeds,
    operationId: 'listFeeds',
    query: Paged.extend({ state: FeedState.optional() }),
    problems: ['invalid_cursor'],
  },
  getFeed: { ...read, path: `${feeds}/{id}`, operationId: 'getFeed', params: feedPath, problems: ['feed_not_found'] },
  deleteFeed: {
    method: 'DELETE',
    path: `${feeds}/{id}`,
    operationId: 'deleteFeed',
    roles: workers,
    params: feedPath,
    problems: ['feed_not_found', 'feed_submitted'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putFeedPart: {
    method: 'PUT',
    path: `${feeds}/{id}/parts/{n}`,
    operationId: 'putFeedPart',
    roles: workers,
    params: partPath,
    body: FeedPartBody,
    multiline: ['csv'],
    problems: ['feed_not_found', 'feed_part_not_found', 'feed_submitted'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  submitFeed: {
    method: 'POST',
    path: `${feeds}/{id}/submit`,
    operationId: 'submitFeed',
    roles: workers,
    params: feedPath,
    problems: ['feed_not_found', 'feed_incomplete', 'count_time_not_allowed'],
    // A feed is submitted once: the same request again finds it under way.
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  cancelFeed: {
    method: 'POST',
    path: `${feeds}/{id}/cancel`,
    operationId: 'cancelFeed',
    roles: workers,
    params: feedPath,
    problems: ['feed_not_found', 'feed_over'],
    // Canceled twice is canceled once.
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listFeedErrors: {
    ...read,
    path: `${feeds}/{id}/errors`,
    operationId: 'listFeedErrors',
    params: feedPath,
    query: Paged,
    problems: ['feed_not_found', 'invalid_cursor'],
  },
});
