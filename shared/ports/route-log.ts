import type { OrderId } from '../domain/ids.ts';
import type { RoutingDecision } from '../domain/routing/decision.ts';
import type { RoutingInput } from '../domain/routing/input.ts';

/** A routing decision as it is kept with its order. */
export interface RouteRecord {
  /** ISO 8601 UTC. */
  at: string;
  decision: RoutingDecision;
  /** Of an order with hundreds of lines or a network with hundreds of sites, not everything is kept: what was left out, counted. */
  leftOut: { candidates: number; reasons: number };
  /** What it was decided on. */
  input: RoutingInput;
}

/** @see RouteRecord; `version` is that of the order that the decision made, and names the decision. */
export type KeptRoute = Omit<RouteRecord, 'input'> & { version: number };

/** Written by the order store, with the order. */
export interface RouteLog {
  /** Newest first, at most `limit`. */
  decisions(orderId: OrderId, limit: number): Promise<KeptRoute[]>;
  /** Undefined: not kept, as it was too large. */
  input(orderId: OrderId, version: number): Promise<RoutingInput | undefined>;
}
