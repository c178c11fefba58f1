import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { isDigital, type Order, unitsOfLine } from '../order.ts';
import { type Position, unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { openAuthorization, settlement, valueOfDigital } from '../settlement.ts';
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

/** Records what the provider did, whatever has become of the units meanwhile. */
export function captureDigital(order: Order, command: CommandOf<'captureDigital'>): Decision {
  if (isDigitalPaid(order)) return alreadyDone;
  const payment = order.payments.find(({ id }) => id === command.paymentId);
  if (!payment) return reject('payment_not_found', `The order has no payment ${command.paymentId}.`);
  const left = openAuthorization(payment);
  if (command.amount > left) {
    return reject('amount_exceeds_authorization', `Only ${left} of ${payment.id} is left to capture.`);
  }
  return accept(
    eventOf('payment.captured', {
      paymentId: payment.id,
      captureId: `cap_${payment.captures.length + 1}`,
      amount: command.amount,
      currency: order.currency,
      providerReference: command.providerReference,
    }),
  );
}

/** All digital units are delivered at once, and so paid for at once. */
export const isDigitalPaid = ({ payments }: Order): boolean =>
  payments.some(({ captures }) => captures.some(({ fulfillmentId }) => fulfillmentId === undefined));

export function deliverDigital(order: Order): Decision {
  const lines = undelivered(order);
  if (lines.length === 0) return alreadyDone;
  if (order.holds.length > 0) return onHold(order);
  if (!order.digitalStartedAt || !isDigitalPaid(order)) {
    return reject('funds_not_secured', 'The payment for the digital units is not captured yet.');
  }
  const after = {
    ...order,
    lines: order.lines.map((line) => (isDigital(line) ? { ...line, positions: delivered(line.positions) } : line)),
  };
  const orderDelivered = after.lines.every(
    (line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED') === line.quantity,
  );
  const { voids, refunds } = settlement(after);
  return accept(
    eventOf('digital.delivered', {
      lines,
      value: valueOfDigital(order),
      currency: order.currency,
      orderDelivered,
      settled: voids.length + refunds.length === 0,
    }),
  );
}

const delivered = ({ ASSIGNED = 0, DELIVERED = 0, ...rest }: Partial<Record<Position, number>>) => ({
  ...rest,
  ...(ASSIGNED + DELIVERED > 0 && { DELIVERED: ASSIGNED + DELIVERED }),
});
