import { startWorkflows, type TriggerRow } from '../../functions/streams/start-workflows/start-workflows.ts';
import { rankOf, waitingOf } from '../../shared/domain/backorders.ts';
import type { OrderEvent } from '../../shared/domain/events.ts';
import { OrderId } from '../../shared/domain/ids.ts';
import type { ModelWorld } from './world.ts';

/**
 * What the stream's reader does with the events of orders: the product's own choreography, so that a wake-up which is missing there leaves
 * units idle here, too.
 */
export function wakeUps({ orders, log }: Pick<ModelWorld, 'orders' | 'log'>): () => Promise<Set<OrderId>> {
  const read = new Map([...log].map(([id, events]) => [id, events.length]));
  const waitingFor = async (sku: string, limit: number) =>
    [...orders.values()]
      .filter((order) => waitingOf(order).some((waiting) => waiting.sku === sku))
      .sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
      .slice(0, limit)
      .map((order) => ({ orderId: order.id, isReleased: order.lifecycle === 'RELEASED' }));
  /** Orders for which the events since the last call start something. */
  return async () => {
    const woken = new Set<OrderId>();
    const start = async (_: unknown, __: string, input: object): Promise<void> => {
      if ('orderId' in input) woken.add(OrderId.parse(input.orderId));
    };
    for (const [id, events] of log) {
      for (const event of events.slice(read.get(id) ?? 0)) await startWorkflows({ start, waitingFor }, rowOf(event));
      read.set(id, events.length);
    }
    return woken;
  };
}

const rowOf = ({ orderId, id, type, sequence, data }: OrderEvent): TriggerRow => ({
  pk: `ORDER#${orderId}`,
  id,
  type,
  sequence,
  data: JSON.stringify(data),
});
