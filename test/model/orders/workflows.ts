import type { Actor } from '../../../shared/domain/actor.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
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

export async function runWorkflow(
  deps: ModelWorld['deps'],
  id: OrderId,
  workflow: Workflow,
  packed: Parameters<typeof securePayment>[2] | undefined,
): Promise<void> {
  if (!(await deps.orders.load(id))) return;
  if (workflow === 'reroute') {
    const rerouted = await rerouteOrder(deps, id, meta('system'));
    if (rerouted.outcome !== 'NO_SITE') return;
    const failure = { workflow: 'reroute', error: 'NoSite', cause: rerouted.cause };
    await parkOrder(deps, id, failure, meta('system'));
  }
  if (workflow === 'digital') {
    const delivered = await deliverDigital(deps, id, meta('system'));
    if (delivered.outcome !== 'DECLINED') return;
    const failure = { workflow: 'deliver-digital', error: 'CaptureDeclined', cause: delivered.reason };
    await parkOrder(deps, id, failure, meta('system'));
  }
  if (workflow === 'settle') await settlePayment(deps, id, meta('system'));
  if (workflow === 'place') {
    if ((await reserveStock(deps, id, meta('system'))).outcome !== 'RESERVED') return;
    if ((await authorizePayment(deps, id, meta('system'))).outcome !== 'AUTHORIZED') return;
    await confirmOrder(deps, id, meta('system'));
  }
  if (workflow === 'ship' && packed) {
    const captured = await securePayment(deps, id, packed, meta('system'));
    if (captured.outcome === 'CAPTURED') await bookShipment(deps, id, packed, meta('system'));
  }
}
