import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { PaymentNotice, PaymentWebhooks, ReadWebhook } from '../../ports/payment.ts';
import { answerAction } from './action.ts';
import type { SandboxBook } from './book.ts';
import { keepDispute, SandboxDispute } from './dispute.ts';
import { returnRefund } from './returned-refund.ts';

/** Known to everybody: what is signed with it moves play money. */
export const sandboxSecret = 'whsec_sandbox';

/** Seconds between signature and arrival: what is older may have been recorded and sent again. */
const tolerance = 300;

export const SandboxNotice = z.object({
  id: z.string().min(1),
  type: z.enum([
    'authorized',
    'declined',
    'voided',
    'expired',
    'captured',
    'refunded',
    'refundFailed',
    'disputed',
    'disputeClosed',
    'action.completed',
    'action.failed',
  ]),
  occurredAt: z.iso.datetime(),
  /** The authorization's. */
  reference: z.string(),
  /** Of the authorization's effect: begins with the order's id. */
  key: z.string().optional(),
  amount: z.int().optional(),
  currency: z.string().optional(),
  /** Of notices about one. */
  dispute: SandboxDispute.optional(),
});
export type SandboxNotice = z.infer<typeof SandboxNotice>;

const signatureOf = (seconds: number, body: string): string =>
  createHmac('sha256', sandboxSecret).update(`${seconds}.${body}`).digest('hex');

/** A notice as the sandbox sends it. @param now epoch milliseconds */
export function signedNotice(notice: SandboxNotice, now: number): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(notice);
  const seconds = Math.floor(now / 1000);
  return { body, headers: { 'sandbox-signature': `t=${seconds},v1=${signatureOf(seconds, body)}` } };
}

/** Notices of the sandbox; that somebody has been at the bank's page is what it learns by them itself. */
export function sandboxWebhooks(book: SandboxBook): PaymentWebhooks {
  return {
    async read({ headers, body, receivedAt }): Promise<ReadWebhook> {
      const signature = headers['sandbox-signature'];
      if (signature === undefined) return { outcome: 'refused', reason: 'not_signed' };
      const [, at = '', given = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
      const expected = Buffer.from(signatureOf(Number(at), body), 'hex');
      if (given === '' || !timingSafeEqual(expected, Buffer.from(given, 'hex'))) {
        return { outcome: 'refused', reason: 'wrong_signature' };
      }
      if (Math.abs(receivedAt / 1000 - Number(at)) > tolerance) return { outcome: 'refused', reason: 'too_old' };
      const notice = parsed(body);
      if (!notice) return { outcome: 'refused', reason: 'malformed' };
      const { type, reference, ...rest } = notice;
      if (type === 'action.completed') await answerAction(book, reference, 'completed');
      if (type === 'action.failed') await answerAction(book, reference, 'failed');
      const { dispute } = rest;
      if (dispute) await keepDispute(book, dispute);
      if (type === 'refundFailed' && rest.key !== undefined) await returnRefund(book, rest.key);
      const kind: PaymentNotice['kind'] =
        type === 'action.completed' ? 'authorized' : type === 'action.failed' ? 'declined' : type;
      const [orderId] = rest.key?.split(':') ?? [];
      const { id, occurredAt, key, amount, currency } = rest;
      return {
        outcome: 'read',
        notice: {
          ...{ id, kind, occurredAt, subject: dispute?.id ?? reference, authorization: reference },
          ...(orderId !== undefined && { orderId }),
          ...(key !== undefined && { key }),
          ...(amount !== undefined && { amount }),
          ...(currency !== undefined && { currency }),
        },
      };
    },
  };
}

function parsed(body: string): SandboxNotice | undefined {
  try {
    return SandboxNotice.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
