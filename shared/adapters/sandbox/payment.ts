import {
  type AuthorizeRequest,
  type AuthorizeResult,
  type CaptureRequest,
  type PaymentEffect,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  type PaymentResult,
  PaymentUnavailable,
  type RefundRequest,
  type VoidRequest,
} from '../../ports/payment.ts';
import { actionRow } from './action.ts';
import {
  type Account,
  accountOf,
  authorizationOf,
  captureOf,
  captureReference,
  type Movement,
  moveOnce,
  referenceOf,
} from './authorization.ts';
import type { SandboxBook } from './book.ts';
import { disputeIn } from './dispute.ts';
import { type Manner, mannerOf, nameOfToken } from './manners.ts';
import { REFUND_RETURNED, returnedIn, returnedRow } from './returned-refund.ts';

/** The counter of scripted outages of an operation: each request takes one and fails, until none is left. */
export const paymentFault = (operation: PaymentEffect['operation']): string => `FAULT#payment:${operation}`;

const declined = (reason: string): PaymentResult => ({ outcome: 'declined', reason });
const unknownReference = declined('unknown_reference');

/**
 * A payment provider that needs nobody: deterministic, scripted by the card's token (manners.ts) and by counters of outages. It keeps account like a
 * bank: no more is captured than was authorized, nothing after a void or when it has lapsed, no more refunded than captured. Every effect stands in
 * its book under `PAYMENT#<key>` (money-moved.ts sums them up).
 * @param now epoch milliseconds
 */
export function sandboxPayments(book: SandboxBook, now: () => number = Date.now): PaymentProvider {
  /** What may happen to a request before its effect. */
  const arrive = async (operation: PaymentEffect['operation'], key: string, manner: Manner): Promise<void> => {
    if (await book.take(paymentFault(operation))) throw new PaymentUnavailable('503 Service Unavailable');
    if (manner.isFlaky && (await book.count(`CALLS#${key}`)) <= 2)
      throw new PaymentUnavailable('503 Service Unavailable');
    if (manner.loses === 'request' && (await book.count(`CALLS#${key}`)) <= 1)
      throw new PaymentOutcomeUnknown('the request was lost');
  };
  /** Writes the effect down, and answers with what is written. */
  const answer = async <R extends AuthorizeResult>(
    key: string,
    manner: Manner,
    effect: { operation: string; amount: number; currency: string; result: R },
  ): Promise<R> => {
    const { value, isNew } = await book.keep(`PAYMENT#${key}`, JSON.stringify(effect));
    if (manner.loses === 'answer' && isNew) throw new PaymentOutcomeUnknown('the answer was lost');
    return resultIn<R>(value);
  };
  /** Who was sent to the bank's page may have been there since. */
  const afterAction = async (result: AuthorizeResult): Promise<AuthorizeResult> => {
    if (result.outcome !== 'actionRequired') return result;
    const how = await book.get(actionRow(result.reference));
    if (how === undefined) return result;
    return how === 'completed'
      ? { outcome: 'approved', reference: result.reference }
      : declined('authentication_failed');
  };

  async function authorize({
    key,
    token,
    amount,
    currency,
    merchantInitiated,
  }: AuthorizeRequest): Promise<AuthorizeResult> {
    const name = nameOfToken(token);
    const manner = mannerOf(name);
    await arrive('authorize', key, manner ?? {});
    const isRefused = merchantInitiated && manner?.refusesMerchants;
    const reason = isRefused ? 'authentication_required' : manner ? manner.declined : 'unknown_token';
    const expiresAt = manner?.lifetime === undefined ? undefined : now() + manner.lifetime;
    const reference = referenceOf(key, { currency, amount, expiresAt, name });
    const effect = { operation: 'authorize', amount, currency };
    if (reason !== undefined) return answer(key, manner ?? {}, { ...effect, result: declined(reason) });
    const result: AuthorizeResult = manner?.wantsCustomer
      ? { outcome: 'actionRequired', reference, action: { url: `https://bank.example/3ds/${reference}` } }
      : {
          outcome: 'approved',
          reference,
          ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
          ...(manner?.card && { card: manner.card }),
        };
    return afterAction(await answer(key, manner ?? {}, { ...effect, result }));
  }

  async function capture({ key, amount, currency, authorization: reference }: CaptureRequest): Promise<PaymentResult> {
    const authorization = authorizationOf(reference);
    if (!authorization) return unknownReference;
    const { manner } = authorization;
    await arrive('capture', key, manner);
    if (manner.wantsCustomer && (await book.get(actionRow(reference))) !== 'completed')
      return declined('not_authorized');
    let refused = '';
    const done = await moveOnce(book, authorization, key, (account) => {
      const reason = whyNotCaptured(account, amount);
      if (reason === undefined) return { operation: 'capture', amount };
      refused = reason;
      return undefined;
    });
    if (!done) return declined(refused);
    const taken = done.movement.amount;
    const result: PaymentResult = {
      outcome: 'approved',
      reference: captureReference(reference, done.slot),
      amount: taken,
    };
    return answer(key, manner, { operation: 'capture', amount: taken, currency, result });

    function whyNotCaptured(account: Account, wanted: number): string | undefined {
      if (currency !== authorization?.currency) return 'currency_mismatch';
      if (account.isVoided) return 'authorization_canceled';
      if (authorization.expiresAt !== undefined && now() >= authorization.expiresAt) return 'authorization_expired';
      if (manner.captureDeclined !== undefined) return manner.captureDeclined;
      if (account.open === 0 && authorization.amount > 0) return 'authorization_used_up';
      return wanted > account.open ? 'amount_exceeds_authorization' : undefined;
    }
  }

  async function cancel({ key, currency, authorization: reference }: VoidRequest): Promise<PaymentResult> {
    const authorization = authorizationOf(reference);
    if (!authorization) return unknownReference;
    await arrive('void', key, authorization.manner);
    const result: PaymentResult = { outcome: 'approved', reference };
    const done = await moveOnce(book, authorization, key, (account) =>
      account.isVoided ? undefined : { operation: 'void', amount: account.open },
    );
    // Voided before, under another key: there is nothing left that could be.
    if (!done) return result;
    return answer(key, authorization.manner, { operation: 'void', amount: done.movement.amount, currency, result });
  }

  async function refund({ key, amount, currency, capture: reference }: RefundRequest): Promise<PaymentResult> {
    const captured = captureOf(reference);
    if (!captured) return unknownReference;
    const { authorization, slot: of } = captured;
    const { manner } = authorization;
    await arrive('refund', key, manner);
    let refused = '';
    const returned = await returnedIn(book, await accountOf(book, authorization));
    const done = await moveOnce(book, authorization, key, (account): Omit<Movement, 'key'> | undefined => {
      const left = account.refundable(of, returned);
      refused = left === undefined ? 'unknown_reference' : 'amount_exceeds_capture';
      if (left === undefined || amount > left) return undefined;
      const fails = manner.allRefundsFail || account.refundsAskedFirst(of) < (manner.refundsThatFail ?? 0);
      return { operation: 'refund', amount, of, ...(fails && { failed: 'refund_failed' }) };
    });
    if (!done) return declined(refused);
    const { failed } = done.movement;
    const result: PaymentResult =
      failed === undefined
        ? { outcome: 'approved', reference: `${authorization.reference}/refund/${done.slot}` }
        : declined(failed);
    return answer(key, manner, { operation: 'refund', amount, currency, result });
  }

  return {
    capabilities: {
      partialCapture: true,
      multicapture: 'always',
      incrementalAuthorization: false,
      voidAfterPartialCapture: true,
      reauthorization: true,
      authorizationLifetime: undefined,
    },
    ...{ authorize, capture, refund },
    void: cancel,
    async query({ key, operation }) {
      const effect = await book.get(`PAYMENT#${key}`);
      if (operation === 'refund' && (await book.get(returnedRow(key))) !== undefined) return declined(REFUND_RETURNED);
      return effect === undefined ? undefined : afterAction(resultIn<AuthorizeResult>(effect));
    },
    dispute: (id) => disputeIn(book, id),
    async lookUp(reference) {
      const authorization = authorizationOf(reference);
      if (!authorization) return undefined;
      const { manner, expiresAt, amount } = authorization;
      if (manner.wantsCustomer && (await book.get(actionRow(reference))) !== 'completed') return { state: 'pending' };
      const account = await accountOf(book, authorization);
      if (account.isVoided) return { state: 'canceled' };
      if (account.open === 0 && amount > 0) return { state: 'closed' };
      return { state: expiresAt !== undefined && now() >= expiresAt ? 'lapsed' : 'open' };
    },
  };
}

const resultIn = <R extends AuthorizeResult>(effect: string): R => (JSON.parse(effect) as { result: R }).result;
