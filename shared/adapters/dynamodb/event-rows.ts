import * as z from 'zod';
import { Actor } from '../../domain/actor.ts';
import {
  ActionSecret,
  AuthorizedSecret,
  PlacedSecret,
  RequestedSecret,
  type Secrets,
} from '../../domain/event-secrets.ts';
import { eventData, type OrderEvent } from '../../domain/events.ts';
import { OrderId } from '../../domain/ids.ts';
import { Parties } from '../../domain/invoice.ts';

const EventRow = z.object({
  pk: z.string(),
  id: z.string(),
  type: z.string(),
  sequence: z.number(),
  version: z.number(),
  at: z.string(),
  actor: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  data: z.string(),
  secret: z.string().optional(),
});

const secrets = {
  'order.placed': PlacedSecret,
  'payment.requested': RequestedSecret,
  'payment.authorized': AuthorizedSecret,
  'payment.action_required': ActionSecret,
  'invoice.posted': Parties,
  'credit_memo.posted': Parties,
} satisfies { [T in keyof Secrets]: z.ZodType<Secrets[T]> };

const secretOf = (type: string): z.ZodType =>
  Object.hasOwn(secrets, type) ? secrets[type as keyof Secrets] : z.never();

const isEventType = (type: string): type is keyof typeof eventData => Object.hasOwn(eventData, type);

/** An event from its row. Throws on an unknown type or a body that does not fit its schema. */
export function eventFromRow(row: unknown): OrderEvent {
  const { pk, type, data, actor, secret, ...rest } = EventRow.parse(row);
  if (!isEventType(type)) throw new Error(`unknown event type ${type}`);
  return {
    ...rest,
    type,
    orderId: OrderId.parse(pk.slice('ORDER#'.length)),
    actor: Actor.parse(JSON.parse(actor)),
    data: eventData[type].parse(JSON.parse(data)),
    ...(secret !== undefined && { secret: secretOf(type).parse(JSON.parse(secret)) }),
  } as OrderEvent;
}
