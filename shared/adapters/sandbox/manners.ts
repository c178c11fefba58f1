import type { CardFacts } from '../../domain/card-facts.ts';

const hour = 3_600_000;

/** How a card of the sandbox behaves; the authorization's reference carries its name, so that captures, voids and refunds behave alike. */
export interface Manner {
  /** Why it is declined. */
  declined?: string;
  /** The bank wants to see the customer (3-D Secure). */
  wantsCustomer?: true;
  /** What is told of it, for those who judge orders. */
  card?: CardFacts;
  /** Milliseconds until an authorization lapses. */
  lifetime?: number;
  /** Its bank wants to see the customer where a merchant asks again for what lapsed. */
  refusesMerchants?: true;
  /** Each request fails twice with 503, before any effect. */
  isFlaky?: true;
  /** The first time for each key: the request is lost before its effect, or its answer after. */
  loses?: 'request' | 'answer';
  captureDeclined?: string;
  /** One capture: it releases the rest. */
  takesOneCapture?: true;
  /** So many refunds come back, of the capture that is asked first. */
  refundsThatFail?: number;
  allRefundsFail?: true;
}

/** docs/payments.md has this table for people. */
const manners: Readonly<Record<string, Manner>> = {
  ok: {},
  declined: { declined: 'card_declined' },
  insufficient_funds: { declined: 'insufficient_funds' },
  expired_card: { declined: 'expired_card' },
  stolen_card: { declined: 'lost_or_stolen_card' },
  '3ds': { wantsCustomer: true },
  timeout_once: { loses: 'answer' },
  timeout_before: { loses: 'request' },
  flaky: { isFlaky: true },
  cvc_fails: { card: { cvcCheck: 'fail' } },
  capture_declined: { captureDeclined: 'card_declined' },
  one_capture: { takesOneCapture: true },
  refund_fails: { allRefundsFail: true },
  refund_fails_once: { refundsThatFail: 1 },
  refund_fails_twice: { refundsThatFail: 2 },
};

/** `tok_expires_36h`: its authorizations lapse after 36 hours; `tok_expires_36h_once`: and only its customer can authorize another. */
const lapsing = /^expires_([1-9]\d{0,3})h(_once)?$/;

/** `tok_issued_fr_2`: the second card of a French issuer. */
const issued = /^issued_([a-z]{2})(?:_\d{1,6})?$/;

/** @returns undefined: there is no such card */
export function mannerOf(name: string): Manner | undefined {
  const [, hours, once] = lapsing.exec(name) ?? [];
  if (hours !== undefined) return { lifetime: Number(hours) * hour, ...(once && { refusesMerchants: true }) };
  const country = issued.exec(name)?.[1]?.toUpperCase();
  if (country !== undefined) return { card: { fingerprint: `sandbox_${name}`, country, cvcCheck: 'pass' } };
  return Object.hasOwn(manners, name) ? manners[name] : undefined;
}

export const nameOfToken = (token: string): string => token.replace(/^tok_/, '');
