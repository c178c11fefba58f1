import { type FulfillmentId, orderIdOf } from '../domain/ids.ts';
import {
  type EvacuationOutcome,
  type Finished,
  Operation,
  type OperationId,
  type OperationProgress,
  type OperationStore,
  type OutageStore,
} from '../ports/operations.ts';
import type { CommandMeta } from './execute.ts';
import { CommandRejected } from './outcome.ts';
import { parkOrder } from './park-order.ts';
import { type RerouteDeps, type Rerouted, rerouteOrder } from './reroute-order.ts';

export interface EvacuateDeps extends RerouteDeps {
  operations: OperationStore;
  outages: Pick<OutageStore, 'current'>;
}

export type EvacuateOutcome = 'MORE' | 'WAIT' | 'DONE';

/** Listed in one transaction: each is a row. */
const perPage = 40;
/** Counted in one transaction: progress moves by as many, and a crash makes as many to be looked at again. */
const perBatch = 20;
/** Orders under way at once. They may all want one bucket, which takes one transaction at a time: more of them would mostly wait for each other. */
const lanes = 4;

/**
 * How long after a round the location is listed again, in milliseconds: other functions know their locations for up to 10 s, and what they
 * plan by then comes to the location after the round has passed it.
 */
export const settlingTime = 15_000;

/**
 * Clears a location that is out of service: every fulfillment order that it has not begun to pick goes to another site, a few orders at a time.
 * 1. List what there is, a page a transaction, with where the listing goes on.
 * 2. Work the list off; each is taken back and re-routed in a transaction of its order, then they are counted.
 * 3. When the list is empty, wait and list again, until nothing new is found.
 * Cut off anywhere, it goes on from what is written; what was done and not counted is found done.
 * @param hasTime whether there is time for one more
 */
export async function evacuateLocation(
  deps: EvacuateDeps,
  id: OperationId,
  meta: CommandMeta,
  hasTime: () => boolean,
): Promise<{ outcome: EvacuateOutcome }> {
  for (;;) {
    const operation = await deps.operations.load(id);
    if (operation?.state !== 'RUNNING') return { outcome: 'DONE' };
    if (!hasTime()) return { outcome: 'MORE' };
    if ((await deps.outages.current(operation.locationId)) !== id) {
      await deps.operations.save(operation, { ...planOf(operation), state: 'CANCELED' }, []);
    } else if (operation.phase === 'LISTING') {
      await listPage(deps, operation);
    } else if (operation.phase === 'WORKING') {
      await workOff(deps, operation, meta, hasTime);
    } else if (deps.system.now() - Date.parse(operation.updatedAt) < settlingTime) {
      return { outcome: 'WAIT' };
    } else {
      await deps.operations.save(
        operation,
        { ...planOf(operation), phase: 'LISTING', found: 0, round: operation.round + 1 },
        [],
      );
    }
  }
}

const Plan = Operation.omit({ cursor: true });

/** The plan without its progress, and without where a listing stood. */
export const planOf = (progress: OperationProgress): Operation => Plan.parse(progress);

async function listPage({ operations }: EvacuateDeps, operation: OperationProgress): Promise<void> {
  const { found, next } = await operations.fulfillmentsAt(operation.locationId, operation.cursor, perPage);
  const known = await operations.listed(operation.id, found);
  const fresh = found.filter((one) => !known.has(one));
  const plan = { ...planOf(operation), found: operation.found + fresh.length };
  if (next !== undefined) await operations.save(operation, { ...plan, cursor: next }, fresh);
  else if (plan.found > 0 || operation.round === 1)
    await operations.save(operation, { ...plan, phase: 'WORKING' }, fresh);
  else await operations.save(operation, { ...plan, state: operation.failed > 0 ? 'FAILED' : 'SUCCEEDED' }, fresh);
}

async function workOff(
  deps: EvacuateDeps,
  operation: OperationProgress,
  meta: CommandMeta,
  hasTime: () => boolean,
): Promise<void> {
  const batch = await deps.operations.toDo(operation.id, perBatch);
  if (batch.length === 0) {
    await deps.operations.save(operation, { ...planOf(operation), phase: 'WAITING' }, []);
    return;
  }
  // Fulfillments of one order follow one another: side by side they would only conflict.
  const orders = [...Map.groupBy(batch, orderIdOf).values()];
  const done: Finished[] = [];
  const lane = async (): Promise<void> => {
    for (let order = hasTime() ? orders.shift() : undefined; order; order = hasTime() ? orders.shift() : undefined) {
      for (const fulfillmentId of order) {
        done.push({ fulfillmentId, result: await evacuate(deps, operation, fulfillmentId, meta) });
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  // What is done counts, whatever stopped the rest.
  await deps.operations.finish(operation.id, done);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

const outcomes: Record<Rerouted['outcome'], EvacuationOutcome> = {
  ROUTED: 'rerouted',
  BACKORDERED: 'backordered',
  NO_SITE: 'parked',
  ON_HOLD: 'onHold',
  NOT_RELEASED: 'gone',
};

/** An order that cannot be moved must not stop the others. What says that the store is down is thrown: then nobody can be moved. */
async function evacuate(
  deps: EvacuateDeps,
  { reason: note }: Operation,
  fulfillmentId: FulfillmentId,
  meta: CommandMeta,
): Promise<{ outcome: EvacuationOutcome } | { error: string }> {
  const orderId = orderIdOf(fulfillmentId);
  try {
    const rerouted = await rerouteOrder(deps, orderId, meta, { fulfillmentId, reason: 'outage', note });
    if (rerouted.outcome === 'NO_SITE') {
      await parkOrder(deps, orderId, { workflow: 'reroute', error: 'NoSite', cause: rerouted.cause }, meta);
    }
    return { outcome: outcomes[rerouted.outcome] };
  } catch (error) {
    if (error instanceof CommandRejected || (error instanceof Error && error.name === 'StoreContention')) {
      return { error: `${error.name}: ${error.message}`.slice(0, 500) };
    }
    throw error;
  }
}
