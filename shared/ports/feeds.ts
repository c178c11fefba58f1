import type { Chunk, Feed, FeedId, FeedRow, FeedState, RowError } from '../domain/stock/feed.ts';
import type { Page, Position } from './order-store.ts';
import type { AppliedRows, StockAnswer } from './stock-store.ts';

/** A feed with how far it has come. */
export interface FeedProgress extends Feed {
  state: FeedState;
  /** Raised by every change of the state, not by progress. */
  version: number;
  applied: number;
  unchanged: number;
  failed: number;
  /** Chunks that are worked off. */
  chunksDone: number;
  /** How often it was started again since anything was last worked off. */
  restarts: number;
  updatedAt: string;
}

export interface ChunkResult {
  applied: number;
  unchanged: number;
  /** Rows that were refused when they were applied, and those that were wrong before. */
  errors: RowError[];
  /** Of the errors: those that were refused when they were applied. */
  refused: number;
}

export interface ChunkWork {
  rows: FeedRow[];
  errors: RowError[];
  /** By batch; absent: nothing of it. */
  applied: ReadonlyMap<string, Pick<AppliedRows, 'version' | 'rows'>>;
}

export interface FeedStore {
  /** With the answer to the request, when it has a key. False: the key has an answer already. */
  create(feed: Feed, answer: StockAnswer | undefined): Promise<boolean>;
  load(id: FeedId): Promise<FeedProgress | undefined>;
  /** Replaces a part, whole. False: the feed is not in DRAFT any more. */
  putPart(feed: Feed, part: number, rows: readonly FeedRow[]): Promise<boolean>;
  /** Numbers of the parts that were put, ascending, with their rows. */
  parts(id: FeedId): Promise<{ part: number; rows: number }[]>;
  /**
   * Changes the state, and what else the feed says. False: somebody else has changed it meanwhile.
   * @param found sets how many rows are wrong, and which of these chunks: as a validation goes on
   */
  change(
    before: FeedProgress,
    after: Feed & { state: FeedState },
    found?: { failed?: number; errors?: ReadonlyMap<Chunk, readonly RowError[]> },
  ): Promise<boolean>;
  /** Notes that it was started again, and how often since anything was last worked off. */
  noteRestart(before: FeedProgress): Promise<void>;
  rows(id: FeedId, chunk: Chunk): Promise<FeedRow[]>;
  /** What is needed to apply a chunk, read at once: its rows, the errors that were found in them, and what is applied of its batches. */
  work(id: FeedId, chunk: Chunk): Promise<ChunkWork>;
  /** Keeps what validation found, and nothing else. False: the feed is not the one that was validated any more. */
  keepErrors(before: FeedProgress, errors: ReadonlyMap<Chunk, readonly RowError[]>): Promise<boolean>;
  /** Rows of a batch that are applied, and how often some were. */
  applied(id: FeedId, batch: string): Promise<Pick<AppliedRows, 'version' | 'rows'>>;
  /** Which chunks are worked off. */
  done(id: FeedId): Promise<Set<string>>;
  /** Counts a chunk as worked off, once however often it is called. */
  finishChunk(feed: Feed, chunk: Chunk, result: ChunkResult): Promise<void>;
  /** Removes a feed that is in DRAFT. False: it is not. */
  remove(before: FeedProgress): Promise<boolean>;
  /** Feeds that are VALIDATING or APPLYING, oldest first. */
  running(limit: number): Promise<FeedId[]>;
  /** Newest first. A page may hold fewer than asked for and still have a `next`. */
  list(
    filter: { state?: FeedState | undefined },
    page: { limit: number; after?: Position | undefined },
  ): Promise<Page<FeedProgress>>;
  /** By part and row. */
  errors(id: FeedId, page: { limit: number; after?: Position | undefined }): Promise<Page<RowError>>;
}

/** How a chunk is called among its feed's. */
export const chunkKey = ({ part, index }: Pick<Chunk, 'part' | 'index'>): string =>
  `${String(part).padStart(2, '0')}#${String(index).padStart(2, '0')}`;
