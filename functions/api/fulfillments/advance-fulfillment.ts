import { type AnsweringDeps, answerExecuted, metaOf, refuse } from '../../../shared/api/order-answers.ts';
import type { Command } from '../../../shared/domain/commands.ts';
import { orderIdOf } from '../../../shared/domain/ids.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { bookShipment, type ShipmentDeps } from '../../../shared/use-cases/book-shipment.ts';
import type { MoneyDeps } from '../../../shared/use-cases/capture-leg.ts';
import { securePayment } from '../../../shared/use-cases/capture-payment.ts';
import { type CommandMeta, execute } from '../../../shared/use-cases/execute.ts';
import type { fulfillmentContracts } from './contract.ts';
import { visible } from './own-work.ts';

export interface AdvanceDeps extends ShipmentDeps, AnsweringDeps, MoneyDeps {
  orders: AnsweringDeps['orders'];
}

type RequestOf<Name extends keyof typeof fulfillmentContracts> = ApiRequest<(typeof fulfillmentContracts)[Name]>;
type SimpleVerb = 'accept' | 'startCustomization' | 'finishCustomization' | 'pack' | 'deliver';

export const advance = (deps: AdvanceDeps, request: RequestOf<SimpleVerb>, verb: SimpleVerb): Promise<Answer> =>
  change(deps, request, { type: verb, fulfillmentId: request.params.id });

export const rejectFulfillment = (deps: AdvanceDeps, request: RequestOf<'reject'>): Promise<Answer> =>
  change(deps, request, { type: 'rejectFulfillment', fulfillmentId: request.params.id, ...request.body });

export const pick = (deps: AdvanceDeps, request: RequestOf<'pick'>): Promise<Answer> =>
  change(deps, request, { type: 'pick', fulfillmentId: request.params.id, ...request.body });

async function change(
  deps: AdvanceDeps,
  request: RequestOf<SimpleVerb | 'reject' | 'pick'>,
  command: Command,
): Promise<Answer> {
  const fulfillmentId = request.params.id;
  const orderId = orderIdOf(fulfillmentId);
  const answering = { deps, request, status: 200, fulfillmentId };
  const executed = await execute(deps, orderId, [command], metaOf(request, 200, fulfillmentId));
  return answerExecuted(answering, await asFulfillment(executed));
}

/** Whoever asks for a fulfillment knows nothing of its order: an order that is not there is a fulfillment that is not there. */
async function asFulfillment(executed: Awaited<ReturnType<typeof execute>>) {
  if (executed.outcome === 'rejected' && executed.rejection.code === 'order_not_found') {
    throw new ProblemError('fulfillment_not_found');
  }
  return executed;
}

/**
 * Ships what is packed. The workflow captures and books a label after packing; a location that is faster does both here, under the same
 * keys, so that neither happens twice.
 */
export async function ship(deps: AdvanceDeps, request: RequestOf<'ship'>): Promise<Answer> {
  const fulfillmentId = request.params.id;
  const orderId = orderIdOf(fulfillmentId);
  const { carrier, trackingNumber, trackingUrl } = request.body;
  const answering = { deps, request, status: 200, fulfillmentId };
  const meta = metaOf(request, 200, fulfillmentId);
  const order = await deps.orders.load(orderId);
  // Before money is taken and a label booked, which the command itself could only refuse after.
  visible(order, fulfillmentId, request.actor);
  const prepared = await prepare(deps, request, order, meta, carrier === undefined);
  if ('declined' in prepared) {
    const extensions = { reason: prepared.declined };
    return refuse(answering, new ProblemError('payment_declined', undefined, { extensions }));
  }
  const command: Command = {
    type: 'ship',
    fulfillmentId,
    ...(order &&
      carrier !== undefined &&
      trackingNumber !== undefined && {
        shipment: { carrier, service: order.delivery.service, trackingNumber, ...(trackingUrl && { trackingUrl }) },
      }),
  };
  const executed = await execute(deps, orderId, [command], { ...meta, ...prepared });
  return answerExecuted(answering, await asFulfillment(executed));
}

/** Captures the money and books a label, if shipping is what comes next. Returns what the command must expect of the order then. */
async function prepare(
  deps: AdvanceDeps,
  request: RequestOf<'ship'>,
  order: Order | undefined,
  { actor: _, idempotency: __, expectedVersion, ...ids }: CommandMeta,
  needsLabel: boolean,
): Promise<Pick<CommandMeta, 'known' | 'expectedVersion'> | { declined: string }> {
  const fulfillmentId = request.params.id;
  const fulfillment = order?.fulfillments.find(({ id }) => id === fulfillmentId);
  const isNext = fulfillment?.status === 'PACKED' && order?.holds.length === 0 && !order.canceling;
  if (!order || !isNext || (expectedVersion !== undefined && expectedVersion !== order.version)) {
    return { expectedVersion };
  }
  // What the provider did is recorded by the system; the location only asked for it.
  const meta: CommandMeta = { actor: { id: request.actor.id, role: 'system' }, ...ids };
  const captured = await securePayment(deps, order.id, fulfillmentId, { ...meta, known: order });
  if (captured.outcome === 'DECLINED') return { declined: captured.reason };
  const isBooking = needsLabel && captured.outcome === 'CAPTURED';
  const booked = isBooking
    ? await bookShipment(deps, order.id, fulfillmentId, { ...meta, known: captured.order })
    : captured;
  const known = 'order' in booked ? booked.order : undefined;
  // Our own steps raised the version: If-Match was about the one before them.
  return { known, expectedVersion: expectedVersion === undefined ? undefined : known?.version };
}
