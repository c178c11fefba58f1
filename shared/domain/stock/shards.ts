import {
  type Bucket,
  type BucketChange,
  type BucketCounter,
  bucketCounters,
  type GuardedChange,
  noChange,
} from '../stock.ts';

/**
 * Reservations a second that one row takes: DynamoDB writes 1,000 units a second under one partition key, and a transaction writes an item
 * twice (docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html, transaction-apis.html).
 */
export const reservationsPerRow = 500;

/** 8,000 reservations a second of one SKU at one location. All rows of a bucket, and what else an order writes, fit into a transaction of 100. */
export const mostShards = 16;

/** One of the rows that a bucket is split in: a bucket by itself, with its own counters (U2 holds of each). */
export interface Shard {
  /** 0 is the row that every bucket has. */
  index: number;
  bucket: Bucket;
  /**
   * Units that came from the bucket's other rows, less those that went there. All rows together: 0. Rows are read one after the other: a
   * sum that is not 0 says how many units the reader saw twice, or missed, because they moved in between.
   */
  moved: number;
  /** Nothing was left of the whole bucket, and the row 0 says so (`isSoldOut`): who puts units back takes both marks away. */
  closed: boolean;
}

/** @param peak reservations a second that somebody expects */
export const shardsForPeak = (peak: number): number => within(Math.ceil(peak / reservationsPerRow));

/**
 * What was measured is what got through, and rows that are used a lot make transactions collide long before they run out of write units: a
 * quarter of what a row can take is where it is split.
 */
export const shardsForMeasured = (rate: number): number => within(Math.ceil((4 * rate) / reservationsPerRow));

const within = (shards: number): number => Math.min(mostShards, Math.max(1, shards));

/** The bucket as everybody knows it: the sum of its rows. */
export function sumShards(shards: readonly Shard[]): Bucket {
  const [first] = shards;
  if (!first) throw new Error('a bucket has at least one row');
  if (shards.length === 1) return first.bucket;
  const sum: Bucket = { ...first.bucket };
  for (const { bucket } of shards.slice(1)) {
    for (const counter of bucketCounters) sum[counter] += bucket[counter];
    if (bucket.updatedAt > sum.updatedAt) sum.updatedAt = bucket.updatedAt;
  }
  const seenTwice = shards.reduce((units, { moved }) => units + moved, 0);
  sum.available = Math.max(0, sum.available - seenTwice);
  sum.onHand = Math.max(0, sum.onHand - seenTwice);
  return sum;
}

/** What a change of a bucket comes to in one of its rows. */
export interface Piece {
  index: number;
  change: BucketChange;
  /** Units that must stay available in this row: its part of the safety stock. */
  leave: number;
}

const accounts = ['available', 'held', 'committed', 'damaged', 'quality_control', 'quarantine'] as const;
type RowAccount = (typeof accounts)[number];
type Leg = { from: RowAccount | 'outside'; to: RowAccount | 'outside'; quantity: number };

/** Which units go from where to where, so that in every row they stay within what it has. */
function legsOf(change: BucketChange): Leg[] {
  const taking = accounts.flatMap((name) => (change[name] < 0 ? [{ name, left: -change[name] }] : []));
  const giving = accounts.flatMap((name) => (change[name] > 0 ? [{ name, left: change[name] }] : []));
  const legs: Leg[] = [];
  for (const from of taking) {
    for (const to of giving) {
      const quantity = Math.min(from.left, to.left);
      if (quantity === 0) continue;
      legs.push({ from: from.name, to: to.name, quantity });
      from.left -= quantity;
      to.left -= quantity;
    }
    if (from.left > 0) legs.push({ from: from.name, to: 'outside', quantity: from.left });
  }
  for (const to of giving) if (to.left > 0) legs.push({ from: 'outside', to: to.name, quantity: to.left });
  return legs;
}

const setAside: readonly RowAccount[] = ['damaged', 'quality_control', 'quarantine'];

function add(change: Record<BucketCounter, number>, account: RowAccount | 'outside', units: number): void {
  if (account === 'outside') return;
  change[account] += units;
  change.onHand += units;
  if (setAside.includes(account)) change.unavailable += units;
}

/**
 * Carries a change of a bucket out in its rows: in one row where one has enough, beginning with `first`, else in as few as possible, the
 * fullest before. Safety stock is kept in the rows that are touched, then in others.
 * @returns undefined: all rows together have not enough
 */
export function spread(change: GuardedChange, shards: readonly Shard[], first: number): Piece[] | undefined {
  const { keep = 0, refused: _, ...whole } = change;
  const rows = rotated(shards, first).map(({ index, bucket }) => ({
    index,
    left: { ...bucket },
    piece: { index, change: noChange(whole.sku, whole.locationId), leave: 0 },
  }));
  type Row = (typeof rows)[number];
  const move = ({ left, piece }: Row, { from, to }: Leg, units: number): void => {
    for (const one of [left, piece.change]) {
      add(one, from, -units);
      add(one, to, units);
    }
  };
  const isTouched = ({ piece }: Row): boolean => bucketCounters.some((counter) => piece.change[counter] !== 0);

  for (const leg of legsOf(whole)) {
    const { from } = leg;
    if (from === 'outside') {
      const poorest = rows.toSorted((a, b) => a.left.available - b.left.available || a.index - b.index)[0];
      const row = rows.find(isTouched) ?? poorest;
      if (row) move(row, leg, leg.quantity);
      continue;
    }
    const has = (units: number) => rows.find((row) => row.left[from] >= units);
    const one = (from === 'available' && has(leg.quantity + keep)) || has(leg.quantity);
    let wanted = leg.quantity;
    for (const row of one ? [one] : rows.toSorted((a, b) => b.left[from] - a.left[from])) {
      const units = Math.min(wanted, row.left[from]);
      if (units > 0) move(row, leg, units);
      wanted -= units;
    }
    if (wanted > 0) return undefined;
  }

  let toKeep = whole.available < 0 ? keep : 0;
  for (const row of rows.toSorted((a, b) => Number(isTouched(b)) - Number(isTouched(a)))) {
    row.piece.leave = Math.min(toKeep, row.left.available);
    toKeep -= row.piece.leave;
  }
  if (toKeep > 0) return undefined;
  // A change of nothing (a count that found what the books say) still is of the bucket.
  const pieces = rows.filter((row) => isTouched(row) || row.piece.leave > 0).map(({ piece }) => piece);
  return pieces.length > 0 ? pieces : rows.filter(({ index }) => index === 0).map(({ piece }) => piece);
}

const rotated = (shards: readonly Shard[], first: number): Shard[] => [
  ...shards.slice(first % shards.length),
  ...shards.slice(0, first % shards.length),
];

/** Available units that go from one row of a bucket to another. */
export interface Move {
  from: number;
  to: number;
  units: number;
}

/**
 * Makes rows even again when the poorest has less than half of its share. Fewer units than rows cannot be even: then a buyer who misses
 * looks at all rows anyway.
 */
export function evenOut(shards: readonly Shard[]): Move[] {
  const rows = shards.map(({ index, bucket }) => ({ index, units: bucket.available }));
  const share = Math.floor(rows.reduce((sum, { units }) => sum + units, 0) / rows.length);
  if (share === 0 || Math.min(...rows.map(({ units }) => units)) * 2 >= share) return [];
  const moves: Move[] = [];
  for (const poor of rows.filter(({ units }) => units < share).toSorted((a, b) => a.units - b.units)) {
    while (poor.units < share) {
      const rich = rows.reduce((a, b) => (b.units > a.units ? b : a));
      const units = Math.min(share - poor.units, rich.units - share);
      if (units <= 0) break;
      moves.push({ from: rich.index, to: poor.index, units });
      poor.units += units;
      rich.units -= units;
    }
  }
  return moves;
}
