import * as z from 'zod';
import { rankOf, waitingOf } from '../../domain/backorders.ts';
import { awaitsDigital } from '../../domain/decide/digital.ts';
import type { OrderEvent } from '../../domain/events.ts';
import { KeptCreditMemo, KeptInvoice } from '../../domain/invoice.ts';
import { isUnsettled, needsSite, owesStock, type Timer } from '../../domain/next-action.ts';
import {
  byOpened,
  byPlaced,
  DeliveryGroup,
  Fulfillment,
  Hold,
  Line,
  type Order,
  OrderHead,
  Payment,
  ProcessException,
} from '../../domain/order.ts';
import { statusOf } from '../../domain/status.ts';
import { eventSk, indexKeys, linesSk, pk, sk } from './keys.ts';

/** Attributes are strings and numbers only: bodies are JSON text (`data`), which costs a fraction of a nested map to write, read and check. */
export type Item = Record<string, string | number>;

const linesPerPage = 50;
const LinesPage = z.array(Line);

interface StateItem {
  sk: string;
  /** The part of the order this item holds: unchanged as long as it is the same object. */
  source: unknown;
  item: () => Item;
}

/** Splits an order into the items that keep it. */
function stateItems(order: Order): StateItem[] {
  const { lines, delivery, fulfillments, payments, invoices, creditMemos, holds, exceptions, ...head } = order;
  const key = pk.order(order.id);
  const part = (sortKey: string, source: unknown, extra: Item = {}): StateItem => ({
    sk: sortKey,
    source,
    item: () => ({ pk: key, sk: sortKey, data: JSON.stringify(source), ...extra }),
  });
  const pages = Array.from({ length: Math.ceil(lines.length / linesPerPage) }, (_, page) =>
    lines.slice(page * linesPerPage, (page + 1) * linesPerPage),
  );
  const status = statusOf(order);
  return [
    part(sk.head, head, {
      version: order.version,
      status,
      lifecycle: order.lifecycle,
      ...indexKeys.customer(order.customer.id, order.placedAt, order.id),
      ...indexKeys.orderStatus(status, order.placedAt, order.id),
      ...indexKeys.month(order.placedAt, order.id),
    }),
    ...pages.map((page, index) => part(linesSk(index), page)),
    part(sk.deliveryGroup(delivery.id), delivery),
    ...fulfillments.map((one) =>
      part(sk.fulfillment(one.id), one, {
        ...indexKeys.location(one.locationId, one.status, one.createdAt, one.id),
        ...indexKeys.fulfillmentStatus(one.status, one.createdAt, one.id, order.id),
      }),
    ),
    ...payments.map((one) => part(sk.payment(one.id), one)),
    ...invoices.map((one) => part(sk.invoice(one.id), one)),
    ...creditMemos.map((one) => part(sk.creditMemo(one.id), one)),
    ...holds.map((one) => part(sk.hold(one.handle), one)),
    ...exceptions.map((one) => part(sk.exception(one.id), one)),
  ];
}

/** Rows that exist only to be found: timers by due time, backorders by SKU, released orders with units without a site or to be delivered digitally, ended ones whose money is not settled. */
function indexItems(order: Order, timers: readonly Timer[]): StateItem[] {
  const key = pk.order(order.id);
  const isReleased = order.lifecycle === 'RELEASED';
  return [
    ...timers.map(({ name, dueAt, command }) => ({
      sk: sk.timer(name),
      source: { dueAt, command },
      item: () => ({
        pk: key,
        sk: sk.timer(name),
        dueAt,
        data: JSON.stringify(command),
        ...indexKeys.timer(dueAt, order.id, name),
      }),
    })),
    ...waitingOf(order).map(({ key: row, ...waiting }) => ({
      sk: sk.backorder(row),
      source: { ...waiting, isReleased },
      item: () => ({
        pk: key,
        sk: sk.backorder(row),
        data: JSON.stringify(waiting),
        ...indexKeys.backorder(waiting.sku, rankOf(order), isReleased),
      }),
    })),
    ...(needsSite(order) || awaitsDigital(order) ? [sk.reroute] : []).map((sortKey) => ({
      sk: sortKey,
      source: sortKey,
      item: () => ({ pk: key, sk: sortKey, ...indexKeys.reroute(order.placedAt, order.id) }),
    })),
    ...(isUnsettled(order) || owesStock(order) ? [sk.unsettled] : []).map((sortKey) => ({
      sk: sortKey,
      source: sortKey,
      item: () => ({ pk: key, sk: sortKey, ...indexKeys.unsettled(order.placedAt, order.id) }),
    })),
  ];
}

const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  // A page is a new array each time; its lines keep their identity unless they changed.
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, index) => one === b[index]))
    return true;
  return JSON.stringify(a) === JSON.stringify(b);
};

/** What must be written and deleted to turn `before` into `after`. The head is always among it: it carries the version. */
export function changedItems(
  before: Order | undefined,
  after: Order,
  timers: { before: readonly Timer[]; after: readonly Timer[] },
): { head: Item; put: Item[]; remove: string[] } {
  const old = before ? [...stateItems(before), ...indexItems(before, timers.before)] : [];
  const oldBySk = new Map(old.map((one) => [one.sk, one]));
  const [head, ...rest] = stateItems(after);
  if (!head) throw new Error('an order has a head');
  const now = [...rest, ...indexItems(after, timers.after)];
  const kept = new Set(now.map((one) => one.sk)).add(head.sk);
  return {
    head: head.item(),
    put: now.filter((one) => !isSame(oldBySk.get(one.sk)?.source, one.source)).map((one) => one.item()),
    remove: old.filter((one) => !kept.has(one.sk)).map((one) => one.sk),
  };
}

const Row = z.object({ sk: z.string(), data: z.string() });

/** The order from its `STATE#` items, in any order. Throws when one does not fit its schema: a bug or a corrupted row, never guessed around. */
export function orderFromItems(rows: readonly unknown[]): Order | undefined {
  const items = rows.map((row) => Row.parse(row)).sort((a, b) => (a.sk < b.sk ? -1 : 1));
  const of = <T>(prefix: string, schema: z.ZodType<T>): T[] =>
    items.filter((row) => row.sk.startsWith(prefix)).map((row) => schema.parse(JSON.parse(row.data)));
  const [head] = of(sk.head, OrderHead);
  if (!head) return undefined;
  const [delivery] = of(sk.deliveryGroup(''), DeliveryGroup);
  if (!delivery) throw new Error(`${head.id} has no delivery group`);
  const byNumber = (a: { id: string }, b: { id: string }) => numberOf(a.id) - numberOf(b.id);
  return {
    ...head,
    lines: of('STATE#LINES#', LinesPage).flat(),
    delivery,
    fulfillments: of(sk.fulfillment(''), Fulfillment).sort(byNumber),
    payments: of(sk.payment(''), Payment).sort(byNumber),
    invoices: of(sk.invoice(''), KeptInvoice).sort(byNumber),
    creditMemos: of(sk.creditMemo(''), KeptCreditMemo).sort(byNumber),
    holds: of(sk.hold(''), Hold).sort(byPlaced),
    exceptions: of(sk.exception(''), ProcessException).sort(byOpened),
  };
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('_') + 1));

export function eventItem(event: OrderEvent): Item {
  const { data, secret, actor, orderId, sequence, ...rest } = event;
  return {
    pk: pk.order(orderId),
    sk: eventSk(sequence),
    ...rest,
    sequence,
    actor: JSON.stringify(actor),
    data: JSON.stringify(data),
    ...(secret && { secret: JSON.stringify(secret) }),
  };
}
