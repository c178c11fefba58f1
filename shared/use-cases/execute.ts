import type { Actor } from '../domain/actor.ts';
import { capacityChanges } from '../domain/capacity.ts';
import type { Command } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import type { NewEvent, OrderEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { LocationId, OrderId, Sku } from '../domain/ids.ts';
import type { Location } from '../domain/location.ts';
import { timersOf } from '../domain/next-action.ts';
import type { Order } from '../domain/order.ts';
import type { Policy } from '../domain/policy.ts';
import type { Rejection } from '../domain/rejection.ts';
import { convertHold } from '../domain/stock/cart-hold.ts';
import { refusedIn } from '../domain/stock/demand.ts';
import { bucketChanges, type GuardedChange, postingsOf } from '../domain/stock.ts';
import type { Commit, IdempotencyRecord, OrderCommits } from '../ports/order-store.ts';
import type { RouteRecord } from '../ports/route-log.ts';
import { isoNow, type System } from '../ports/system.ts';

/** The store stayed busy with the same items through every attempt. Nothing was written; try again later. */
export class StoreContention extends Error {
  override readonly name = 'StoreContention';
}

export interface ExecuteDeps {
  orders: OrderCommits;
  system: System;
  policy: Policy;
}

export interface CommandMeta {
  actor: Actor;
  /** Ties together what one request or one execution caused. */
  correlationId: string;
  /** The event or the command that caused this one. */
  causationId: string;
  /** The order as just loaded: the first attempt decides on it and saves a read. */
  known?: Order | undefined;
  /** Refuse unless the order has this version (If-Match). */
  expectedVersion?: number | undefined;
  /** Units that must stay available where stock is taken: safety stock. */
  keep?: ((sku: Sku, locationId: LocationId) => number) | undefined;
  /** What a location takes a day, as the plan knew it. Absent: nothing is taken, capacity can only be given back. */
  capacityOf?: ((locationId: LocationId) => Location['capacity']) | undefined;
  /** The number of the document that the commands post. */
  number?: Commit['number'] | undefined;
  /** Kept with the order, in the same transaction. */
  route?: RouteRecord | undefined;
  idempotency?: { owner: string; key: string; requestHash: string; status: number; fulfillmentId?: string } | undefined;
}

export type Executed =
  /** `events` is empty when there was nothing left to do. */
  | { outcome: 'done'; order: Order; events: OrderEvent[] }
  | { outcome: 'rejected'; rejection: Rejection; order: Order | undefined }
  /** Or a location's day takes no more: then it names no bucket. Plan again. */
  | { outcome: 'stock_short'; buckets: { sku: string; locationId: string }[]; order: Order | undefined }
  | { outcome: 'stale'; order: Order | undefined }
  | { outcome: 'duplicate_external_id'; orderId: OrderId }
  /** Somebody extended, used or ended the hold of the cart meanwhile: read it again. */
  | { outcome: 'cart_hold_changed' }
  /** Another document has taken the number: read it again. */
  | { outcome: 'number_taken' }
  /** The key was used before, for the same request (`isSame`) or for another one. */
  | { outcome: 'replay'; record: IdempotencyRecord; isSame: boolean };

const attempts = 12;
const firstPause = 10;
const longestPause = 800;
const sevenDays = 7 * 24 * 3600;

/**
 * Load, decide, commit: the one way an order changes. Several commands are one transaction, decided one after the other. On a conflict
 * everything is done again, after a pause with full jitter (10 ms doubling to 800 ms; 12 attempts, at most 4.7 s in sum): from the load, unless
 * the conflict was about something else than the order, which then is taken as it was; the commit's guard finds it if it has changed since.
 * @throws StoreContention when every attempt met a conflict
 */
export async function execute(
  deps: ExecuteDeps,
  orderId: OrderId,
  commands: Command[] | ((order: Order | undefined) => Command[]),
  meta: CommandMeta,
): Promise<Executed> {
  let { known } = meta;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0)
      await deps.system.sleep(deps.system.random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
    const result = await attemptOnce(deps, orderId, commands, { ...meta, known }, attempt);
    if (!('again' in result)) return result;
    known = result.again;
  }
  throw new StoreContention(`${orderId}: every one of ${attempts} attempts met a conflict`);
}

/** The order as it was, when it may still be that; undefined: load it. */
interface Again {
  again: Order | undefined;
}

async function attemptOnce(
  deps: ExecuteDeps,
  orderId: OrderId,
  commands: Command[] | ((order: Order | undefined) => Command[]),
  meta: CommandMeta,
  attempt: number,
): Promise<Executed | Again> {
  const { orders, policy } = deps;
  // A first `place` is of an id made a moment ago: there is nothing to load.
  const isNew = attempt === 0 && Array.isArray(commands) && commands[0]?.type === 'place';
  const before = isNew ? undefined : (meta.known ?? (await orders.load(orderId)));
  if (meta.expectedVersion !== undefined && before?.version !== meta.expectedVersion) {
    return (await replay(deps, meta)) ?? { outcome: 'stale', order: before };
  }

  const decided = decideAll(deps, orderId, before, typeof commands === 'function' ? commands(before) : commands, meta);
  if ('rejection' in decided) {
    return (await replay(deps, meta)) ?? { outcome: 'rejected', rejection: decided.rejection, order: before };
  }
  const { after, events } = decided;
  if (!after)
    return {
      outcome: 'rejected',
      rejection: { code: 'order_not_found', message: 'There is no such order.' },
      order: undefined,
    };
  if (events.length === 0) return (await replay(deps, meta)) ?? { outcome: 'done', order: after, events };

  const idempotency = meta.idempotency && recordOf(meta.idempotency, after, deps.system);
  const committed = await orders.commit({
    before,
    after,
    events,
    stock: guarded(events, meta),
    capacity: capacityChanges(before, after, meta.capacityOf ?? (() => ({}))),
    timers: { before: before ? timersOf(before, policy) : [], after: timersOf(after, policy) },
    ...(idempotency && { idempotency }),
    ...(meta.route && { route: meta.route }),
    ...(meta.number && events.some(isDocument) && { number: meta.number }),
    ...conversionOf(commands, events),
  });
  switch (committed.outcome) {
    case 'committed':
      return { outcome: 'done', order: after, events };
    case 'version_conflict':
      return { again: undefined };
    case 'contention':
      return { again: before };
    case 'stock_short':
      return { ...committed, order: before };
    case 'capacity_short':
      return { outcome: 'stock_short', buckets: [], order: before };
    case 'number_taken':
      return committed;
    case 'cart_hold_changed':
      return (await replay(deps, meta)) ?? committed;
    case 'idempotency_key_taken':
      return (await replay(deps, meta)) ?? { again: undefined };
    case 'duplicate_external_id': {
      const existing = await orders.orderIdOfExternalId(after.channel, after.externalId);
      return existing ? { outcome: 'duplicate_external_id', orderId: existing } : { again: undefined };
    }
  }
}

/** Decided again, it may be posted already: then no number is used up. */
const isDocument = ({ type }: OrderEvent): boolean => type === 'invoice.posted' || type === 'credit_memo.posted';

function guarded(events: readonly OrderEvent[], { keep }: CommandMeta): GuardedChange[] {
  const refused = refusedIn(events);
  return bucketChanges(events.flatMap(postingsOf)).map((change) => ({
    ...change,
    ...(keep && { keep: keep(change.sku, change.locationId) }),
    ...(refused(change) > 0 && { refused: refused(change) }),
  }));
}

/** The hold that a new order uses up, as the event says. */
function conversionOf(
  commands: Command[] | ((order: Order | undefined) => Command[]),
  events: readonly OrderEvent[],
): Pick<Commit, 'cartHold'> {
  const [place] = Array.isArray(commands) ? commands : [];
  const [placed] = events;
  if (place?.type !== 'place' || !place.cartHold || placed?.type !== 'order.placed') return {};
  const conversion = convertHold(place.cartHold, place.lines, placed.orderId, placed.at);
  return conversion ? { cartHold: { before: place.cartHold, after: conversion.after } } : {};
}

function decideAll(
  { policy, system }: ExecuteDeps,
  orderId: OrderId,
  before: Order | undefined,
  commands: Command[],
  { actor, correlationId, causationId }: CommandMeta,
): { after: Order | undefined; events: OrderEvent[] } | { rejection: Rejection } {
  const now = isoNow(system);
  let order = before;
  const all: OrderEvent[] = [];
  for (const command of commands) {
    const decision = decide(order, command, { now, actor, policy });
    if (!decision.ok) return { rejection: decision.rejection };
    if (decision.events.length === 0) continue;
    const version = (order?.version ?? 0) + 1;
    for (const proposed of decision.events) {
      const event = number(proposed, {
        id: system.eventId(),
        orderId,
        sequence: (order?.sequence ?? 0) + 1,
        version,
        at: now,
        actor,
        correlationId,
        causationId,
      });
      order = evolve(order, event);
      all.push(event);
    }
  }
  return { after: order, events: all };
}

const number = (event: NewEvent, identity: Omit<OrderEvent, keyof NewEvent>): OrderEvent =>
  ({ ...event, ...identity }) as OrderEvent;

const recordOf = (
  { fulfillmentId, ...request }: NonNullable<CommandMeta['idempotency']>,
  after: Order,
  system: System,
): IdempotencyRecord => ({
  ...request,
  answer: { orderId: after.id, version: after.version, ...(fulfillmentId && { fulfillmentId }) },
  expiresAt: Math.floor(system.now() / 1000) + sevenDays,
});

/** The answer that this key got before, if it did. Looked up only when the command has no effect of its own: the commit's guard finds the rest. */
async function replay({ orders }: ExecuteDeps, { idempotency }: CommandMeta): Promise<Executed | undefined> {
  if (!idempotency) return undefined;
  const record = await orders.idempotencyRecord(idempotency.owner, idempotency.key);
  return record && { outcome: 'replay', record, isSame: record.requestHash === idempotency.requestHash };
}
