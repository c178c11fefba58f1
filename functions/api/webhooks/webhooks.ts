import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { publishedTypes } from '../../../shared/events/envelope.ts';
import type { OrderStore } from '../../../shared/ports/order-store.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import {
  EndpointId,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookStore,
} from '../../../shared/ports/webhooks.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest, Idempotency } from '../../../shared/runtime/request.ts';
import type { AllowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { wants } from '../../../shared/webhooks/filter.ts';
import { BlockedTarget, checkUrl } from '../../../shared/webhooks/guard.ts';
import { newSecret } from '../../../shared/webhooks/sign.ts';
import type { webhookContracts } from './contract.ts';
import type { WebhookEndpointBody } from './requests.ts';

type RequestOf<Name extends keyof typeof webhookContracts> = ApiRequest<(typeof webhookContracts)[Name]>;

export interface WebhooksDeps extends ListingDeps {
  webhooks: WebhookStore;
  idempotency: Pick<OrderStore, 'idempotencyRecord' | 'keepIdempotencyRecord'>;
  allowed: AllowedNetworks;
}

/** Fan-out reads them all for every event. */
const mostEndpoints = 20;

export async function createEndpoint(
  deps: WebhooksDeps,
  { body, idempotency }: RequestOf<'createWebhookEndpoint'>,
): Promise<Answer> {
  refuseUrl(deps, body.url);
  refuseUnknownTypes(body.eventTypes);
  const fresh = EndpointId.parse(`whe_${deps.system.ulid()}`);
  const id = idempotency ? await claimId(deps, idempotency, fresh) : fresh;
  const existing = id === fresh ? undefined : await deps.webhooks.endpoint(id);
  const { endpoint, made } = existing ? { endpoint: existing, made: false } : await create(deps, id, body);
  // One that a crash left unmade is made now: that is no replay.
  const headers = { location: `/v1/webhook-endpoints/${id}`, ...(!made && { 'idempotent-replayed': 'true' }) };
  return { status: 201, headers, body: { ...represent(endpoint), secret: endpoint.secret } };
}

function refuseUrl({ allowed }: WebhooksDeps, url: string): void {
  try {
    checkUrl(url, allowed);
  } catch (error) {
    if (!(error instanceof BlockedTarget)) throw error;
    const errors = [{ pointer: '/url', code: 'webhook_url_not_allowed', detail: error.message }];
    throw new ProblemError('webhook_url_not_allowed', error.message, { errors });
  }
}

/** A filter that fits no event is a typing error: the endpoint would wait for ever. */
function refuseUnknownTypes(filters: readonly string[]): void {
  const errors = filters.flatMap((filter, index) =>
    publishedTypes.some((type) => wants([filter], type))
      ? []
      : [{ pointer: `/eventTypes/${index}`, code: 'unknown_event_type', detail: 'No event has this type or family.' }],
  );
  if (errors.length > 0) throw new ProblemError('validation_failed', undefined, { errors });
}

const sevenDays = 7 * 24 * 3600;
/** Longer than a key is remembered, by the days that DynamoDB may take to forget it. */
const deletionKeptFor = 12 * 24 * 3600;

/** Ties a new id to the key, or finds the one tied to it before: of requests with one key, all make the same endpoint. */
async function claimId({ idempotency: records, system }: WebhooksDeps, idempotency: Idempotency, fresh: string) {
  const expiresAt = Math.floor(system.now() / 1000) + sevenDays;
  await records.keepIdempotencyRecord({ ...idempotency, status: 201, answer: { resource: fresh }, expiresAt });
  const record = await records.idempotencyRecord(idempotency.owner, idempotency.key);
  if (!record || !('resource' in record.answer)) throw new Error('the record of a key that was just kept');
  if (record.requestHash !== idempotency.requestHash) throw new ProblemError('idempotency_key_reused');
  return record.answer.resource;
}

async function create(
  { webhooks, system }: WebhooksDeps,
  id: string,
  { url, eventTypes, description }: WebhookEndpointBody,
): Promise<{ endpoint: WebhookEndpoint; made: boolean }> {
  if ((await webhooks.endpoints()).length >= mostEndpoints) throw new ProblemError('too_many_webhook_endpoints');
  const now = isoNow(system);
  const endpoint: WebhookEndpoint = {
    id,
    url,
    eventTypes,
    secret: newSecret(),
    status: 'active',
    ...(description !== undefined && { description }),
    createdAt: now,
    updatedAt: now,
  };
  if ((await webhooks.createEndpoint(endpoint)) === 'created') return { endpoint, made: true };
  // A request with the same key was faster, or it is one of long ago and somebody has deleted since what it made.
  const existing = await webhooks.endpoint(id);
  if (!existing) throw new ProblemError('webhook_endpoint_deleted');
  return { endpoint: existing, made: false };
}

export const listEndpoints = async ({ webhooks }: WebhooksDeps): Promise<Answer> => ({
  status: 200,
  body: { data: (await webhooks.endpoints()).map(represent) },
});

export async function getEndpoint(
  { webhooks }: WebhooksDeps,
  { params }: RequestOf<'getWebhookEndpoint'>,
): Promise<Answer> {
  const endpoint = await webhooks.endpoint(params.id);
  if (!endpoint) throw new ProblemError('webhook_endpoint_not_found');
  return { status: 200, body: represent(endpoint) };
}

export async function deleteEndpoint(
  { webhooks, system }: WebhooksDeps,
  { params }: RequestOf<'deleteWebhookEndpoint'>,
): Promise<Answer> {
  const forgetAt = Math.floor(system.now() / 1000) + deletionKeptFor;
  if (!(await webhooks.deleteEndpoint(params.id, isoNow(system), forgetAt)))
    throw new ProblemError('webhook_endpoint_not_found');
  return { status: 204 };
}

export async function listDeliveries(deps: WebhooksDeps, request: RequestOf<'listWebhookDeliveries'>): Promise<Answer> {
  const { id } = request.params;
  if (!(await deps.webhooks.endpoint(id))) throw new ProblemError('webhook_endpoint_not_found');
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { route: 'deliveries', filters: {}, limit, cursor, ...request },
    (page) => deps.webhooks.deliveries(id, page),
    representDelivery,
  );
}

const represent = (one: WebhookEndpoint) => ({
  id: one.id,
  url: one.url,
  eventTypes: one.eventTypes,
  status: one.status,
  disabledReason: one.disabledReason,
  description: one.description,
  createdAt: one.createdAt,
  updatedAt: one.updatedAt,
});

const representDelivery = (one: WebhookDelivery) => ({
  eventId: one.eventId,
  eventType: one.eventType,
  status: one.status,
  endReason: one.endReason,
  attempts: one.attempts,
  createdAt: one.createdAt,
  nextAttemptAt: one.nextAttemptAt,
});
