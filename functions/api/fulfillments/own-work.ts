import type { Actor } from '../../../shared/domain/actor.ts';
import type { FulfillmentId, LocationId } from '../../../shared/domain/ids.ts';
import type { Fulfillment, Order } from '../../../shared/domain/order.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';

/**
 * What somebody may know of: who works for some locations sees the work of these (woocommerce #63478).
 * @throws ProblemError fulfillment_not_found, as if there were none
 */
export function visible(
  order: Order | undefined,
  id: FulfillmentId,
  { locations }: Pick<Actor, 'locations'>,
): { order: Order; fulfillment: Fulfillment } {
  const fulfillment = order?.fulfillments.find((one) => one.id === id);
  if (!order || !fulfillment || (locations && !locations.includes(fulfillment.locationId))) {
    throw new ProblemError('fulfillment_not_found');
  }
  return { order, fulfillment };
}

/**
 * Which location's work is listed. Who works for one need not name it; who works for several says which.
 * @throws ProblemError forbidden, invalid_parameter
 */
export function listedLocation(
  asked: LocationId | undefined,
  { locations }: Pick<Actor, 'locations'>,
): LocationId | undefined {
  if (!locations) return asked;
  const listed = asked ?? (locations.length === 1 ? locations[0] : undefined);
  if (listed === undefined) {
    const detail = `Say which location: ${locations.join(', ')}.`;
    throw new ProblemError('invalid_parameter', undefined, {
      errors: [{ pointer: '/location', code: 'required', detail }],
    });
  }
  if (locations.includes(listed)) return listed;
  throw new ProblemError('forbidden', `This key is for the work of ${locations.join(', ')} only.`);
}
