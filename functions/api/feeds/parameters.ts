import * as z from 'zod';
import { FeedId, mostParts } from '../../../shared/domain/stock/feed.ts';

export const feedPath = { schema: z.object({ id: FeedId }), problems: { id: 'feed_not_found' } } as const;

const PartNumber = z
  .string()
  .regex(/^[1-9]\d?$/)
  .transform(Number)
  .pipe(z.int().min(1).max(mostParts))
  .meta({
    // A URL holds text; what it means is a number.
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: mostParts });
    },
  });

export const partPath = {
  schema: z.object({ id: FeedId, n: PartNumber }),
  problems: { id: 'feed_not_found', n: 'feed_part_not_found' },
} as const;
