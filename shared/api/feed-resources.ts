import * as z from 'zod';
import { Feed, FeedState } from '../domain/stock/feed.ts';

const Instant = z.iso.datetime();

export const FeedResource = z
  .looseObject({
    id: z.string(),
    mode: Feed.shape.mode,
    source: z.string(),
    asOf: Instant.optional(),
    format: Feed.shape.format,
    onError: Feed.shape.onError,
    state: FeedState,
    parts: z.array(z.looseObject({ part: z.int(), rows: z.int() })),
    total: z.int().meta({ description: 'Rows.' }),
    checked: z.int().optional().meta({
      description:
        'With onError reject: rows that were looked at with the stock as it is, before the first is applied.',
    }),
    applied: z.int(),
    unchanged: z.int().meta({ description: 'Counted as the books said.' }),
    failed: z.int().meta({ description: 'Wrong, or refused when they were applied: see its errors.' }),
    progress: z.number().min(0).max(1).meta({ description: '1: it is over.' }),
    failure: z.string().optional().meta({ description: 'Why it FAILED.' }),
    createdBy: z.string(),
    createdAt: Instant,
    submittedAt: Instant.optional(),
    updatedAt: Instant,
  })
  .meta({ id: 'Feed', description: 'What another system says of our stock, row by row.' });

export const FeedPartResource = z
  .looseObject({ feedId: z.string(), part: z.int(), rows: z.int() })
  .meta({ id: 'FeedPart' });

export const FeedErrorResource = z
  .looseObject({
    part: z.int(),
    row: z.int().meta({ description: 'From 1 in each part; a header is no row.' }),
    code: z.string().meta({
      description:
        'malformed_row, invalid_sku, unknown_location, invalid_quantity, negative_count, zero_quantity, invalid_reason, wrong_sign, reason_not_allowed, duplicate_row; when it was applied: insufficient_stock, below_committed, stock_limit, count_time_not_allowed, store_busy.',
    }),
    message: z.string(),
  })
  .meta({ id: 'FeedError' });
