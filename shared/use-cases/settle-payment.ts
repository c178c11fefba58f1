import type { Command } from '../domain/commands.ts';
import type { OrderId, PaymentId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { paymentOf } from '../domain/payments.ts';
import { type CaptureLeg, capturesDue, type Settlement, settlement } from '../domain/settlement.ts';
import { authorizeRequested } from './ask-payments.ts';
import { orAskAgain, type PaymentDeps, recordLostAuthorizations } from './ask-provider.ts';
import { captureLeg, expiryOf, lostCapture } from './capture-leg.ts';
import { type CommandMeta, execute } from './execute.ts';
import { findLostCaptures } from './find-lost-captures.ts';
import { findLostVoids, voidOf } from './find-lost-voids.ts';
import { giveBack } from './give-back.ts';
import { mustSucceed } from './outcome.ts';
import { renewAuthorizations } from './renew-authorizations.ts';

/** Money is to go back, and nobody who could give it back would: a person has to look. */
export class SettlementRefused extends Error {
  override readonly name = 'SettlementRefused';
}

/** The provider refused to pay what is due: a person has to look. */
export class CaptureDeclined extends Error {
  override readonly name = 'CaptureDeclined';
}

/**
 * Drives the provider to what is owed: makes another authorization where one ends soon or has ended and is needed, takes what is due by the order's
 * policy, voids what will never be captured, refunds what was captured beyond what is owed. Each effect has its own key; run again, it does what is still to do.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown, SettlementRefused, CaptureDeclined
 */
export async function settlePayment(
  deps: PaymentDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: 'SETTLED'; effects: number }> {
  const loaded = await deps.orders.load(orderId);
  let order = loaded && (await recordLostAuthorizations(deps, loaded, meta));
  order = order && (await findLostCaptures(deps, order, meta));
  order = order && (await findLostVoids(deps, order, meta));
  order = order && (await renewAuthorizations(deps, order, meta));
  // A card that lapses as soon as it is authorized is not asked for ever.
  const mayLapse = new Set(order?.payments.map(({ id }) => id));
  let effects = 0;
  while (order) {
    const due = settlement(order);
    if (due.authorizations.length > 0) {
      order = await authorizeAgain(deps, order, due.authorizations, meta);
      effects += 1;
      continue;
    }
    const [leg] = due.refunds;
    const command = await nextEffect(deps, order, due, mayLapse);
    if (!command && !leg) break;
    if (command) order = await written(deps, order, command, meta);
    else if (leg) order = await giveBack(deps, order, leg, meta);
    effects += 1;
  }
  if (order) refuseUnplaced(order);
  return { outcome: 'SETTLED', effects };
}

/** A receipt that came while the rest was let go leaves less of it: what is due is asked anew. */
async function written(
  deps: PaymentDeps,
  known: Order,
  command: Command,
  meta: CommandMeta,
): Promise<Order | undefined> {
  const executed = await execute(deps, known.id, [command], { ...meta, known });
  const isOvertaken = executed.outcome === 'rejected' && executed.rejection.code === 'amount_exceeds_authorization';
  return command.type === 'void' && isOvertaken ? executed.order : mustSucceed(executed).order;
}

/** Only what is due: nothing is given back. */
export async function collectDue(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  let current = order;
  for (let [due] = capturesDue(current); due; [due] = capturesDue(current)) {
    const command = await collect(deps, current, due);
    current = mustSucceed(await execute(deps, order.id, [command], { ...meta, known: current })).order;
  }
  return current;
}

async function authorizeAgain(
  deps: PaymentDeps,
  order: Order,
  asked: readonly PaymentId[],
  meta: CommandMeta,
): Promise<Order> {
  const after = await authorizeRequested(deps, order, meta);
  const refused = after.payments.find((one) => asked.includes(one.id) && one.status !== 'AUTHORIZED');
  if (refused) throw new CaptureDeclined(`${refused.id}: ${refused.declineReason ?? 'waits for its customer'}`);
  return after;
}

async function nextEffect(
  deps: PaymentDeps,
  order: Order,
  due: Settlement,
  mayLapse: ReadonlySet<PaymentId>,
): Promise<Command | undefined> {
  const [toCapture] = due.captures;
  const [toVoid] = due.voids;
  if (toCapture) return collect(deps, order, toCapture, mayLapse);
  return toVoid && voidOpen(deps, order, toVoid);
}

/** What has lapsed is written down: where its card may be asked again, it is asked next. */
async function collect(
  deps: PaymentDeps,
  order: Order,
  leg: CaptureLeg,
  mayLapse?: ReadonlySet<PaymentId>,
): Promise<Command> {
  const result = await captureLeg(deps, order, leg);
  const { paymentId } = leg;
  if (result.outcome === 'approved') return result.command;
  const mayAskAgain = mayLapse?.has(paymentId) && paymentOf(order, paymentId).token !== undefined;
  const expiry = mayAskAgain ? expiryOf(paymentId, result.reason) : undefined;
  if (expiry) return expiry;
  throw new CaptureDeclined(`capture of ${paymentId}: ${result.reason}`);
}

/** What was taken and not written down (a crash between the two) is found first: else it would seem to go back with the rest. */
async function voidOpen(
  deps: PaymentDeps,
  order: Order,
  { paymentId, amount }: Settlement['voids'][number],
): Promise<Command> {
  const lost = await lostCapture(deps, order, paymentId);
  if (lost) return lost;
  const payment = paymentOf(order, paymentId);
  const nothingLeft = new SettlementRefused(`void of ${paymentId}: nothing is left to give back`);
  if (payment.voided > 0) throw nothingLeft;
  const effect = voidOf(order, payment, amount);
  const result = await orAskAgain(deps.payments.of(payment.method), effect);
  if (result.outcome === 'declined') throw new SettlementRefused(`void of ${paymentId}: ${result.reason}`);
  // Less than we thought: a receipt was taken that is still to be written down, by who has told of it.
  if (result.amount === 0) throw nothingLeft;
  return { type: 'void', paymentId, amount: Math.min(amount, result.amount ?? amount) };
}

function refuseUnplaced(order: Order): void {
  const { unplaced } = settlement(order);
  if (unplaced === 0) return;
  const why = order.payments.flatMap(({ refunds = [] }) =>
    refunds
      .filter(({ status, isRetried }) => status === 'FAILED' && !isRetried)
      .map(({ captureId, to, reason }) => `${captureId}${to === 'storeCredit' ? ' as store credit' : ''}: ${reason}`),
  );
  const message = `${unplaced} ${order.currency} (minor units) could not be given back: ${[...new Set(why)].join(', ')}`;
  throw new SettlementRefused(message.slice(0, 500));
}
