import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { Fulfillment, Order } from '../order.ts';
import { onHold } from './confirm.ts';
import { accept, type Decision } from './decision.ts';
import { findForVerb, isDecision } from './fulfill.ts';

/** Units that the customer wants to be made into something of his own, which nobody else will buy. */
const customized = (fulfillment: Fulfillment) =>
  fulfillment.lines.flatMap(({ lineId, sku, quantity, components, capability }) =>
    capability === undefined ? [] : [{ lineId, sku, quantity, ...(components && { components }), capability }],
  );

/** Work on customized units began, be it over or not: they can no longer go back. */
export const isBegun = ({ customization }: Fulfillment): boolean => customization !== undefined;

/** The location takes its tools: from here on the units are the customer's. */
export function startCustomization(order: Order, command: CommandOf<'startCustomization'>): Decision {
  const found = findForVerb(order, command);
  if (isDecision(found)) return found;
  if (order.holds.length > 0) return onHold(order);
  const { id: fulfillmentId, locationId } = found;
  return accept(eventOf('customization.started', { fulfillmentId, locationId, lines: customized(found) }));
}

export function finishCustomization(order: Order, command: CommandOf<'finishCustomization'>): Decision {
  const found = findForVerb(order, command);
  if (isDecision(found)) return found;
  const { id: fulfillmentId, locationId } = found;
  return accept(eventOf('customization.finished', { fulfillmentId, locationId, lines: customized(found) }));
}
