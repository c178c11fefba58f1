import type { Actor } from '../../../shared/domain/actor.ts';
import type { FulfillmentId, OrderId } from '../../../shared/domain/ids.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { bookShipment } from '../../../shared/use-cases/book-shipment.ts';
import { securePayment } from '../../../shared/use-cases/capture-payment.ts';
import { confirmOrder } from '../../../shared/use-cases/confirm-order.ts';
import { deliverDigital } from '../../../shared/use-cases/deliver-digital.ts';
import type { CommandMeta } from '../../../shared/use-cases/execute.ts';
import { parkOrder } from '../../../shared/use-cases/park-order.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import type { ModelWorld } from '../world.ts';
import type { Workflow } from './actions.ts';

export const meta = (role: Actor['role']): CommandMeta => ({
  actor: { id: role, role },
  correlationId: 'model',
  causationId: 'model',
});

const carriedOut = {
  place: 'place-order',
  ship: 'ship-fulfillment',
  digital: 'deliver-digital',
  settle: 'settle-order',
  reroute: 'reroute',
} as const;
/** What a workflow tries again, and is run again for in this model. Anything else parks the order. */
const parks = new Set(['SettlementRefused', 'CaptureDeclined']);

/** As the state machines do: what a step could not do is parked, for a person to look at. */
export async function runWorkflow(
  { deps }: ModelWorld,
  id: OrderId,
  workflow: Workflow,
  packed: FulfillmentId | undefined,
): Promise<void> {
  if (!(await deps.orders.load(id))) return;
  const failure = await steps(deps, id, workflow, packed).catch((error: unknown) => {
    if (!(error instanceof Error) || !parks.has(error.name)) throw error;
    return { error: error.name, cause: error.message };
  });
  if (!failure) return;
  const of = { workflow: carriedOut[workflow], ...(workflow === 'ship' && { fulfillmentId: packed }) };
  await parkOrder(deps, id, { ...of, ...failure }, meta('system'));
}

async function steps(
  deps: ModelWorld['deps'],
  id: OrderId,
  workflow: Workflow,
  packed: FulfillmentId | undefined,
): Promise<{ error: string; cause: string } | undefined> {
  switch (workflow) {
    case 'reroute': {
      const rerouted = await rerouteOrder(deps, id, meta('system'));
      return rerouted.outcome === 'NO_SITE' ? { error: 'NoSite', cause: rerouted.cause } : undefined;
    }
    case 'digital': {
      const delivered = await deliverDigital(deps, id, meta('system'));
      return delivered.outcome === 'DECLINED' ? { error: 'CaptureDeclined', cause: delivered.reason } : undefined;
    }
    case 'settle':
      await settlePayment(deps, id, meta('system'));
      return undefined;
    case 'place':
      if ((await reserveStock(deps, id, meta('system'))).outcome !== 'RESERVED') return undefined;
      if ((await authorizePayment(deps, id, meta('system'))).outcome !== 'AUTHORIZED') return undefined;
      await confirmOrder(deps, id, meta('system'));
      return undefined;
    case 'ship': {
      if (!packed) return undefined;
      const captured = await securePayment(deps, id, packed, meta('system'));
      if (captured.outcome === 'CAPTURED') await bookShipment(deps, id, packed, meta('system'));
      return captured.outcome === 'DECLINED' ? { error: 'CaptureDeclined', cause: captured.reason } : undefined;
    }
  }
}
