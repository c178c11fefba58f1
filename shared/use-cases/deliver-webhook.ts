import type { Receive } from '../ports/receive.ts';
import type { System } from '../ports/system.ts';
import type { SendResult, WebhookSender } from '../ports/webhook-sender.ts';
import type {
  DueDelivery,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookQueue,
  WebhookStore,
} from '../ports/webhooks.ts';
import { nextAttempt, retryAfterOf } from '../webhooks/schedule.ts';
import { sign } from '../webhooks/sign.ts';

export interface DeliverDeps {
  webhooks: WebhookStore;
  queue: WebhookQueue;
  send: WebhookSender;
  system: System;
}

export type Delivered =
  | 'delivered'
  | 'failed'
  | 'exhausted'
  | 'out_of_date'
  /** Another message's worker is trying this delivery: a copy of this one comes when it must have ended, and finds what became of it. */
  | 'in_progress';

/** Longer than the function may run (60 s). What its own message waits for is only to be received again. */
const leaseMilliseconds = 90_000;
/** The most that SQS delays a message. */
const longestDelay = 900;
/** Statuses by which a receiver says that it has too much to do. */
const overloaded = new Set([429, 502, 503, 504]);

/**
 * One attempt at one delivery: claim the row, POST, write what happened, arrange the next. At least once: a crash between the POST and the
 * write sends the same `webhook-id` again; nothing else does, because a message counts only for the instant it was sent for.
 * Seams: the breaker and the endpoint's rate ask before `attempt` (a delivery that waits spends none), `ordering: per_order` asks there
 * as well; rotation and `v1a` add items to the signature header in `headersOf`; notices to the owner follow `disableIfAsked`.
 */
export async function deliverWebhook(deps: DeliverDeps, message: DueDelivery, receive: Receive): Promise<Delivered> {
  const { webhooks, queue, system } = deps;
  const now = system.now();
  const lease = { until: now + leaseMilliseconds, ...receive };
  const claim = await webhooks.claimDelivery(message, now, lease);
  if (claim.outcome === 'leased') {
    await queue.send(message, secondsUntilAfter(claim.until, now));
    return 'in_progress';
  }
  if (claim.outcome === 'out_of_date') {
    // Handed out again: the worker before may have stopped between writing the row and sending the next message.
    if (receive.receiveCount > 1 && claim.delivery) await sendNext(deps, claim.delivery);
    return 'out_of_date';
  }

  const { delivery } = claim;
  const endpoint = await webhooks.endpoint(delivery.endpointId);
  const after =
    endpoint?.status === 'active'
      ? await attempt(deps, endpoint, delivery)
      : giveUp(delivery, endpoint ? 'endpoint_disabled' : 'endpoint_deleted');
  const delay = delayOf(after, system.now());
  const isKept = await webhooks.saveAttempt(after, lease, { shelve: delay !== undefined && delay > longestDelay });
  if (isKept) await sendNext(deps, after);
  return after.status === 'pending' ? 'failed' : after.status;
}

/** Sends the message for the row's next attempt, unless there is none or the sweep will. */
async function sendNext({ queue, system }: DeliverDeps, delivery: WebhookDelivery): Promise<void> {
  const { endpointId, eventId, nextAttemptAt: due } = delivery;
  const delay = delayOf(delivery, system.now());
  if (due !== undefined && delay !== undefined && delay <= longestDelay)
    await queue.send({ endpointId, eventId, due }, delay);
}

/** Whole seconds, as SQS counts, until an instant is over; another clock may have set it. */
const secondsUntilAfter = (instant: number, now: number): number =>
  Math.min(longestDelay, Math.max(1, Math.floor((instant - now) / 1000) + 1));

/** Seconds until the next attempt, rounded up: an attempt is never early. */
const delayOf = ({ nextAttemptAt }: WebhookDelivery, now: number): number | undefined =>
  nextAttemptAt === undefined ? undefined : Math.max(0, Math.ceil((Date.parse(nextAttemptAt) - now) / 1000));

async function attempt(
  deps: DeliverDeps,
  endpoint: WebhookEndpoint,
  before: WebhookDelivery,
): Promise<WebhookDelivery> {
  const { send, system } = deps;
  const began = system.now();
  const result = await send({ url: endpoint.url, headers: headersOf(endpoint, before, began), body: before.body });
  const ended = system.now();
  const delivery = { ...before, attempts: [...before.attempts, logOf(result, began, ended)] };

  const isDisabled = await disableIfAsked(deps, endpoint, result);
  if (!result.failure) return over(delivery, { status: 'delivered' });
  if (isDisabled) return giveUp(delivery, 'endpoint_disabled');
  if (result.webhookDelivery === 'abort-message') return giveUp(delivery, 'aborted_by_receiver');

  const next = nextAttempt({
    firstAttemptAt: Date.parse(delivery.attempts[0]?.at ?? before.createdAt),
    now: ended,
    made: delivery.attempts.length,
    isOverloaded: overloaded.has(result.status ?? 0) || result.failure.kind === 'timeout',
    retryAfter: retryAfterOf(result.retryAfter, ended),
    random: system.random(),
  });
  if ('over' in next) return giveUp(delivery, next.over);
  return { ...delivery, status: 'failed', nextAttemptAt: new Date(next.at).toISOString() };
}

function headersOf(endpoint: WebhookEndpoint, { eventId, body, attempts }: WebhookDelivery, now: number) {
  const timestamp = Math.floor(now / 1000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Batuta-Webhooks/1',
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(endpoint.secret, eventId, timestamp, body),
    'webhook-attempt': String(attempts.length + 1),
  };
}

const logOf = ({ status, failure }: SendResult, began: number, ended: number): WebhookAttempt => ({
  at: new Date(began).toISOString(),
  latencyMs: ended - began,
  ...(status !== undefined && { status }),
  ...(failure && { error: `${failure.kind}: ${failure.text}` }),
});

/**
 * 410 says that nobody is there any more; the header `webhook-delivery: disable` says it in words. The endpoint is disabled before the row
 * is written, so that a crash between the two does not forget it.
 */
async function disableIfAsked({ webhooks, system }: DeliverDeps, endpoint: WebhookEndpoint, result: SendResult) {
  const reason = result.status === 410 ? 'gone' : result.webhookDelivery === 'disable' ? 'receiver' : undefined;
  if (reason === undefined) return false;
  const at = new Date(system.now()).toISOString();
  await webhooks.updateEndpoint(endpoint.id, { status: 'disabled', disabledReason: reason }, at);
  return true;
}

const giveUp = (delivery: WebhookDelivery, endReason: NonNullable<WebhookDelivery['endReason']>): WebhookDelivery =>
  over(delivery, { status: 'exhausted', endReason });

function over({ nextAttemptAt: _done, ...rest }: WebhookDelivery, end: Pick<WebhookDelivery, 'status' | 'endReason'>) {
  return { ...rest, ...end };
}
