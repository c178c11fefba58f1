import * as z from 'zod';
import { eventTypes, type OrderEvent } from '../../../shared/domain/events.ts';
import {
  executionName,
  freedBy,
  type Machine,
  startsOf,
  type WorkflowInput,
} from '../../../shared/workflows/triggers.ts';

/** What of an event's row decides what it starts. */
export const TriggerRow = z.object({
  pk: z.string(),
  id: z.string(),
  type: z.string(),
  sequence: z.coerce.number().int(),
  data: z.string(),
});
export type TriggerRow = z.infer<typeof TriggerRow>;

export interface StartWorkflowsDeps {
  /** Starts an execution; one with this name that runs or has run already is fine. */
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
  /** Orders that wait for a SKU, as they are served, at most `limit`. */
  waitingFor(sku: string, limit: number): Promise<{ orderId: string; isReleased: boolean }[]>;
}

const StockAdjusted = z.looseObject({
  sku: z.string(),
  available: z.number(),
  change: z.number(),
  /** Absent in events written before units could be set aside: then what came could be sold. */
  availableChange: z.number().optional(),
});

/** Starts what an event starts. Deterministic names make a second reading harmless. */
export async function startWorkflows(deps: StartWorkflowsDeps, row: TriggerRow): Promise<void> {
  if (row.type === 'stock.adjusted') return supplyArrived(deps, row);
  if (!eventTypes.some((type) => type === row.type)) return;
  const event = { type: row.type, data: JSON.parse(row.data) } as Pick<OrderEvent, 'type' | 'data'>;
  const orderId = row.pk.slice('ORDER#'.length);
  for (const { machine, fulfillmentId } of startsOf(event)) {
    const input = { orderId, ...(fulfillmentId && { fulfillmentId }) };
    await deps.start(machine, executionName(orderId, row.sequence), input);
  }
  for (const [sku, units] of freedBy(event)) await wake(deps, sku, units, row.id);
}

/** Units became available: the orders that wait for them get another go, each one at least one unit. */
async function supplyArrived(deps: StartWorkflowsDeps, row: TriggerRow): Promise<void> {
  const supplied = supplyOf(row);
  if (supplied) await wake(deps, supplied.sku, supplied.available, row.id);
}

function supplyOf({ type, data }: TriggerRow): { sku: string; available: number } | undefined {
  if (type !== 'stock.adjusted') return undefined;
  const { sku, available, change, availableChange = change } = StockAdjusted.parse(JSON.parse(data));
  return availableChange > 0 && available > 0 ? { sku, available } : undefined;
}

/**
 * Asks once for each SKU of a batch who waits for it, some at a time: a feed of stock tells of a hundred SKUs in one batch, or of one SKU at
 * a hundred locations. Whoever begins to wait after that has seen the stock that the batch tells of.
 */
export async function askedAhead(
  deps: StartWorkflowsDeps,
  rows: readonly TriggerRow[],
  atOnce: number,
): Promise<StartWorkflowsDeps> {
  const most = new Map<string, number>();
  for (const { sku, available } of rows.flatMap((row) => supplyOf(row) ?? [])) {
    most.set(sku, Math.max(available, most.get(sku) ?? 0));
  }
  if (most.size === 0) return deps;
  const left = [...most];
  const answers = new Map<string, Awaited<ReturnType<StartWorkflowsDeps['waitingFor']>>>();
  const lane = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) answers.set(next[0], await deps.waitingFor(...next));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const waitingFor: StartWorkflowsDeps['waitingFor'] = async (sku, limit) =>
    answers.get(sku)?.slice(0, limit) ?? deps.waitingFor(sku, limit);
  return { ...deps, waitingFor };
}

/** All at once, in any order: each takes only what nobody ahead of it waits for. */
async function wake(deps: StartWorkflowsDeps, sku: string, units: number, eventId: string): Promise<void> {
  for (const { orderId, isReleased } of await deps.waitingFor(sku, units)) {
    await deps.start(isReleased ? 'reroute' : 'place-order', `${orderId}-${eventId}`, { orderId });
  }
}
