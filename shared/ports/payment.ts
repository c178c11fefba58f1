import type { CardFacts } from '../domain/card-facts.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';

/** A provider that could not be reached or answered 5xx: nothing is known to have happened. Try again with the same key. */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable';
}

/** The request was sent and no answer came: it may have happened. Ask by the same key, never send with a new one. */
export class PaymentOutcomeUnknown extends Error {
  override readonly name = 'PaymentOutcomeUnknown';
}

export type PaymentResult =
  /**
   * `expiresAt`: when an authorization lapses, ISO 8601, where the provider says it. `amount`: what was captured or freed under the key, minor units;
   * another amount than asked for when the key was used before, or when something was taken meanwhile. `card`: what is known of the card that was
   * authorized.
   */
  | { outcome: 'approved'; reference: string; expiresAt?: string; amount?: number; card?: CardFacts }
  /** `available`: what could be had instead, minor units, where it is known (gift cards, store credit, terms). */
  | { outcome: 'declined'; reason: string; available?: number | undefined };

/**
 * What the customer is to do before the bank says yes (3-D Secure): see the bank's page at `url`, or go on in the storefront with the provider's script
 * and `clientSecret`. Whoever has it can act for the customer: it is in no event and no log.
 */
export interface PaymentAction {
  url?: string;
  clientSecret?: string;
}

export type AuthorizeResult =
  | PaymentResult
  /** Nothing is decided: asking again by the key tells what has become of it. */
  | { outcome: 'actionRequired'; reference: string; action: PaymentAction };

/** `key` identifies the effect for ever: one effect a key under any schedule of retries (invariant M8). Amounts in minor units. */
interface Keyed {
  key: string;
  amount: number;
  currency: string;
}

/**
 * `token` is the card's, or the code of a gift card; `account` whose store credit or credit line is asked for: a customer's or a company's id.
 */
export type AuthorizeRequest = Keyed & {
  token: string;
  orderId: string;
  account?: string;
  /** The customer has agreed before and is not there now: an authorization in the place of another. */
  merchantInitiated?: true;
};
/** `authorization` is the reference of the authorization. */
export type CaptureRequest = Keyed & { authorization: string };
export type VoidRequest = Keyed & { authorization: string };
/** `capture` is the reference of the capture. */
export type RefundRequest = Keyed & { capture: string };

/** `account`: whose credit; one that has none gets an account. */
export type GrantRequest = Keyed & { account: string; orderId: string };

/** An effect as it is, or was, asked for: what a provider needs to find it again by more than its key. */
export type PaymentEffect =
  | ({ operation: 'authorize' } & AuthorizeRequest)
  | ({ operation: 'capture' } & CaptureRequest)
  | ({ operation: 'void' } & VoidRequest)
  | ({ operation: 'refund' } & RefundRequest);

/** What a provider can do. Whoever plans captures asks here, never by the provider's name. */
export interface PaymentCapabilities {
  /** Less than the authorized amount may be captured. */
  partialCapture: boolean;
  /** Several captures of one authorization: `ifCardAllows` is known only after the authorization, and the first capture then releases the rest. */
  multicapture: 'always' | 'ifCardAllows' | 'never';
  /** An authorization can grow. */
  incrementalAuthorization: boolean;
  /** What a partial capture leaves can be given back before it expires. */
  voidAfterPartialCapture: boolean;
  /** What lapses can be authorized again with the same token, without its customer. */
  reauthorization: boolean;
  /** Hours until an authorization lapses at the latest; undefined: it does not. */
  authorizationLifetime: number | undefined;
}

export interface AuthorizationState {
  /** `closed`: captured for the last time. */
  state: 'pending' | 'open' | 'lapsed' | 'canceled' | 'closed';
  /** Of which order it says it is. */
  orderId?: string;
}

/** The customer has called on the bank. */
export interface Dispute {
  id: string;
  /** `inquiry`: the bank asks, and has taken nothing. `open`: the money is with the bank. */
  state: 'inquiry' | 'inquiryClosed' | 'open' | 'won' | 'lost';
  /** Minor units. */
  amount: number;
  currency: string;
  reason: string;
  /** Until when it can be answered, ISO 8601. */
  respondBy?: string;
}

/** What every payment adapter does; declines are values, outages are thrown. The contract tests run against each adapter. */
export interface PaymentProvider {
  readonly capabilities: PaymentCapabilities;
  authorize(request: AuthorizeRequest): Promise<AuthorizeResult>;
  capture(request: CaptureRequest): Promise<PaymentResult>;
  /** Gives back all that is not captured. */
  void(request: VoidRequest): Promise<PaymentResult>;
  refund(request: RefundRequest): Promise<PaymentResult>;
  /** Gives credit that no payment took: only store credit can. Its outcome is never unknown, as its accounts are our own. */
  grant?(request: GrantRequest): Promise<PaymentResult>;
  /** What became of the effect; undefined: the provider never saw it. It causes none itself. */
  query(effect: PaymentEffect): Promise<AuthorizeResult | undefined>;
  /** What has become of an authorization, by its reference; undefined: the provider does not know it. Absent: its authorizations never lapse. */
  lookUp?(authorization: string): Promise<AuthorizationState | undefined>;
  /** A dispute by its id; undefined: there is none. Absent: nobody disputes. */
  dispute?(id: string): Promise<Dispute | undefined>;
}

/** Who moves the money of each payment method. */
export interface PaymentProviders {
  of(method: PaymentMethod): PaymentProvider;
}

/**
 * What a provider tells by itself. It moves nothing here: money is reconciled with the provider's own objects, and a notice is but a reason to look.
 * Notices come late, twice and in any order.
 */
export interface PaymentNotice {
  /** The provider's, the same when it is sent again. */
  id: string;
  kind:
    | 'authorized'
    | 'declined'
    | 'voided'
    | 'expired'
    | 'captured'
    | 'refunded'
    | 'refundFailed'
    | 'disputed'
    | 'disputeClosed';
  /** ISO 8601, by the provider's clock. */
  occurredAt: string;
  /** The provider's id of what it is about. */
  subject: string;
  /** The reference of the authorization, where the provider says it. */
  authorization?: string;
  /** Ours, where the effect was ours. */
  orderId?: string;
  key?: string;
  /** Minor units. */
  amount?: number;
  currency?: string;
}

export type ReadWebhook =
  | { outcome: 'read'; notice: PaymentNotice }
  /** Signed, and about something that does not concern orders. */
  | { outcome: 'ignored'; id: string; type: string }
  | { outcome: 'refused'; reason: 'not_signed' | 'wrong_signature' | 'too_old' | 'malformed' };

/** Reads the webhooks of a provider. */
export interface PaymentWebhooks {
  /** @param request header names in lower case, the body as it came, `receivedAt` in epoch milliseconds */
  read(request: {
    headers: Readonly<Record<string, string | undefined>>;
    body: string;
    receivedAt: number;
  }): ReadWebhook | Promise<ReadWebhook>;
}
