import type { Envelope } from '../events/envelope.ts';
import { isoNow, type System } from '../ports/system.ts';
import type { WebhookEndpoint, WebhookQueue, WebhookStore } from '../ports/webhooks.ts';
import { wants } from '../webhooks/filter.ts';

export interface FanOutDeps {
  webhooks: WebhookStore;
  queue: WebhookQueue;
  system: System;
}

const thirtyDays = 30 * 24 * 3600;

/**
 * Makes one delivery row for each endpoint that wants the event, and its first message. The bus may repeat an event, and so may a crash
 * between the two: the row is there once (conditional put), a second message finds the row claimed or done. An endpoint gets what
 * happened since it was created, so that a replay of the archive does not pour a month of history into a new one.
 * Seams: thin payloads choose the body here; `ordering: per_order` would hold a row back here while an earlier one of its subject is open.
 * @returns how many rows are new
 */
export async function fanOutWebhooks(deps: FanOutDeps, envelope: Envelope): Promise<number> {
  const endpoints = (await deps.webhooks.endpoints()).filter(
    ({ status, eventTypes, createdAt }) =>
      status === 'active' && wants(eventTypes, envelope.type) && Date.parse(envelope.time) >= Date.parse(createdAt),
  );
  const body = JSON.stringify(envelope);
  const isNew = await Promise.all(endpoints.map((endpoint) => fanOutTo(deps, endpoint, envelope, body)));
  return isNew.filter(Boolean).length;
}

async function fanOutTo(deps: FanOutDeps, endpoint: WebhookEndpoint, envelope: Envelope, body: string) {
  const { webhooks, queue, system } = deps;
  const pair = { endpointId: endpoint.id, eventId: envelope.id };
  const now = isoNow(system);
  const outcome = await webhooks.createDelivery({
    ...pair,
    eventType: envelope.type,
    status: 'pending',
    attempts: [],
    body,
    createdAt: now,
    nextAttemptAt: now,
    expiresAt: Math.floor(system.now() / 1000) + thirtyDays,
  });
  if (outcome === 'created') {
    await queue.send({ ...pair, due: now }, 0);
    return true;
  }
  const existing = await webhooks.delivery(pair.endpointId, pair.eventId);
  if (existing?.status === 'pending' && existing.nextAttemptAt !== undefined)
    await queue.send({ ...pair, due: existing.nextAttemptAt }, 0);
  return false;
}
