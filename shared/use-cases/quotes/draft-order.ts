import { system } from '../../domain/actor.ts';
import type { PlaceOrder } from '../../domain/commands.ts';
import { place } from '../../domain/decide/place.ts';
import { placed } from '../../domain/evolve/placed.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Order } from '../../domain/order.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Rejection } from '../../domain/rejection.ts';

/** Behind every order that waits with the same priority since the same millisecond. */
const draftId = OrderId.parse(`ord_${'Z'.repeat(26)}`);

const nobody = { name: '', line1: '', city: '' };

export interface Draft extends Pick<PlaceOrder, 'channel' | 'currency' | 'lines' | 'priority'> {
  /** What routing asks of an address. */
  address: Pick<PlaceOrder['delivery']['address'], 'country' | 'region' | 'postalCode' | 'coordinates'>;
}

/** The order that would be placed now, by the very functions that place it: whatever they learn, quotes know. Nothing is written. */
export function draftOrder(
  { address, ...draft }: Draft,
  now: string,
  policy: Policy,
): { ok: true; order: Order } | { ok: false; rejection: Rejection } {
  const actor = system('quote');
  const command: PlaceOrder = {
    type: 'place',
    orderId: draftId,
    externalId: draftId,
    customer: { id: '' },
    contact: { email: '', name: '' },
    delivery: { method: 'ship', service: 'standard', address: { ...nobody, ...address } },
    payments: [{ method: 'card', token: '' }],
    ...draft,
  };
  const decision = place(command, { now, actor, policy });
  if (!decision.ok) return decision;
  const [event] = decision.events;
  if (event?.type !== 'order.placed') throw new Error('an order was placed without an event');
  const envelope = { id: '', orderId: draftId, sequence: 1, version: 1, at: now, actor };
  return { ok: true, order: placed({ ...event, ...envelope, correlationId: '', causationId: '' }) };
}
