import type { Chunk, FeedRow } from './feed.ts';

/** A row with its number within its part. */
export interface NumberedRow {
  row: number;
  fields: FeedRow;
}

/** Rows that are applied in one transaction. */
export interface Batch {
  /** Within the feed: part, chunk, number. */
  key: string;
  part: number;
  rows: NumberedRow[];
}

/** Actions of one transaction of DynamoDB, less the one that marks which rows are applied. */
const mostActions = 99;
/** A SKU's own row, which numbers its events. */
const actionsPerSku = 1;
/** The bucket, and the entry in the ledger. */
const actionsPerRow = 2;
const mostRowsOfSku = Math.floor((mostActions - actionsPerSku) / actionsPerRow);

/**
 * The batches of a chunk, in sequences that may be applied side by side. A SKU is in one sequence only: each of its rows numbers its events,
 * two transactions at once would only meet. The same rows give the same batches with the same keys.
 */
export function batchesOf({ part, index }: Pick<Chunk, 'part' | 'index'>, rows: readonly NumberedRow[]): Batch[][] {
  const sequences: NumberedRow[][][] = [];
  let open: NumberedRow[] = [];
  let actions = 0;
  for (const ofSku of Map.groupBy(rows, ({ fields }) => fields[0]).values()) {
    if (ofSku.length > mostRowsOfSku) {
      sequences.push(pieces(ofSku, mostRowsOfSku));
      continue;
    }
    const more = actionsPerSku + actionsPerRow * ofSku.length;
    if (actions + more > mostActions) {
      sequences.push([open]);
      open = [];
      actions = 0;
    }
    open.push(...ofSku);
    actions += more;
  }
  if (open.length > 0) sequences.push([open]);
  let number = 0;
  const place = `${String(part).padStart(2, '0')}#${String(index).padStart(2, '0')}`;
  const key = () => `${place}#${String(number++).padStart(3, '0')}`;
  return sequences.map((batches) => batches.map((batch) => ({ key: key(), part, rows: batch })));
}

const pieces = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
