import { accountOf, type Posting } from '../stock.ts';
import type { BucketCommand } from './commands.ts';
import { receiveSupply } from './decide-supply.ts';
import {
  bucketIn,
  bucketKey,
  refusePostings,
  rejectStock,
  type StockDecided,
  type StockDecision,
  type StockState,
} from './decision.ts';
import { mostUnits, type StockEntry } from './entry.ts';

type Of<T extends BucketCommand['type']> = Extract<BucketCommand, { type: T }>;

export function decideBucket(state: StockState, command: BucketCommand): StockDecided {
  switch (command.type) {
    case 'adjust':
      return adjust(state, command);
    case 'receive':
      return receive(state, command);
    case 'count':
      return count(state, command);
    case 'move':
      return move(state, command);
  }
}

function adjust(state: StockState, { sku, locationId, delta, ...command }: Of<'adjust'>): StockDecided {
  const account = accountOf(command.in);
  const posting: Posting =
    delta > 0
      ? { sku, locationId, from: 'EXTERNAL', to: account, quantity: delta }
      : { sku, locationId, from: account, to: 'EXTERNAL', quantity: -delta };
  return entered(state, { sku, locationId, kind: 'adjustment', postings: [posting], ...explained(command) });
}

function receive(state: StockState, { sku, locationId, quantity, into, ...command }: Of<'receive'>): StockDecided {
  const posting: Posting = { sku, locationId, from: 'EXTERNAL', to: accountOf(into), quantity };
  const reference = command.reference ?? (command.supplyId && { type: 'supply' as const, id: command.supplyId });
  const decided = entered(state, {
    sku,
    locationId,
    kind: 'receipt',
    postings: [posting],
    ...explained({ ...command, reason: 'received', reference }),
  });
  if (!decided.ok || command.supplyId === undefined) return decided;
  const supply = receiveSupply(state, command.supplyId, { sku, locationId, quantity });
  return 'rejection' in supply ? supply : { ...decided, supplies: [supply] };
}

function move(state: StockState, { sku, locationId, quantity, from, to, ...command }: Of<'move'>): StockDecided {
  const posting: Posting = { sku, locationId, from: accountOf(from), to: accountOf(to), quantity };
  const reason = to === 'available' ? `released_from_${from}` : to;
  return entered(state, {
    sku,
    locationId,
    kind: 'status_change',
    postings: [posting],
    ...explained({ ...command, reason }),
  });
}

/** How long back a count may lie: its movements since are read one by one. */
export const oldestCount = 31 * 24 * 3_600_000;

/**
 * onHand := counted + movements since. The difference is found or lost in AVAILABLE; promises, holds and what was set aside stay as they
 * are. A count that does not even find those is refused, or takes all that is available and leaves an open discrepancy.
 */
function count(state: StockState, command: Of<'count'>): StockDecided {
  const { sku, locationId, counted, asOf = state.now, onMissing, onlyDifference, note } = command;
  const age = Date.parse(state.now) - Date.parse(asOf);
  if (age < 0 || age > oldestCount) {
    return rejectStock('count_time_not_allowed', 'A count is of the past 31 days, not of the future.');
  }
  const bucket = bucketIn(state, sku, locationId);
  const onHand = counted + state.movedSince;
  if (onHand > mostUnits) {
    return rejectStock('stock_limit', `${sku} at ${locationId} would have more than ${mostUnits} units on hand.`);
  }
  const kept = bucket.onHand - bucket.available;
  const missing = Math.max(0, kept - onHand);
  if (missing > 0 && onMissing === 'refuse') {
    const { held, committed, available, unavailable } = bucket;
    const facts = { onHand: bucket.onHand, available, committed, held, unavailable };
    const promised = `Of ${bucket.onHand} on hand ${kept} are promised or set aside: ${Math.max(0, onHand)} are too few.`;
    return rejectStock('below_committed', promised, facts);
  }
  const difference = Math.max(onHand, kept) - bucket.onHand;
  const isKnown = state.buckets.has(bucketKey(sku, locationId));
  if (isKnown && difference === 0 && onlyDifference && missing === bucket.missing) {
    return { ok: true, entries: [], supplies: [] };
  }
  const [from, to] = difference > 0 ? (['EXTERNAL', 'AVAILABLE'] as const) : (['AVAILABLE', 'EXTERNAL'] as const);
  const postings: Posting[] = difference === 0 ? [] : [{ sku, locationId, from, to, quantity: Math.abs(difference) }];
  const expected = bucket.onHand - state.movedSince;
  const entry: StockEntry = {
    sku,
    locationId,
    kind: 'count',
    postings,
    count: { asOf, counted, expected, missing },
    ...explained({ reason: 'counted', note }),
  };
  return { ok: true, entries: [entry], supplies: [], missing };
}

function entered(state: StockState, entry: StockEntry): StockDecided {
  const decision: StockDecision = { ok: true, entries: [entry], supplies: [] };
  return refusePostings(state, entry.postings) ?? decision;
}

/** Only what was given: an absent field is no field of the event. */
export const explained = ({ reason, note, reference }: Pick<StockEntry, 'reason' | 'note' | 'reference'>) => ({
  reason,
  ...(note !== undefined && { note }),
  ...(reference && { reference }),
});
