import { createHash } from 'node:crypto';
import {
  PaymentOutcomeUnknown,
  type PaymentProvider,
  type PaymentResult,
  PaymentUnavailable,
} from '../../ports/payment.ts';
import type { SandboxBook } from './book.ts';

/**
 * A payment provider that needs nobody: deterministic, scripted by the card token.
 *
 * | token | what happens |
 * |---|---|
 * | `tok_ok` | approved |
 * | `tok_declined` | declined, `card_declined` |
 * | `tok_timeout_once` | the effect takes place, but the first answer to each request is lost |
 * | `tok_flaky` | each request fails twice with 503, before any effect |
 * | anything else | declined, `unknown_token` |
 *
 * An authorization's reference carries the token's manner, so that captures, voids and refunds behave alike.
 */
export function sandboxPayments(book: SandboxBook): PaymentProvider {
  const effect = async (key: string, manner: string, operation: string, result: PaymentResult, amount: number) => {
    if (manner === 'flaky' && (await book.count(`CALLS#${key}`)) <= 2)
      throw new PaymentUnavailable('503 Service Unavailable');
    const entry = JSON.stringify({ operation, amount, result });
    const { value, isNew } = await book.keep(`PAYMENT#${key}`, entry);
    if (manner === 'timeout_once' && isNew) throw new PaymentOutcomeUnknown('the answer was lost');
    return (JSON.parse(value) as { result: PaymentResult }).result;
  };
  const onReference = (operation: string) => (request: { key: string; amount: number }, on: string) => {
    const manner = mannerOf(on);
    const result: PaymentResult = manner
      ? { outcome: 'approved', reference: reference(operation, request.key, manner) }
      : { outcome: 'declined', reason: 'unknown_reference' };
    return effect(request.key, manner ?? 'ok', operation, result, request.amount);
  };
  const capture = onReference('capture');
  const cancel = onReference('void');
  const refund = onReference('refund');

  return {
    capabilities: {
      partialCapture: true,
      multicapture: 'always',
      incrementalAuthorization: false,
      voidAfterPartialCapture: true,
      authorizationLifetime: undefined,
    },
    authorize({ key, token, amount }) {
      const manner = manners.find((one) => token === `tok_${one}`);
      const result: PaymentResult = manner
        ? { outcome: 'approved', reference: reference('authorize', key, manner) }
        : { outcome: 'declined', reason: token === 'tok_declined' ? 'card_declined' : 'unknown_token' };
      return effect(key, manner ?? 'ok', 'authorize', result, amount);
    },
    capture: (request) => capture(request, request.authorization),
    void: (request) => cancel(request, request.authorization),
    refund: (request) => refund(request, request.capture),
    async query({ key }) {
      const entry = await book.get(`PAYMENT#${key}`);
      return entry === undefined ? undefined : (JSON.parse(entry) as { result: PaymentResult }).result;
    },
  };
}

const manners = ['ok', 'timeout_once', 'flaky'] as const;

const reference = (operation: string, key: string, manner: string): string =>
  `sbx_${operation}_${createHash('sha256').update(key).digest('hex').slice(0, 16)}_${manner}`;

const mannerOf = (ref: string): string | undefined =>
  manners.find((manner) => ref.startsWith('sbx_') && ref.endsWith(`_${manner}`));
