import * as z from 'zod';
import { isCreditEventType, partitionOfCreditEvent } from './credit-events.ts';
import {
  type Envelope,
  isPublishedType,
  type PublishedEvent,
  type PublishedType,
  publishedData,
  toEnvelope,
} from './envelope.ts';
import { isLedgerEventType, partitionOfLedgerEvent } from './ledger-events.ts';
import { isStockEventType, partitionOfStockEvent } from './stock-events.ts';

/** What is published of an `EVENT#` row. It has an actor, and may have a `secret`, too: what is not read cannot get out. */
const EventRow = z.object({
  pk: z.string(),
  sk: z.string().startsWith('EVENT#'),
  id: z.string(),
  type: z.string(),
  sequence: z.int().positive(),
  at: z.iso.datetime(),
  correlationId: z.string(),
  causationId: z.string(),
  data: z.string(),
});

/** The row cannot be published as it is, now or later. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * The envelope of an event from its row in `orders` (`ORDER#…`, `LEDGER#…`, `ACCOUNT#…`) or `inventory` (`SKU#…`, `TRANSFER#…`, `SUPPLY#…`).
 * @throws UnreadableEvent on an unknown type, or data that does not fit the type's schema. The message names fields, never values.
 */
export function envelopeFromRow(row: unknown, tenant: { tenantId: string }): Envelope {
  const parsed = EventRow.safeParse(row);
  if (!parsed.success) throw new UnreadableEvent(z.prettifyError(parsed.error));
  const { pk, sk: _sk, type, data, ...rest } = parsed.data;
  if (!isPublishedType(type)) throw new UnreadableEvent(`unknown event type ${type}`);
  const checked = publishedData[type].safeParse(parseJson(data));
  if (!checked.success) throw new UnreadableEvent(`${type}: ${z.prettifyError(checked.error)}`);
  const partition = partitionOf(type);
  if (!pk.startsWith(partition)) throw new UnreadableEvent(`${type} in the partition of something else`);
  // The three fields fit together now: the type chose the schema that the data passed.
  const event = {
    ...rest,
    type,
    data: checked.data,
    ...(partition === ofOrders && { orderId: pk.slice(ofOrders.length) }),
  } as PublishedEvent;
  return toEnvelope(event, tenant);
}

const ofOrders = 'ORDER#';

/** What the partition of an event of this type begins with. */
export function partitionOf(type: PublishedType): string {
  if (isStockEventType(type)) return partitionOfStockEvent(type);
  if (isCreditEventType(type)) return partitionOfCreditEvent;
  return isLedgerEventType(type) ? partitionOfLedgerEvent : ofOrders;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableEvent('data is not JSON');
  }
}
