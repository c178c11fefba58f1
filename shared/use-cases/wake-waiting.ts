import type { OrderId } from '../domain/ids.ts';
import { unitsIn } from '../domain/positions.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { Machine, WorkflowInput } from '../workflows/triggers.ts';

export interface WakeDeps {
  orders: Pick<OrderStore, 'load'>;
  /** Orders that may wait for supply. */
  waitingOrders(): AsyncIterable<OrderId>;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}

/**
 * Whoever waits for supply gets another go: each takes only what nobody ahead of it waits for.
 * @param cause ends the executions' names: the same cause wakes an order once
 * @returns how many orders were started
 */
export async function wakeWaiting({ orders, waitingOrders, start }: WakeDeps, cause: string): Promise<number> {
  let started = 0;
  for await (const orderId of waitingOrders()) {
    const order = await orders.load(orderId);
    if (!order?.lines.some((line) => unitsIn(line.positions, 'BACKORDERED') > 0)) continue;
    const machine = order.lifecycle === 'RELEASED' ? 'reroute' : 'place-order';
    await start(machine, `${orderId}-${cause}`, { orderId });
    started += 1;
  }
  return started;
}
