import { digitalUnits, draftInvoice } from '../billing.ts';
import { eventOf } from '../event-of.ts';
import { isDigital, type Order, unitsOfLine } from '../order.ts';
import { type Position, unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { isSettled, settlement } from '../settlement.ts';
import { onHold } from './confirm.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/** Digital units that the released order waits for. */
export const awaitsDigital = (order: Order): boolean =>
  order.lifecycle === 'RELEASED' && !order.canceling && undelivered(order).length > 0;

const undelivered = ({ lines }: Order) =>
  lines
    .filter((line) => isDigital(line) && unitsIn(line.positions, 'ASSIGNED') > 0)
    .map((line) => unitsOfLine(line, unitsIn(line.positions, 'ASSIGNED')));

/** The workflow that pays for them and delivers them. */
export const digitalMachine = 'deliver-digital';

const isParked = ({ exceptions }: Order): boolean =>
  exceptions.some(({ workflow, status }) => workflow === digitalMachine && status === 'OPEN');

/** The provider may be taking the money at this moment. Parked, nothing runs: they can be canceled, and what was taken is found and given back. */
export const isBeingDelivered = (order: Order): boolean =>
  order.digitalStartedAt !== undefined && undelivered(order).length > 0 && !isParked(order);

/** Before the money is taken: whoever cancels is either earlier, or too late. What nobody can take back is not to be canceled half-way. */
export function startDigital(order: Order): Decision {
  const lines = undelivered(order);
  if (lines.length === 0 || order.lifecycle !== 'RELEASED') {
    return reject('invalid_transition', 'No digital unit of the order is to be delivered.', []);
  }
  if (isParked(order)) {
    return reject('invalid_transition', 'The delivery of digital units is parked: retry it first.', ['retry']);
  }
  if (order.holds.length > 0) return onHold(order);
  return order.digitalStartedAt ? alreadyDone : accept(eventOf('digital.started', { lines }));
}

/** All digital units are delivered at once, and so invoiced at once. */
export const isDigitalInvoiced = ({ invoices }: Order): boolean =>
  invoices.some(({ fulfillmentId }) => fulfillmentId === undefined);

export function deliverDigital(order: Order): Decision {
  const lines = undelivered(order);
  if (lines.length === 0) return alreadyDone;
  if (order.holds.length > 0) return onHold(order);
  const invoice = order.invoices.find(({ fulfillmentId }) => fulfillmentId === undefined);
  if (!order.digitalStartedAt || (!invoice && order.capture !== 'none')) {
    return reject('funds_not_secured', 'The payment for the digital units is not captured yet.');
  }
  const after = {
    ...order,
    lines: order.lines.map((line) => (isDigital(line) ? { ...line, positions: delivered(line.positions) } : line)),
  };
  const orderDelivered = after.lines.every(
    (line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED') === line.quantity,
  );
  return accept(
    eventOf('digital.delivered', {
      lines,
      value: (invoice ?? draftInvoice(order, digitalUnits(order))).total.gross,
      currency: order.currency,
      orderDelivered,
      settled: isSettled(settlement(after)),
    }),
  );
}

const delivered = ({ ASSIGNED = 0, DELIVERED = 0, ...rest }: Partial<Record<Position, number>>) => ({
  ...rest,
  ...(ASSIGNED + DELIVERED > 0 && { DELIVERED: ASSIGNED + DELIVERED }),
});
