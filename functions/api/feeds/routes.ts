import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { feedContracts } from './contract.ts';
import {
  cancelFeed,
  createFeed,
  deleteFeed,
  type FeedApiDeps,
  getFeed,
  listFeedErrors,
  listFeeds,
  putFeedPart,
  submitFeed,
} from './feeds.ts';

/** The routes of feeds of stock over injected ports. */
export const feedRoutes = (deps: FeedApiDeps & Guarded): ApiHandler =>
  defineRoutes(feedContracts, deps.door, {
    createFeed: (request) => createFeed(deps, request),
    listFeeds: (request) => listFeeds(deps, request),
    getFeed: (request) => getFeed(deps, request),
    deleteFeed: (request) => deleteFeed(deps, request),
    putFeedPart: (request) => putFeedPart(deps, request),
    submitFeed: (request) => submitFeed(deps, request),
    cancelFeed: (request) => cancelFeed(deps, request),
    listFeedErrors: (request) => listFeedErrors(deps, request),
  });
