import { nextActionOf, owesStock } from '../domain/next-action.ts';
import type { Order } from '../domain/order.ts';
import type { Policy } from '../domain/policy.ts';
import type { Machine } from '../workflows/triggers.ts';

/** How long an order may rest before what should have moved it is started again. Milliseconds. */
export const stuckAfter = 5 * 60_000;

/** The workflow that should be moving the order and, by the look of it, is not. Starting it again is harmless: steps find what is done. */
export function stuckWorkflow(
  order: Order,
  policy: Policy,
  now: number,
): { machine: Machine; fulfillmentId?: string } | 'finish-cancellation' | undefined {
  if (now - Date.parse(order.updatedAt) < stuckAfter) return undefined;
  if (owesStock(order)) return { machine: 'place-order' };
  const { action } = nextActionOf(order, policy);
  if (action === 'FINISH_CANCELLATION') return 'finish-cancellation';
  if (action === 'PLACE') return { machine: 'place-order' };
  if (action === 'REROUTE') return { machine: 'reroute' };
  if (action === 'DELIVER_DIGITAL') return { machine: 'deliver-digital' };
  if (action === 'SETTLE') return { machine: 'settle-order' };
  if (action === 'RESOLVE_EXCEPTION') return undefined;
  const unsecured = order.fulfillments.find(
    ({ status, fundsSecured, shipment }) => status === 'PACKED' && !(fundsSecured && shipment),
  );
  if (unsecured) return { machine: 'ship-fulfillment', fulfillmentId: unsecured.id };
  return undefined;
}
