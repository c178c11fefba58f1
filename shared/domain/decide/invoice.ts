import { digitalUnits, draftInvoice, packedUnits, type Units } from '../billing.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { Order } from '../order.ts';
import { reject } from '../rejection.ts';
import { fundsFor, receivableChange } from '../settlement.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';

/** Posts the invoice of what was packed, or of all digital units. It is posted when it is paid or promised, and units leave only then (invariant M5). */
export function postInvoice(order: Order, command: CommandOf<'postInvoice'>, { now }: DecisionContext): Decision {
  const { fulfillmentId, issued, parties } = command;
  const units = unitsToInvoice(order, fulfillmentId);
  if ('ok' in units) return units;
  const draft = draftInvoice(order, units);
  const { gross } = draft.total;
  const { legs, isCovered } = fundsFor(order, gross);
  if (legs.length > 0 || !isCovered) {
    return reject('funds_not_secured', `The money for ${fulfillmentId ?? 'the digital units'} is not secured.`);
  }
  const invoice = {
    id: `inv_${order.invoices.length + 1}`,
    ...issued,
    issuedAt: now,
    taxMode: order.taxMode,
    ...(fulfillmentId && { fulfillmentId }),
    ...draft,
  };
  const { currency } = order;
  return accept(
    eventOf('invoice.posted', { invoice, currency, receivable: receivableChange(order, { owed: gross }) }, parties),
  );
}

/** What it is to be about, or why there is none. */
function unitsToInvoice(order: Order, fulfillmentId: CommandOf<'postInvoice'>['fulfillmentId']): Units | Decision {
  if (fulfillmentId === undefined) {
    if (order.invoices.some((one) => one.fulfillmentId === undefined)) return alreadyDone;
    const units = digitalUnits(order);
    return units.size > 0 ? units : reject('invalid_transition', 'No digital unit of the order is to be delivered.');
  }
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!fulfillment) return reject('fulfillment_not_found', `The order has no fulfillment ${fulfillmentId}.`);
  if (fulfillment.fundsSecured) return alreadyDone;
  if (fulfillment.status !== 'PACKED') {
    return reject('invalid_transition', `Packed units are invoiced; ${fulfillment.id} is ${fulfillment.status}.`);
  }
  return packedUnits(fulfillment);
}
