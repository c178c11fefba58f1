import { awaitsDigital } from './decide/digital.ts';
import { possibleVerbs } from './decide/fulfill.ts';
import type { FulfillmentId, PaymentId } from './ids.ts';
import { LAPSE_NOTICE, lapsesAt, stillNeeded } from './lapse.ts';
import { type Fulfillment, isOver, type Order, type Payment } from './order.ts';
import { awaitsPayment } from './payments.ts';
import type { Policy } from './policy.ts';
import { unitsIn } from './positions.ts';
import { isCollectable, isReplaced, isSettled, openAuthorization, settlement } from './settlement.ts';

/** What the order waits for: waits are data, so that they can be listed and nothing needs to stay running. */
export interface NextAction {
  action:
    | 'RESOLVE_EXCEPTION'
    | 'AUTHENTICATE_PAYMENT'
    | 'PROVIDE_PAYMENT'
    | 'RELEASE_HOLD'
    | 'FINISH_CANCELLATION'
    | 'AWAIT_STOCK'
    | 'PLACE'
    | 'REROUTE'
    | 'DELIVER_DIGITAL'
    | 'ACCEPT'
    | 'CUSTOMIZE'
    | 'FINISH_CUSTOMIZATION'
    | 'PICK'
    | 'PACK'
    | 'SHIP'
    | 'DELIVER'
    | 'CLOSE'
    | 'SETTLE'
    | 'NONE';
  /** When something happens by itself, ISO 8601 UTC. */
  dueAt?: string;
}

/** Units of a released order stand without a site: `reroute` is at it, or has been lost and must be started again. */
export const needsSite = (order: Order): boolean =>
  order.lifecycle === 'RELEASED' &&
  order.holds.length === 0 &&
  !order.canceling &&
  order.lines.some((line) => unitsIn(line.positions, 'OPEN', 'RESERVED') > 0);

/** Money is to be taken, or all has come to its end and money is to be given back: `settle-order` is at it, or has been lost and must be started again. */
export function isUnsettled(order: Order): boolean {
  if (isOver(order) || order.deliveredAt !== undefined) return !isSettled(settlement(order));
  if (order.lifecycle !== 'RELEASED' || order.canceling) return false;
  return isCollectable(order) || hasReplaced(order) || (order.creditMemos.length > 0 && owesCustomer(order));
}

/** An authorization that another has replaced is to be let go. */
const hasReplaced = (order: Order): boolean =>
  order.payments.some((payment) => openAuthorization(payment) > 0 && isReplaced(order, payment));

/** What was credited is to go back. */
function owesCustomer(order: Order): boolean {
  const { refunds, unplaced } = settlement(order);
  return refunds.length > 0 || unplaced > 0;
}

/**
 * The payment was declined, and a crash came between the transactions that give the order's stock and its other authorizations back: `place-order` is at it, or
 * has been lost and must be started again.
 */
export const owesStock = (order: Order): boolean =>
  keepsStock(order) || (awaitsPayment(order) && order.payments.some((payment) => openAuthorization(payment) > 0));

/** Stock that others may have while the order waits for its customer. */
export const keepsStock = (order: Order): boolean =>
  awaitsPayment(order) &&
  order.lines.some(({ reservations }) => reservations.some(({ state }) => state === 'COMMITTED'));

/** What a location does first, by the verb that comes next. */
const actions = {
  accept: 'ACCEPT',
  startCustomization: 'CUSTOMIZE',
  finishCustomization: 'FINISH_CUSTOMIZATION',
  pick: 'PICK',
  pack: 'PACK',
  ship: 'SHIP',
  deliver: 'DELIVER',
} as const;

/** The bank wants to see the customer (3-D Secure), or somebody has to pay in another way. */
const payingAction = ({ payments }: Order): NextAction['action'] =>
  payments.some(({ status }) => status === 'ACTION_REQUIRED') ? 'AUTHENTICATE_PAYMENT' : 'PROVIDE_PAYMENT';

export function nextActionOf(order: Order, policy: Policy): NextAction {
  if (order.exceptions.some(({ status }) => status === 'OPEN')) return { action: 'RESOLVE_EXCEPTION' };
  if (isOver(order)) return { action: isUnsettled(order) ? 'SETTLE' : 'NONE' };
  if (order.canceling) return { action: 'FINISH_CANCELLATION' };
  const timers = timersOf(order, policy);
  // That everybody is told of something is nothing to wait for; what waits for supply stops nothing else.
  const timer = timers.find(({ command: { type } }) => type !== 'warnOfLapse' && type !== 'cancelBackorders');
  // Goods that do not leave by then have to be paid for otherwise.
  const lapse = lapsesAt(order);
  const due = timer ? { dueAt: timer.dueAt } : {};
  if (order.holds.some(({ reason }) => reason === 'PAYMENT')) return { action: payingAction(order), ...due };
  if (order.holds.length > 0) return { action: 'RELEASE_HOLD', ...due };
  if (needsSite(order)) return { action: 'REROUTE' };
  const awaitsStock = order.lines.some((line) => unitsIn(line.positions, 'BACKORDERED') > 0);
  const until = timers.find(({ command }) => command.type === 'cancelBackorders');
  const awaitStock = { action: 'AWAIT_STOCK', ...(until && { dueAt: until.dueAt }) } as const;
  if (awaitsStock && order.lifecycle !== 'RELEASED') return awaitStock;
  if (order.lifecycle === 'PLACED' || order.lifecycle === 'CONFIRMED') return { action: 'PLACE' };
  if (awaitsDigital(order)) return { action: 'DELIVER_DIGITAL' };
  const usual = new Set(order.fulfillments.map((fulfillment) => possibleVerbs(fulfillment)[0]));
  for (const [verb, action] of Object.entries(actions)) {
    if (![...usual].some((one) => one === verb)) continue;
    return { action, ...(lapse !== undefined ? { dueAt: lapse } : action === 'ACCEPT' && due) };
  }
  if (awaitsStock) return awaitStock;
  if (isUnsettled(order)) return { action: 'SETTLE' };
  return { action: 'CLOSE', ...due };
}

export interface Timer {
  name: string;
  /** ISO 8601 UTC. */
  dueAt: string;
  /** The command to issue; firing twice is harmless, every command is. */
  command:
    | { type: 'cancel'; reason: string }
    | { type: 'cancelBackorders'; reason: 'backorder_deadline' }
    | { type: 'close' }
    | { type: 'warnOfLapse'; paymentId: PaymentId }
    | { type: 'expirePayment'; paymentId: PaymentId; reason: 'lapsed' }
    | { type: 'rejectFulfillment'; fulfillmentId: FulfillmentId; reason: 'accept_timeout' };
}

/** The order's timers, soonest first: a function of its state, kept as rows by the store and swept by `due-timers`. */
export function timersOf(order: Order, policy: Policy): Timer[] {
  if (isOver(order)) return [];
  const timers: Timer[] = order.holds.flatMap(({ handle, reason, cancelAt }) =>
    cancelAt
      ? [
          {
            name: `hold:${handle}`,
            dueAt: cancelAt,
            command: { type: 'cancel', reason: `${reason.toLowerCase()}_deadline` },
          },
        ]
      : [],
  );
  if (order.deliveredAt) {
    const dueAt = new Date(Date.parse(order.deliveredAt) + policy.closeAfter).toISOString();
    timers.push({ name: 'close', dueAt, command: { type: 'close' } });
  }
  for (const payment of order.payments) timers.push(...lapseTimer(order, payment));
  timers.push(...waitingTimer(order));
  const accept = acceptTimer(order, policy);
  if (accept) timers.push(accept);
  return timers.sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
}

/** Units that have waited for supply as long as they may. One timer an order, of the line that is due first. */
function waitingTimer({ lines, canceling }: Order): Timer[] {
  const [dueAt] = lines
    .flatMap(({ waitsUntil, positions }) => (waitsUntil && unitsIn(positions, 'BACKORDERED') > 0 ? [waitsUntil] : []))
    .sort();
  if (dueAt === undefined || canceling) return [];
  return [{ name: 'backorder', dueAt, command: { type: 'cancelBackorders', reason: 'backorder_deadline' } }];
}

/** One row at a time: first that everybody is told, then that it is over. */
function lapseTimer(order: Order, payment: Payment): Timer[] {
  const { id: paymentId, expiresAt, isLapsing } = payment;
  if (expiresAt === undefined || openAuthorization(payment) === 0) return [];
  if (!isLapsing && !order.canceling && stillNeeded(order, payment) > 0) {
    const dueAt = new Date(Date.parse(expiresAt) - LAPSE_NOTICE).toISOString();
    return [{ name: `lapsing:${paymentId}`, dueAt, command: { type: 'warnOfLapse', paymentId } }];
  }
  return [
    {
      name: `lapse:${paymentId}`,
      dueAt: expiresAt,
      command: { type: 'expirePayment', paymentId, reason: 'lapsed' },
    },
  ];
}

/**
 * The location that has kept the order waiting longest must accept by then. One timer an order: when it has fired, the next one is due; an
 * order of a hundred fulfillment orders writes one row, not a hundred. While the order is on hold nobody may accept, so no time runs.
 */
function acceptTimer(order: Order, { acceptWithin }: Policy): Timer | undefined {
  if (acceptWithin === undefined || order.holds.length > 0) return undefined;
  const since = ({ createdAt }: Fulfillment) =>
    order.unheldAt !== undefined && order.unheldAt > createdAt ? order.unheldAt : createdAt;
  const [first] = order.fulfillments
    .filter(({ status }) => status === 'OPEN')
    .toSorted((a, b) => (since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0));
  if (!first) return undefined;
  const dueAt = new Date(Date.parse(since(first)) + acceptWithin).toISOString();
  return {
    name: 'accept',
    dueAt,
    command: { type: 'rejectFulfillment', fulfillmentId: first.id, reason: 'accept_timeout' },
  };
}
