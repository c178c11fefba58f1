import * as z from 'zod';
import { PaymentOutcomeUnknown, type PaymentResult, PaymentUnavailable } from '../../ports/payment.ts';

/** What the errors of Stripe's package have in common. Read by shape, so that only who sends loads the package. */
const StripeFailure = z.object({
  type: z.string().startsWith('Stripe'),
  statusCode: z.int().optional(),
  code: z.string().optional(),
  decline_code: z.string().optional(),
  param: z.string().optional(),
  // Whatever else it is says nothing. (`catch` is no method of ours: infra/trimmed-zod.ts.)
  detail: z.union([z.object({ code: z.string() }), z.unknown().transform(() => undefined)]).optional(),
});
type StripeFailure = z.infer<typeof StripeFailure>;

/** No connection stood: the request cannot have arrived. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The bank wants to see the customer, and the card was tried in a way that does not let it. */
const wantsCustomer = new Set(['authentication_required', 'payment_intent_action_required']);

/** Looks something up. A failure changes nothing: try again. */
export async function ask<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const failure = failureOf(error);
    throw failure ? new PaymentUnavailable(describe(failure)) : error;
  }
}

/** The same for one object by its id; undefined: there is none. */
export const askFor = <T>(read: () => Promise<T>): Promise<T | undefined> =>
  ask(async () => {
    try {
      return await read();
    } catch (error) {
      if (failureOf(error)?.code === 'resource_missing') return undefined;
      throw error;
    }
  });

/**
 * Does something. What Stripe refuses is a value: it has checked and done nothing. What may have happened is told from what cannot have.
 * @throws PaymentOutcomeUnknown, PaymentUnavailable
 */
export async function act<R>(send: () => Promise<R>): Promise<R | Extract<PaymentResult, { outcome: 'declined' }>> {
  try {
    return await send();
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    const declined = declineOf(failure);
    if (declined !== undefined) return { outcome: 'declined', reason: declined };
    throw isHarmless(failure)
      ? new PaymentUnavailable(describe(failure))
      : new PaymentOutcomeUnknown(describe(failure));
  }
}

/** The idempotency key was used for something else. */
export const isOtherRequest = (error: unknown): boolean => failureOf(error)?.type === 'StripeIdempotencyError';

const failureOf = (error: unknown): StripeFailure | undefined =>
  error instanceof Error ? StripeFailure.safeParse(error).data : undefined;

function declineOf({ type, code, decline_code, param }: StripeFailure): string | undefined {
  if (code !== undefined && wantsCustomer.has(code)) return 'authentication_required';
  // The package turns a missing decline code into an empty one.
  if (type === 'StripeCardError') return decline_code || code || 'card_declined';
  if (type !== 'StripeInvalidRequestError') return undefined;
  const isToken = param === 'payment_method' || param === 'confirmation_token';
  if (code === 'resource_missing' && isToken) return 'unknown_token';
  return code ?? 'invalid_request';
}

/** Refused at the door (key, permission, rate, lock) or never arrived. All else, 5xx and 409 included, may have taken place. */
function isHarmless({ type, detail }: StripeFailure): boolean {
  if (type === 'StripeConnectionError') return detail !== undefined && neverArrived.has(detail.code);
  return ['StripeAuthenticationError', 'StripePermissionError', 'StripeRateLimitError'].includes(type);
}

/** Never Stripe's own message: it may quote what was sent. */
const describe = ({ type, statusCode, code, detail }: StripeFailure): string =>
  ['Stripe', type.replace(/^Stripe/, ''), statusCode, code, detail?.code]
    .filter((part) => part !== undefined)
    .join(' ');
