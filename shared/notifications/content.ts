import type { EventData } from '../domain/events.ts';
import type { Contact, Line, Order } from '../domain/order.ts';
import { unitsIn } from '../domain/positions.ts';
import { addressLines, dateOf, formatMoney, printable } from './formats.ts';
import { languageOf } from './language.ts';
import { formatMessage, type MessageKey, type Values } from './messages.ts';

export type NotifiedEvent =
  | { type: 'order.confirmed' }
  | { type: 'order.canceled'; data: EventData<'order.canceled'> }
  | { type: 'order.remainder_canceled'; data: EventData<'order.remainder_canceled'> }
  | { type: 'fulfillment.shipped'; data: EventData<'fulfillment.shipped'> };

/** What a mail says, in the customer's language, before it becomes text or HTML. Every string is plain text from anywhere: escape it. */
export interface MailContent {
  locale: string;
  shop: string;
  subject: string;
  title: string;
  greeting: string;
  paragraphs: string[];
  facts: { label: string; value: string }[];
  button?: { label: string; url: string };
  itemsTitle: string;
  columns: { quantity: string; amount: string };
  items: { name: string; sku: string; quantity: number; amount: string }[];
  total?: { label: string; value: string };
  address?: { label: string; lines: string[] };
  footer: string;
}

/** @param shop the name customers know the merchant by */
export function contentOf(event: NotifiedEvent, order: Order, contact: Contact, shop: string): MailContent {
  const language = languageOf(order.customer.locale);
  const say = (key: MessageKey, values?: Values) => formatMessage(language.messages, key, language.locale, values);
  const money = (amount: number) => formatMoney(amount, order.currency, language.locale);
  const units = unitsTold(event, order);
  const count = [...units.values()].reduce((sum, quantity) => sum + quantity, 0);
  const number = printable(order.externalId);
  const { address } = order.delivery;
  return {
    locale: language.locale,
    shop,
    subject: say(`${event.type}.subject`, { number }),
    title: say(`${event.type}.title`),
    greeting: say('greeting', { name: printable(contact.name) }),
    paragraphs: [
      say(`${event.type}.intro`, { count }),
      ...restOf(event, order, say),
      ...whyCanceled(event, count, say),
    ],
    facts: [
      { label: say('orderNumber'), value: number },
      { label: say('placedOn'), value: dateOf(order.placedAt, language.locale) },
      ...shipmentFacts(event, say),
    ],
    ...buttonOf(event, say),
    itemsTitle: say('items'),
    columns: { quantity: say('quantity'), amount: say('amount') },
    items: order.lines.flatMap((line) => itemOf(line, units.get(line.id) ?? 0, money)),
    ...(event.type === 'order.confirmed' && { total: { label: say('total'), value: money(order.total) } }),
    ...(address && { address: { label: say('shipTo'), lines: addressLines(address, language.locale) } }),
    footer: say('footer', { shop, number }),
  };
}

function unitsTold(event: NotifiedEvent, order: Order): Map<string, number> {
  switch (event.type) {
    case 'order.confirmed':
      return orderedUnits(order);
    case 'order.canceled':
      // A large order is canceled in several transactions: its last event names the last units only.
      return new Map(order.lines.map(({ id, positions }) => [id, unitsIn(positions, 'CANCELED')]));
    case 'order.remainder_canceled':
      return unitsOf(event.data.lines);
    case 'fulfillment.shipped':
      return unitsOf(event.data.reservations);
  }
}

type Say = (key: MessageKey, values?: Values) => string;

/** As ordered, whatever has become of them since: the items add up to the total that was confirmed. */
const orderedUnits = (order: Order): Map<string, number> =>
  new Map(order.lines.map((line) => [line.id, line.quantity]));

/** One line may have left from several reservations, or waited in several positions. */
function unitsOf(moved: readonly { lineId: string; quantity: number }[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of moved) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  return units;
}

function itemOf(line: Line, quantity: number, money: (amount: number) => string): MailContent['items'] {
  if (quantity === 0) return [];
  const amount = money(line.unitPrice * quantity);
  return [{ name: printable(line.title ?? line.sku), sku: line.sku, quantity, amount }];
}

/** What has not left yet and has not been canceled. */
function restOf(event: NotifiedEvent, order: Order, say: Say): string[] {
  if (event.type !== 'fulfillment.shipped') return [];
  const rest = order.lines.reduce(
    (sum, { positions }) =>
      sum + unitsIn(positions, 'OPEN', 'BACKORDERED', 'RESERVED', 'ASSIGNED', 'PICKED', 'PACKED', 'READY'),
    0,
  );
  return rest === 0 ? [] : [say('fulfillment.shipped.rest', { rest })];
}

/** Why, where the customer does not know it, and what becomes of the money. */
function whyCanceled(event: NotifiedEvent, count: number, say: Say): string[] {
  if (event.type !== 'order.canceled' && event.type !== 'order.remainder_canceled') return [];
  const waited = event.data.reason === 'backorder_deadline';
  return [...(waited ? [say('canceled.backorder_deadline')] : []), say('canceled.money', { count })];
}

function shipmentFacts(event: NotifiedEvent, say: Say): MailContent['facts'] {
  if (event.type !== 'fulfillment.shipped') return [];
  const { carrier, trackingNumber } = event.data.shipment;
  return [
    { label: say('carrier'), value: printable(carrier) },
    { label: say('trackingNumber'), value: printable(trackingNumber) },
  ];
}

/** Only a web address becomes a link: `javascript:` from a carrier's answer would be ours once it is in our mail. */
function buttonOf(event: NotifiedEvent, say: Say): Pick<MailContent, 'button'> {
  if (event.type !== 'fulfillment.shipped') return {};
  const url = URL.parse(event.data.shipment.trackingUrl ?? '');
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return {};
  return { button: { label: say('track'), url: url.href } };
}
