import type { CartHold, CartHoldId, HeldUnits } from '../domain/stock/cart-hold.ts';

/** The request that made a hold: who sends it again is told of the same hold. */
export interface KeptHold {
  hold: CartHold;
  /** SHA-256 of the request, hex. */
  requestHash: string;
}

export type HoldOutcome =
  | { outcome: 'done' }
  /** These buckets have less to sell than asked for: nothing is held. */
  | { outcome: 'short' }
  /** The hold was made or changed by somebody else meanwhile, or the store was busy with the same items: read again. */
  | { outcome: 'conflict' };

/** Holds of carts: each change is one transaction with the counters of the buckets it touches. */
export interface CartHoldStore {
  /** As of now (strongly consistent). */
  hold(id: CartHoldId): Promise<KeptHold | undefined>;
  /** @param units what is held, and how many units must stay available beside it (safety stock, invariant U5) */
  create(kept: KeptHold, units: readonly (HeldUnits & { keep: number })[]): Promise<HoldOutcome>;
  extend(before: CartHold, after: CartHold): Promise<HoldOutcome>;
  /** Gives the units back. */
  end(before: CartHold, after: CartHold): Promise<HoldOutcome>;
  /** Holds that are over by `now`, soonest first, at most `limit`. */
  due(now: string, limit: number): Promise<CartHoldId[]>;
}
