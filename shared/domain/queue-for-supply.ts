import type { Waiting } from './backorders.ts';
import { placeIn } from './backorders.ts';
import type { OrderId } from './ids.ts';
import { outstanding, type Supply } from './stock/supply.ts';

/** An order in the queue for a SKU. */
export interface Place {
  orderId: OrderId;
  priority: number;
  placedAt: string;
  quantity: number;
  /** Of the supply that brings the last of its units, ISO 8601 UTC. Absent: what is expected is not enough. */
  expectedAt?: string;
}

/**
 * Who waits for a SKU, as they are served, and when: what is expected is counted out to them, soonest supply first. An estimate: supply may be late, a site may
 * not be theirs, and who has a higher priority may still come.
 * @param waiting in the order of the queue; rows of an order stand together
 */
export function queueFor(waiting: readonly Waiting[], supplies: readonly Supply[]): Place[] {
  const coming = supplies
    .map((one) => ({ eta: one.eta, left: outstanding(one) }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => (a.eta < b.eta ? -1 : a.eta > b.eta ? 1 : 0));
  return [...Map.groupBy(waiting, ({ orderId }) => orderId)].map(([orderId, rows]) => {
    const quantity = rows.reduce((sum, one) => sum + one.quantity, 0);
    let needed = quantity;
    let eta: string | undefined;
    while (needed > 0 && coming[0]) {
      const taken = Math.min(needed, coming[0].left);
      needed -= taken;
      coming[0].left -= taken;
      eta = coming[0].eta;
      if (coming[0].left === 0) coming.shift();
    }
    const { priority, placedAt } = placeIn(rows[0]?.rank ?? '');
    return { orderId, priority, placedAt, quantity, ...(needed === 0 && eta !== undefined && { expectedAt: eta }) };
  });
}
