import type { Role } from './actor.ts';
import type { Command, CommandType } from './commands.ts';
import { cancel, rejectOrder } from './decide/cancel.ts';
import { cancelBackorders } from './decide/cancel-backorders.ts';
import { cancelRemainder } from './decide/cancel-remainder.ts';
import { closeChargeback, openChargeback } from './decide/chargeback.ts';
import { close } from './decide/close.ts';
import { confirm, release } from './decide/confirm.ts';
import { postCreditMemo } from './decide/credit-memo.ts';
import { finishCustomization, startCustomization } from './decide/customize.ts';
import type { Decision, DecisionContext } from './decide/decision.ts';
import { accept, alreadyDone } from './decide/decision.ts';
import { deliverDigital, startDigital } from './decide/digital.ts';
import { acceptFulfillment, confirmReceipt, deliver, label, pack, ship } from './decide/fulfill.ts';
import { hold, openException, releaseHold, resolveException } from './decide/hold.ts';
import { postInvoice } from './decide/invoice.ts';
import { expirePayment, renewPayment, warnOfLapse } from './decide/lapse.ts';
import { receivePayment, requestPayments } from './decide/pay.ts';
import { authorize, capture, voidPayment } from './decide/payment.ts';
import { pick } from './decide/pick.ts';
import { place } from './decide/place.ts';
import { failRefund, recordRefund, refund, requestRefund } from './decide/refund.ts';
import { rejectFulfillment } from './decide/reject-fulfillment.ts';
import { releasable } from './decide/release-stock.ts';
import { requestCapture } from './decide/request-capture.ts';
import { reserve } from './decide/reserve.ts';
import { screen } from './decide/screen.ts';
import { tax } from './decide/tax.ts';
import { eventOf } from './event-of.ts';
import type { LocationId } from './ids.ts';
import type { Order } from './order.ts';
import { reject } from './rejection.ts';

const people = ['storefront', 'agent', 'warehouse', 'admin', 'system'] as const;

/** Who may issue what (domain-model "Actors"). Checked here, for every door alike. */
export const allowedRoles: Record<CommandType, readonly Role[]> = {
  place: ['storefront', 'agent', 'admin', 'system'],
  reserve: ['system'],
  unreserve: ['system'],
  tax: ['system'],
  reject: ['system', 'admin'],
  authorize: ['system'],
  screen: ['system'],
  confirm: ['system'],
  release: ['system'],
  accept: ['warehouse', 'admin'],
  rejectFulfillment: ['warehouse', 'admin', 'system'],
  startCustomization: ['warehouse', 'admin'],
  finishCustomization: ['warehouse', 'admin'],
  pick: ['warehouse', 'admin'],
  pack: ['warehouse', 'admin'],
  capture: ['system'],
  startDigital: ['system'],
  requestCapture: ['finance', 'admin'],
  postInvoice: ['system'],
  deliverDigital: ['system'],
  label: ['system'],
  ship: ['warehouse', 'admin'],
  deliver: ['warehouse', 'admin', 'system'],
  confirmReceipt: ['storefront', 'agent', 'warehouse', 'admin'],
  cancel: ['storefront', 'agent', 'admin', 'system'],
  cancelRemainder: ['agent', 'admin', 'system'],
  cancelBackorders: ['system'],
  requestPayments: ['storefront', 'agent', 'admin'],
  receivePayment: ['agent', 'admin', 'system'],
  expirePayment: ['system'],
  warnOfLapse: ['system'],
  renewPayment: ['system'],
  void: ['system'],
  requestRefund: ['system'],
  refund: ['system'],
  failRefund: ['system'],
  recordRefund: ['finance', 'admin'],
  postCreditMemo: ['agent', 'finance', 'admin', 'system'],
  openChargeback: ['finance', 'admin', 'system'],
  closeChargeback: ['finance', 'admin', 'system'],
  close: ['system'],
  hold: ['agent', 'admin', 'system'],
  releaseHold: ['agent', 'admin', 'system'],
  openException: people,
  resolveException: ['agent', 'finance', 'admin', 'system'],
};

/** While a large cancellation is under way, only what finishes it or records what a provider did is accepted. */
const whileCanceling: readonly CommandType[] = [
  'cancel',
  'cancelBackorders',
  'authorize',
  'capture',
  'receivePayment',
  'expirePayment',
  'void',
  'requestRefund',
  'refund',
  'failRefund',
  'openChargeback',
  'closeChargeback',
  'openException',
  'resolveException',
];

/** Work of one of these locations: what is not does not exist for who is of them (woocommerce #63478). */
function isOwnWork({ fulfillments }: Order, command: Command, locations: readonly LocationId[]): boolean {
  const about = 'fulfillmentId' in command ? command.fulfillmentId : undefined;
  return fulfillments.some(({ id, locationId }) => id === about && locations.includes(locationId));
}

/**
 * The decision: what happens to the order when somebody wants something, or why nothing does. Pure.
 * `order` is undefined only for `place`.
 */
export function decide(order: Order | undefined, command: Command, context: DecisionContext): Decision {
  if (!allowedRoles[command.type].includes(context.actor.role)) {
    return reject('forbidden', `A ${context.actor.role} may not ${command.type}.`);
  }
  if (command.type === 'place') return order ? alreadyDone : place(command, context);
  if (!order) return reject('order_not_found', 'There is no such order.');
  if (context.actor.locations && !isOwnWork(order, command, context.actor.locations)) {
    return reject('fulfillment_not_found', `It is no work of ${context.actor.locations.join(', ')}.`);
  }
  if (order.canceling && !whileCanceling.includes(command.type)) {
    return reject('invalid_transition', 'The order is being canceled.');
  }
  switch (command.type) {
    case 'reserve':
      return reserve(order, command);
    case 'unreserve': {
      const reservations = releasable(order);
      if (order.lifecycle !== 'PLACED' || reservations.length === 0) return alreadyDone;
      return accept(eventOf('reservation.released', { reservations, reason: command.reason }));
    }
    case 'tax':
      return tax(order, command);
    case 'reject':
      return rejectOrder(order, command);
    case 'authorize':
      return authorize(order, command, context);
    case 'screen':
      return screen(order, command, context);
    case 'confirm':
      return confirm(order, context);
    case 'release':
      return release(order, context);
    case 'accept':
      return acceptFulfillment(order, command);
    case 'rejectFulfillment':
      return rejectFulfillment(order, command);
    case 'startCustomization':
      return startCustomization(order, command);
    case 'finishCustomization':
      return finishCustomization(order, command);
    case 'pick':
      return pick(order, command);
    case 'pack':
      return pack(order, command);
    case 'capture':
      return capture(order, command);
    case 'startDigital':
      return startDigital(order);
    case 'requestCapture':
      return requestCapture(order, command);
    case 'postInvoice':
      return postInvoice(order, command, context);
    case 'deliverDigital':
      return deliverDigital(order);
    case 'label':
      return label(order, command);
    case 'ship':
      return ship(order, command);
    case 'deliver':
      return deliver(order, command);
    case 'confirmReceipt':
      return confirmReceipt(order, context.actor.id);
    case 'cancel':
      return cancel(order, command);
    case 'cancelRemainder':
      return cancelRemainder(order, command);
    case 'cancelBackorders':
      return cancelBackorders(order, command, context);
    case 'requestPayments':
      return requestPayments(order, command);
    case 'receivePayment':
      return receivePayment(order, command);
    case 'expirePayment':
      return expirePayment(order, command);
    case 'warnOfLapse':
      return warnOfLapse(order, command);
    case 'renewPayment':
      return renewPayment(order, command);
    case 'void':
      return voidPayment(order, command);
    case 'refund':
      return refund(order, command);
    case 'requestRefund':
      return requestRefund(order, command);
    case 'failRefund':
      return failRefund(order, command);
    case 'recordRefund':
      return recordRefund(order, command);
    case 'postCreditMemo':
      return postCreditMemo(order, command, context);
    case 'openChargeback':
      return openChargeback(order, command, context);
    case 'closeChargeback':
      return closeChargeback(order, command);
    case 'close':
      return close(order);
    case 'hold':
      return hold(order, command, context);
    case 'releaseHold':
      return releaseHold(order, command);
    case 'openException':
      return openException(order, command);
    case 'resolveException':
      return resolveException(order, command);
  }
}
