import * as z from 'zod';
import { MomentGiven, text } from '../../../shared/api/fields.ts';
import { Feed, mostRowsPerPart } from '../../../shared/domain/stock/feed.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const FeedBody = z
  .strictObject({
    mode: Feed.shape.mode.meta({
      description:
        'delta: units more, or fewer when negative. reset: every unit that was counted, promised or not; what moved since is added.',
    }),
    source: text(100).meta({ description: 'The system that it comes from; stands in the ledger.' }),
    asOf: MomentGiven.optional().meta({
      description: 'Of a reset: when it was counted, at most 31 days ago. Default: when it is submitted.',
    }),
    format: Feed.shape.format,
    onError: Feed.shape.onError.meta({
      description:
        'reject: nothing is applied when any row is wrong or, as stock is then, would be refused. skip: the other rows are.',
    }),
  })
  .check(({ value: { mode, asOf }, issues }) => {
    if (mode === 'delta' && asOf !== undefined) {
      issues.push({ code: 'custom', input: asOf, path: ['asOf'], message: 'goes with reset only' });
    }
  })
  .meta({ id: 'CreateFeed' });

/** Longer than any that is right: what is wrong with it is told of the row. */
const Field = z.string().max(200);

const Row = z.strictObject({
  sku: Field,
  locationId: Field,
  quantity: z.union([z.number(), Field]).meta({ description: 'A whole number, as a number or as text.' }),
  reason: Field.optional().meta({ description: 'Of a delta, as for adjustments. Default: correction.' }),
});

export const FeedPartBody = z
  .strictObject({
    rows: z.array(Row).min(1).max(mostRowsPerPart).optional().meta({ description: 'Of a feed of format json.' }),
    csv: z
      .string()
      .optional()
      .meta({
        description: `Of a feed of format csv: RFC 4180, with a header of sku, locationId, quantity and reason in any order, and up to ${mostRowsPerPart} rows.`,
      }),
  })
  .meta({ id: 'PutFeedPart' });
