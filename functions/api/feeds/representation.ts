import { chunksOf } from '../../../shared/domain/stock/feed.ts';
import type { FeedProgress } from '../../../shared/ports/feeds.ts';

/** @param drafted the parts that were sent so far; once it is submitted, the feed knows them itself */
export function representFeed(
  { parts = [], version: _, chunksDone: __, restarts: ___, checkedChunks, createdBy, ...feed }: FeedProgress,
  drafted?: readonly { part: number; rows: number }[],
) {
  const sent = drafted ?? parts.map((rows, index) => ({ part: index + 1, rows }));
  const total = sent.reduce((sum, { rows }) => sum + rows, 0);
  const worked = feed.applied + feed.unchanged + feed.failed;
  const isOver = feed.state === 'DONE' || feed.state === 'REJECTED' || feed.state === 'CANCELED';
  return {
    ...feed,
    createdBy: createdBy.id,
    parts: sent,
    total,
    ...(checkedChunks !== undefined && { checked: rowsOf(chunksOf(parts).slice(0, checkedChunks)) }),
    /** Of 1, rounded down: 1 means that it is over. */
    progress: isOver ? 1 : total === 0 ? 0 : Math.min(0.99, Math.floor((100 * worked) / total) / 100),
  };
}

const rowsOf = (chunks: readonly { rows: number }[]): number => chunks.reduce((sum, { rows }) => sum + rows, 0);
