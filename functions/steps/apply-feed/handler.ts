import * as z from 'zod';
import { FeedId } from '../../../shared/domain/stock/feed.ts';
import { feeds, inventory, stockStore, system } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { applyFeed } from '../../../shared/use-cases/stock/apply-feed.ts';

const deps = { feeds: feeds(), stock: stockStore(), system };
const Input = z.object({ feedId: FeedId, execution: z.string() });
const Output = z.object({ outcome: z.enum(['MORE', 'DONE']) });

/** Milliseconds of the function's time kept back for the chunk that is begun when the rest is spent. */
const keptBack = 15_000;

export const handler = defineStep('ApplyFeed', Input, Output, ({ feedId }, { remainingMilliseconds }) =>
  // An inventory of its own: a location that was made a moment ago is known.
  applyFeed({ ...deps, inventory: inventory() }, feedId, () => remainingMilliseconds() > keptBack),
);
