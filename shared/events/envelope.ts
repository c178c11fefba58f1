import * as z from 'zod';
import { type EventType, eventData, type OrderEvent } from '../domain/events.ts';
import {
  type CreditEvent,
  type CreditEventType,
  creditEventData,
  isCreditEventType,
  subjectOfCreditEvent,
} from './credit-events.ts';
import {
  isLedgerEventType,
  type LedgerEventRow,
  type LedgerEventType,
  ledgerEventData,
  subjectOfLedgerEvent,
} from './ledger-events.ts';
import {
  isStockEventType,
  type StockEvent,
  type StockEventType,
  stockEventData,
  subjectOfStockEvent,
} from './stock-events.ts';

/** Every type that goes on the bus with the schema of its `data`. */
export const publishedData = { ...eventData, ...stockEventData, ...ledgerEventData, ...creditEventData } as const;
export type PublishedType = EventType | StockEventType | LedgerEventType | CreditEventType;
/** What of an event the envelope is made from. */
export type PublishedEvent =
  | Pick<OrderEvent, 'id' | 'type' | 'orderId' | 'sequence' | 'at' | 'correlationId' | 'causationId' | 'data'>
  | StockEvent
  | LedgerEventRow
  | CreditEvent;

export const publishedTypes = Object.keys(publishedData) as PublishedType[];
export const isPublishedType = (type: string): type is PublishedType => Object.hasOwn(publishedData, type);
const isStockEvent = (event: PublishedEvent): event is StockEvent => isStockEventType(event.type);
const isCreditEvent = (event: PublishedEvent): event is CreditEvent => isCreditEventType(event.type);
const isLedgerEvent = (event: PublishedEvent): event is LedgerEventRow => isLedgerEventType(event.type);

/**
 * The major version of every event's schema. It is raised only by a breaking change, which then is a new detail type (`order.placed.v2`),
 * published beside the old one.
 */
export const schemaVersion = 1;

/** Names a schema; nothing is fetched from there (`.example` never resolves, RFC 2606). The files are in `dist/schemas`. */
const schemaBase = 'https://batuta.example/schemas';

/**
 * One shape for the bus, the webhook and the log: CloudEvents 1.0 attributes (extension names are lower-case alphanumerics) around `data`.
 * `version`, `timestamp` (= `time`) and `data` are also what Standard Webhooks asks of a payload. Consumers dedupe on `id`, never on the
 * id that EventBridge gives: that one changes when an event is published again.
 */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  /** `evt_` + UUIDv7 hex; also the `webhook-id`. */
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,64}$/),
  source: z.enum(['oms.orders', 'oms.inventory', 'oms.ledger', 'oms.credit']),
  type: z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/),
  version: z.int().positive(),
  time: z.iso.datetime(),
  timestamp: z.iso.datetime(),
  /** The id of the order, the transfer, the supply or the settlement, `sku_` and the SKU, `ledger_` and the legal entity, or `credit_` and the account. */
  subject: z.string().min(1),
  tenantid: z.string().min(1),
  /** Gapless per subject, from 1: tells stale from new, and shows what is missing. */
  sequence: z.int().positive(),
  correlationid: z.string(),
  causationid: z.string(),
  dataschema: z.url(),
  data: z.record(z.string(), z.unknown()),
});
export type Envelope = z.infer<typeof Envelope>;

/** The public form of an event. Takes what it names and nothing else, so that `secret` and `actor` stay in the store. */
export function toEnvelope(event: PublishedEvent, { tenantId }: { tenantId: string }): Envelope {
  const [source, subject] = originOf(event);
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: event.type,
    version: schemaVersion,
    time: event.at,
    timestamp: event.at,
    subject,
    tenantid: tenantId,
    sequence: event.sequence,
    correlationid: event.correlationId,
    causationid: event.causationId,
    dataschema: schemaUrl(event.type),
    data: event.data,
  };
}

function originOf(event: PublishedEvent): [Envelope['source'], string] {
  if (isStockEvent(event)) return ['oms.inventory', subjectOfStockEvent(event)];
  if (isLedgerEvent(event)) return ['oms.ledger', subjectOfLedgerEvent(event)];
  if (isCreditEvent(event)) return ['oms.credit', subjectOfCreditEvent(event)];
  return ['oms.orders', event.orderId];
}

export const schemaUrl = (type: PublishedType): string => `${schemaBase}/${type}/${schemaVersion}.json`;

/** EventBridge's `detail-type`: subscribers match it, so that nobody gets two versions by accident. */
export const detailType = (envelope: Pick<Envelope, 'type' | 'version'>): string =>
  `${envelope.type}.v${envelope.version}`;
