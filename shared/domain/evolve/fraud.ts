import type { Actor } from '../actor.ts';
import type { EventType } from '../events.ts';
import type { Risk } from '../fraud/risk.ts';
import { reviewHold } from '../fraud/screening.ts';
import type { Order } from '../order.ts';
import type { Appliers } from './applier.ts';

export const fraud = {
  'fraud.screened': (order, { decision, level, score, reasons, provider }, { at }) => ({
    ...order,
    risk: { level, decision, score, reasons, provider, screenedAt: at },
  }),
} satisfies Appliers<Extract<EventType, `fraud.${string}`>>;

/** An order that waited for a judgment goes on, or ends, by this event: who did that is kept with what screening said. */
export function reviewed(
  order: Order,
  outcome: NonNullable<Risk['review']>['outcome'],
  { actor, at }: { actor: Actor; at: string },
): Pick<Order, 'risk'> {
  if (!order.risk || !order.holds.some(({ handle }) => handle === reviewHold)) return {};
  return { risk: { ...order.risk, review: { outcome, by: actor.id, at } } };
}
