import { createHash } from 'node:crypto';
import type { OrderStore } from '../../../shared/ports/order-store.ts';
import type { PaymentWebhooks } from '../../../shared/ports/payment.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { bytesOf, largestBody } from '../../../shared/runtime/json-body.ts';
import { log } from '../../../shared/runtime/log.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import { type ApiEvent, headersOf } from '../../../shared/runtime/request.ts';
import type { PaymentDeps } from '../../../shared/use-cases/ask-provider.ts';
import { heedPaymentNotice } from '../../../shared/use-cases/heed-payment-notice.ts';

export interface NoticeDeps extends PaymentDeps {
  idempotency: Pick<OrderStore, 'idempotencyRecord' | 'keepIdempotencyRecord'>;
  /** Of the provider of this installation; undefined: it has another one. */
  webhooks(provider: string): PaymentWebhooks | undefined;
}

/** Seconds: providers send a notice again for three days at most. */
const rememberedFor = 7 * 24 * 3600;

/**
 * A notice of a payment provider: read from its bytes as they came, by its signature. One that was heeded before is answered at once; one that could not
 * be heeded is answered 5xx, and the provider sends it again.
 */
export async function receiveNotice(deps: NoticeDeps, event: ApiEvent): Promise<Answer> {
  const provider = event.pathParameters?.provider ?? '';
  const webhooks = deps.webhooks(provider);
  if (!webhooks) throw new ProblemError('not_found');
  const bytes = bytesOf(event.body, event.isBase64Encoded);
  if (bytes.length > largestBody) throw new ProblemError('payload_too_large');
  const read = await webhooks.read({
    headers: headersOf(event),
    body: bytes.toString('utf8'),
    receivedAt: deps.system.now(),
  });
  if (read.outcome === 'refused') {
    throw new ProblemError('webhook_refused', undefined, { extensions: { reason: read.reason } });
  }
  if (read.outcome === 'ignored') return { status: 200, body: { outcome: 'ignored' } };
  const { notice } = read;
  const owner = `payment-webhooks ${provider}`;
  if (await deps.idempotency.idempotencyRecord(owner, notice.id))
    return { status: 200, body: { outcome: 'duplicate' } };
  const outcome = await heedPaymentNotice(deps, notice);
  const requestHash = createHash('sha256').update(bytes).digest('hex');
  const expiresAt = Math.floor(deps.system.now() / 1000) + rememberedFor;
  await deps.idempotency.keepIdempotencyRecord({
    ...{ owner, key: notice.id, requestHash, status: 200, expiresAt },
    answer: { resource: outcome },
  });
  log.info('payment notice', { provider, kind: notice.kind, outcome });
  return { status: 200, body: { outcome } };
}
