import { chooseLanguage } from '../notifications/language.ts';
import { formatText, type Values } from '../notifications/messages.ts';
import { de } from './messages/de.ts';
import { en } from './messages/en.ts';
import { es } from './messages/es.ts';
import { fr } from './messages/fr.ts';

const keys = [
  'invoice',
  'creditMemo',
  'number',
  'issueDate',
  'order',
  'orderDate',
  'purchaseOrder',
  'ofInvoice',
  'billTo',
  'taxId',
  'registration',
  'item',
  'quantity',
  'unitPrice',
  'discount',
  'net',
  'taxRate',
  'amount',
  'withTax',
  'withoutTax',
  'shipping',
  'giftWrap',
  'handling',
  'insurance',
  'fee',
  'goodwill',
  'subtotal',
  'total',
  'totalCredited',
  'paidBy',
  'due',
  'taxSummary',
  'taxBase',
  'taxAmount',
  'noTax',
  'AE',
  'K',
  'G',
  'E',
  'Z',
  'O',
  'giftCard',
  'storeCredit',
  'card',
  'terms',
  'cashOnDelivery',
  'payment',
  'reference',
  'payTo',
  'accountHolder',
  'bank',
  'dueOnReceipt',
  'paidInFull',
  'credited',
  'reason',
  'reason.return',
  'reason.cancellation',
  'reason.price',
  'reason.goodwill',
  'reason.shipping',
  'reason.fee',
  'reason.correction',
  'reason.other',
  'page',
] as const;
export type DocumentKey = (typeof keys)[number];

/** One language: ICU MessageFormat by key. A language that lacks a key does not compile. */
export type DocumentMessages = Readonly<Record<DocumentKey, string>>;

export const documentLanguages: Readonly<Record<string, DocumentMessages>> = { en, es, de, fr };

export interface DocumentLanguage {
  /** For numbers and dates, too. */
  locale: string;
  say(key: DocumentKey, values?: Values): string;
}

/** The customer's language, or English. */
export function documentLanguage(locale: string | undefined): DocumentLanguage {
  const { messages, locale: chosen } = chooseLanguage(locale, documentLanguages, en);
  return { locale: chosen, say: (key, values) => formatText(messages[key], chosen, values) };
}
