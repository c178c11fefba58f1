import * as z from 'zod';
import type { OrderId } from '../domain/ids.ts';
import type { RoutingInput } from '../domain/routing/input.ts';
import { ChangedDecision, type SimulatedDay, SimulationPatch } from '../domain/routing/simulation.ts';

export const SimulationId = z
  .string()
  .regex(/^sim_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'SimulationId'>();
export type SimulationId = z.infer<typeof SimulationId>;

const Count = z.int().min(0);

/** A replay of the routing decisions of a period. All it needs to go on after a crash is here and in its days. */
export const Simulation = z.object({
  id: SimulationId,
  /** Days of placement in UTC, both included. */
  from: z.iso.date(),
  to: z.iso.date(),
  /** Orders of this channel only. */
  storefront: z.string().optional(),
  /** Orders that are looked at, at most, oldest days first. */
  limit: z.int().min(1),
  patch: SimulationPatch,
  startedBy: z.string(),
  startedAt: z.iso.datetime(),
  state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED']),
  /** Orders of the period, up to the limit. Absent until they are counted. */
  total: Count.optional(),
  /** Orders looked at. */
  done: Count,
  skipped: z.object({
    /** Nothing was kept of them: a cart hold served the order, it was too large, or it has expired. */
    notKept: Count,
    otherStorefront: Count,
    /** Kept by another version of the product, in a form that is not read any more. */
    unreadable: Count,
  }),
  /** Where the listing goes on. */
  cursor: z.object({ day: z.iso.date(), shard: z.int().min(0), after: z.string().optional() }),
  mostChanged: z.array(ChangedDecision),
  /** How often it was started again since it last went on. */
  restarts: Count,
  /** Why it FAILED. */
  failure: z.string().optional(),
  updatedAt: z.iso.datetime(),
  /** Raised by every save. */
  version: z.int().min(1),
});
export type Simulation = z.infer<typeof Simulation>;

export interface SimulationStore {
  /** False: there is one with this id. */
  create(simulation: Simulation): Promise<boolean>;
  load(id: SimulationId): Promise<Simulation | undefined>;
  /** Writes where it stands, with the totals of a day, in one transaction. False: somebody else has saved it since `before` was loaded. */
  save(before: Simulation, after: Simulation, day?: { day: string; totals: SimulatedDay }): Promise<boolean>;
  day(id: SimulationId, day: string): Promise<SimulatedDay | undefined>;
  /** By date. */
  days(id: SimulationId): Promise<{ day: string; totals: SimulatedDay }[]>;
  /** Those that are RUNNING, oldest first. */
  running(limit: number): Promise<SimulationId[]>;
}

/** What routing decisions were made on, found by the day their order was placed. */
export interface RouteHistory {
  /** Ranges that a day is kept in: 0 to `shards` - 1. */
  shards: number;
  /** Orders placed on a day (UTC), by time within the shard. `at` is where a listing goes on behind an order. */
  placedOn(
    place: { day: string; shard: number; after?: string | undefined },
    limit: number,
  ): Promise<{ orderId: OrderId; at: string }[]>;
  /** How many orders were placed on a day. */
  countOn(day: string): Promise<number>;
  /** What the decisions of an order were made on, oldest first, at most 20; undefined: not readable. */
  inputs(orderId: OrderId): Promise<{ version: number; input: RoutingInput | undefined }[]>;
}
