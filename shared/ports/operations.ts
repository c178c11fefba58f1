import * as z from 'zod';
import { type FulfillmentId, LocationId } from '../domain/ids.ts';

export const OperationId = z
  .string()
  .regex(/^op_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'OperationId'>();
export type OperationId = z.infer<typeof OperationId>;

/** What became of the units of one fulfillment order. */
export const EvacuationOutcome = z.enum(['rerouted', 'backordered', 'parked', 'onHold', 'gone']);
export type EvacuationOutcome = z.infer<typeof EvacuationOutcome>;

/** Work that takes longer than a request. All it needs to go on after a crash is here. */
export const Operation = z.object({
  id: OperationId,
  type: z.literal('location_outage'),
  locationId: LocationId,
  reason: z.string(),
  state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED']),
  /** LISTING what there is to do, WORKING it off, then WAITING for what was under way when the outage began, and listing again. */
  phase: z.enum(['LISTING', 'WORKING', 'WAITING']),
  /** Where the listing goes on. */
  cursor: z.string().optional(),
  /** How often the location has been listed. */
  round: z.int().min(1),
  /** Fulfillment orders that this round has found. */
  found: z.int().min(0),
  startedBy: z.string(),
  startedAt: z.iso.datetime(),
});
export type Operation = z.infer<typeof Operation>;

export interface OperationProgress extends Operation {
  /** Raised by every change of the plan, not by progress. */
  version: number;
  total: number;
  done: number;
  failed: number;
  outcomes: Record<EvacuationOutcome, number>;
  updatedAt: string;
}

/** What became of one fulfillment order. */
export interface Finished {
  fulfillmentId: FulfillmentId;
  result: { outcome: EvacuationOutcome } | { error: string };
}

export interface OperationStore {
  load(id: OperationId): Promise<OperationProgress | undefined>;
  /** Writes the plan and what was found to do. False when somebody else has changed the plan meanwhile. */
  save(before: OperationProgress, after: Operation, found: readonly FulfillmentId[]): Promise<boolean>;
  /** Which of these are listed already, done or not. */
  listed(id: OperationId, among: readonly FulfillmentId[]): Promise<Set<FulfillmentId>>;
  /** What is still to do, at most `limit`. */
  toDo(id: OperationId, limit: number): Promise<FulfillmentId[]>;
  /** Counts some as done, at most 40 at once; each once, however often it is called. */
  finish(id: OperationId, done: readonly Finished[]): Promise<void>;
  /** Fulfillment orders at a location that it has not begun to pick, a page at a time. */
  fulfillmentsAt(
    locationId: LocationId,
    after: string | undefined,
    limit: number,
  ): Promise<{ found: FulfillmentId[]; next?: string }>;
  /** Operations that are RUNNING, oldest first. */
  running(limit: number): Promise<OperationId[]>;
}

export type StartOutage =
  | { outcome: 'started' }
  | { outcome: 'out_already'; operationId: OperationId; reason: string; until?: string | undefined };

export interface OutageStore {
  /** Takes a location out of service and makes the operation that clears it, in one transaction. */
  start(operation: Operation, until: string | undefined): Promise<StartOutage>;
  /** Puts it back into service at once. False when it was in service. */
  end(locationId: LocationId): Promise<boolean>;
  /** The operation of the outage that a location is in, if it is in one. */
  current(locationId: LocationId): Promise<OperationId | undefined>;
  /** Every outage that is not forgotten. One that is over is, once the orders that wait have been told. */
  all(): Promise<{ locationId: LocationId; operationId: OperationId; isOver: boolean }[]>;
  /** Forgets an outage that is over. */
  forget(outage: { locationId: LocationId; operationId: OperationId }): Promise<void>;
}
