import { documented } from '../../../shared/api/documentation.ts';
import { FeedErrorResource, FeedPartResource, FeedResource } from '../../../shared/api/feed-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { mostParts, mostRowsPerPart } from '../../../shared/domain/stock/feed.ts';
import { feedContracts } from './contract.ts';

const feed = { description: 'The feed.', schema: FeedResource };

export const feedDocumentation = documented('Stock feeds', feedContracts, {
  createFeed: {
    summary: 'Begin a feed',
    description: `What an ERP, a warehouse or a till says of stock, as one piece of work: begun here, sent in up to ${mostParts} parts, submitted, then checked as a whole and applied row by row. Kept for 90 days.`,
    bodyExample: { mode: 'reset', source: 'SAP', format: 'csv', onError: 'skip' },
    responses: { 201: feed },
  },
  listFeeds: {
    summary: 'List feeds',
    description: 'Newest first. In one state: a page may hold fewer than asked for and still have a next one.',
    responses: { 200: { description: 'A page of feeds.', schema: pageOf(FeedResource) } },
  },
  getFeed: {
    summary: 'Read a feed',
    description: 'With how far it has come.',
    responses: { 200: feed },
  },
  deleteFeed: {
    summary: 'Drop a feed',
    description: 'As long as it was not submitted.',
    responses: { 204: { description: 'Gone.' } },
  },
  putFeedPart: {
    summary: 'Send a part of a feed',
    description: `Up to ${mostRowsPerPart} rows, in a body of at most 1 MB. Sent again under the same number it replaces the part, until the feed is submitted. Parts may be sent side by side.`,
    bodyExample: { csv: 'sku,locationId,quantity\nmug-batuta,dc-north,100\n' },
    responses: { 200: { description: 'The part.', schema: FeedPartResource } },
  },
  submitFeed: {
    summary: 'Submit a feed',
    description:
      'All rows are checked first; a SKU that stands twice at a location is wrong in each of its rows. With `onError` reject, a row that stock as it is would refuse is wrong, too. Then each is applied by itself: promises, holds and what was set aside stay as they are, and a row that would not leave enough for them is refused. Submitted again, a feed that FAILED goes on where it stood; any other is answered as it is.',
    responses: { 202: { ...feed, description: 'Under way.' } },
  },
  cancelFeed: {
    summary: 'Stop a feed',
    description:
      'No further rows are applied: at most the 500 that are under way. What was applied stays applied; its ledger entries name the feed. Canceled again, it is answered as it is.',
    responses: { 200: feed },
  },
  listFeedErrors: {
    summary: 'List the errors of a feed',
    description: 'Rows that were not applied, and why, by part and row.',
    responses: { 200: { description: 'A page of errors.', schema: pageOf(FeedErrorResource) } },
  },
});
