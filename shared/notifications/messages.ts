import { IntlMessageFormat } from 'intl-messageformat';
import type { NotifiedType } from './notified-types.ts';
import { remembered } from './remembered.ts';

const common = [
  'greeting',
  'items',
  'quantity',
  'amount',
  'total',
  'orderNumber',
  'placedOn',
  'shipTo',
  'carrier',
  'trackingNumber',
  'track',
  'footer',
] as const;

export type MessageKey =
  | (typeof common)[number]
  | `${NotifiedType}.${'subject' | 'title' | 'intro'}`
  | 'canceled.backorder_deadline'
  | 'canceled.money'
  | 'fulfillment.shipped.rest';

/** One language: ICU MessageFormat by key. A language that lacks a key does not compile. */
export type Messages = Readonly<Record<MessageKey, string>>;

export type Values = Readonly<Record<string, string | number>>;

/** Parsing a message costs a hundred times what formatting does. */
const parsed = remembered(
  (locale: string, message: string) => new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }),
);

/**
 * The message in plain text: markup in it or in a value is text (`ignoreTag`), to be escaped by whoever makes HTML of it.
 * @throws Error when a value that the message names is missing
 */
export const formatMessage = (messages: Messages, key: MessageKey, locale: string, values: Values = {}): string =>
  formatText(messages[key], locale, values);

/** The same of a message from elsewhere. */
export function formatText(message: string, locale: string, values: Values = {}): string {
  const text = parsed(locale, message).format(values);
  return typeof text === 'string' ? text : String(text);
}
