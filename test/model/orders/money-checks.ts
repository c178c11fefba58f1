import { createHash } from 'node:crypto';
import { moneyMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import type { OrderEvent } from '../../../shared/domain/events.ts';
import { evolve } from '../../../shared/domain/evolve.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { isPending } from '../../../shared/domain/refunds.ts';
import { owed, received } from '../../../shared/domain/settlement.ts';
import type { OrderWorld } from './order-world.ts';

/** What a provider did under a key, or what we have written that it did. */
interface Effect {
  key: string;
  amount: number;
}

/** M8: what our log says of a provider's effects, by the keys they must have had. Nothing is said of what no provider was asked for. */
function written({ orderId, ...event }: OrderEvent): Effect[] {
  switch (event.type) {
    case 'payment.authorized': {
      const { paymentId, amount } = event.data;
      return amount > 0 ? [{ key: `${orderId}:authorize:${paymentId}`, amount }] : [];
    }
    case 'payment.captured': {
      const { paymentId, captureId, amount, receipt } = event.data;
      const nth = Number(captureId.slice('cap_'.length)) - 1;
      const digest = createHash('sha256')
        .update(receipt ?? '')
        .digest('hex')
        .slice(0, 24);
      const key = receipt === undefined ? `capture:${paymentId}:${nth}` : `receipt:${paymentId}:${digest}`;
      return [{ key: `${orderId}:${key}`, amount }];
    }
    case 'payment.voided':
      return [{ key: `${orderId}:void:${event.data.paymentId}`, amount: event.data.amount }];
    case 'payment.refunded': {
      const { paymentId, refundId, amount, to } = event.data;
      return to === 'byHand' ? [] : [{ key: `${orderId}:refund:${paymentId}:${refundId}`, amount }];
    }
    default:
      return [];
  }
}

const expired = ({ orderId, ...event }: OrderEvent): Effect[] =>
  event.type === 'payment.expired'
    ? [{ key: `${orderId}:void:${event.data.paymentId}`, amount: event.data.amount }]
    : [];

const changes = ({ accounts }: OrderWorld): Effect[] =>
  [...accounts.all.values()].flatMap((account) =>
    accounts.entriesOf(account).map(({ by, amount }) => ({ key: by, amount })),
  );

/** Cash on delivery has no provider whose log there could be. */
const isKept = ({ orders }: OrderWorld, { orderId, data }: OrderEvent): boolean => {
  const paymentId = 'paymentId' in data ? data.paymentId : undefined;
  const method = orders.get(orderId)?.payments.find(({ id }) => id === paymentId)?.method;
  return method !== 'cashOnDelivery' || ('to' in data && data.to === 'storeCredit');
};

/**
 * The logs of the providers against ours, to the cent: what was done under each key is what we have written, once. A card that takes one capture has given the
 * rest back with it: what we give back then is nothing at the bank.
 */
export function providersAgree(world: OrderWorld): string[] {
  const ours = [...world.log.values()]
    .flat()
    .filter((event) => isKept(world, event))
    .flatMap(written);
  const approved = moneyMoved(world.book.entries).filter(({ result }) => result.outcome === 'approved');
  const theirs = [...approved, ...changes(world)];
  const [weSay, theySay] = [byKey(ours), byKey(theirs)];
  const lapsed = byKey([...world.log.values()].flat().flatMap(expired));
  return [...new Set([...weSay.keys(), ...theySay.keys()])].flatMap((key) => {
    const [we = [], they = []] = [weSay.get(key), theySay.get(key)];
    const isReleased = they.length === 1 && they[0] === 0 && key.includes(':void:');
    // Given back, cut off before it was written down, and found to be over.
    if (we.length === 0 && they.length === 1 && lapsed.get(key)?.[0] === they[0]) return [];
    const isOnce = we.length === 1 && they.length === 1 && (we[0] === they[0] || isReleased);
    return isOnce ? [] : [`${key}: the provider did [${they}], we have written [${we}]`];
  });
}

function byKey(effects: readonly Effect[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { key, amount } of effects) found.set(key, [...(found.get(key) ?? []), amount]);
  return found;
}

/** M10: nobody is given back what he still owes on the same order, unless finance has forced it, and then no more than that. */
export function noRefundWhileOwing({ log }: OrderWorld): string[] {
  return [...log.values()].flatMap((events) => {
    let order: Order | undefined;
    return events.flatMap((event) => {
      order = evolve(order, event);
      const isRefund =
        event.type === 'payment.refund_requested' || (event.type === 'payment.refunded' && !event.data.refundId);
      if (!isRefund || !order) return [];
      const onItsWay = order.payments.flatMap(({ refunds = [] }) => refunds.filter(isPending));
      const pending = onItsWay.reduce((sum, { amount }) => sum + amount, 0);
      const refunded = order.payments.reduce((sum, payment) => sum + payment.refunded, pending);
      const forced = Math.max(0, ...order.creditMemos.map((memo) => memo.forced?.refundUpTo ?? 0));
      const left = received(order) - pending;
      if (left >= owed(order) || refunded <= forced) return [];
      return [`${event.id}: ${left} is left of ${received(order)}, and ${owed(order)} is owed; ${forced} was forced`];
    });
  });
}
