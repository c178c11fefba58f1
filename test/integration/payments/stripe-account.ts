import {
  type Answer,
  type Charge,
  type Dispute,
  declines,
  failure,
  type Intent,
  invalid,
  missing,
  ok,
  type Refund,
} from './stripe-objects.ts';

export type Parameters = Readonly<Record<string, string>>;

/** What Stripe does with its objects: an account of its own for each test. */
export class StripeAccount {
  readonly intents = new Map<string, Intent>();
  readonly charges = new Map<string, Charge>();
  readonly refunds: Refund[] = [];
  readonly disputes = new Map<string, Dispute>();
  /** Cards that take one capture only. */
  multicapture: 'available' | 'unavailable' = 'available';
  /** The bank refuses refunds from now on. */
  refundsFail = false;
  readonly #now: () => number;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  answer(method: string, path: string, given: Parameters): Answer {
    const [, , resource = '', id = '', action = ''] = path.split('/');
    if (resource === 'refunds') return method === 'GET' ? this.#listRefunds(given) : this.#refund(given);
    if (resource === 'disputes') {
      const dispute = this.disputes.get(id);
      return dispute ? ok(dispute) : missing('dispute', id, 'dispute');
    }
    if (resource !== 'payment_intents')
      return failure(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${path})` });
    if (id === '') return this.#create(given);
    if (id === 'search') return this.#search(given);
    const intent = this.intents.get(id);
    if (!intent) return missing('payment_intent', id, 'intent');
    const expanded = (answer: Answer): Answer =>
      given['expand[0]'] && answer.status === 200
        ? ok({ ...answer.body, latest_charge: this.#chargeOf(intent) })
        : answer;
    if (method === 'GET') return expanded(ok(intent));
    if (action === 'confirm') return expanded(this.#confirm(intent, given));
    if (action === 'capture') return this.#capture(intent, given);
    if (action === 'cancel') return this.#cancel(intent, 'requested_by_customer');
    Object.assign(intent.metadata, metadataIn(given));
    return expanded(ok(intent));
  }

  /** An intent that a storefront has authorized with the customer there. */
  authorizedByStorefront(amount: number, currency: string): string {
    const intent = this.#new({ amount: String(amount), currency, capture_method: 'manual' });
    this.#authorize(intent, 'pm_card_visa');
    return intent.id;
  }

  /** The customer has been at the bank's page. */
  authenticated(id: string, isGood: boolean): void {
    const intent = this.intents.get(id);
    if (intent?.status !== 'requires_action') throw new Error(`${id} waits for nobody`);
    intent.next_action = null;
    if (isGood) {
      this.#authorize(intent, 'pm_card_threeDSecure2Required');
      return;
    }
    intent.status = 'requires_payment_method';
    intent.last_payment_error = {
      type: 'card_error',
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
    };
  }

  /** Seven days are over. */
  expire(id: string): void {
    const intent = this.intents.get(id);
    if (intent) this.#cancel(intent, 'automatic');
  }

  get captured(): number {
    return [...this.charges.values()].reduce((sum, { amount_captured }) => sum + amount_captured, 0);
  }

  get refunded(): number {
    return this.refunds.filter(({ status }) => status !== 'failed').reduce((sum, { amount }) => sum + amount, 0);
  }

  get blocked(): number {
    return [...this.intents.values()].reduce((sum, { amount_capturable }) => sum + amount_capturable, 0);
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_3Q${String(this.#count).padStart(6, '0')}`;
  }

  #seconds = (): number => Math.floor(this.#now() / 1000);

  #chargeOf = ({ latest_charge }: Intent): Charge | null => this.charges.get(latest_charge ?? '') ?? null;

  #create(given: Parameters): Answer {
    const known = [
      'amount',
      'currency',
      'capture_method',
      'allowed_payment_method_types[0]',
      'payment_method_options[card][request_multicapture]',
    ];
    const unknown = Object.keys(given).find((name) => !known.includes(name) && !name.startsWith('metadata['));
    if (unknown !== undefined) return invalid('parameter_unknown', `Received unknown parameter: ${unknown}`, unknown);
    if (!/^\d+$/.test(given.amount ?? '')) return invalid('parameter_invalid_integer', 'Invalid integer', 'amount');
    return ok(this.#new(given));
  }

  #new(given: Parameters): Intent {
    const intent: Intent = {
      id: this.#id('pi'),
      object: 'payment_intent',
      amount: Number(given.amount),
      amount_capturable: 0,
      amount_received: 0,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: given.capture_method === 'manual' ? 'manual' : 'automatic',
      created: this.#seconds(),
      currency: given.currency ?? '',
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: metadataIn(given),
      payment_method: null,
      status: 'requires_payment_method',
    };
    this.intents.set(intent.id, intent);
    return intent;
  }

  #search({ query = '' }: Parameters): Answer {
    const [, name = '', value = ''] = /^metadata\['(.+)'\]:'(.+)'$/.exec(query) ?? [];
    const data = [...this.intents.values()].filter(({ metadata }) => metadata[name] === value);
    return ok({ object: 'search_result', url: '/v1/payment_intents/search', has_more: false, next_page: null, data });
  }

  #confirm(intent: Intent, given: Parameters): Answer {
    if (intent.status !== 'requires_payment_method') {
      return invalid('payment_intent_unexpected_state', `This PaymentIntent's status is ${intent.status}`);
    }
    const method = given.payment_method ?? given.confirmation_token ?? '';
    const declined = declines[method];
    if (declined) {
      intent.last_payment_error = declined;
      return failure(402, declined);
    }
    if (method === 'pm_card_threeDSecure2Required') {
      Object.assign(intent, {
        status: 'requires_action',
        payment_method: method,
        client_secret: `${intent.id}_secret_x`,
        next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
      });
      return ok(intent);
    }
    if (!/^(pm_card_visa|ctoken_ok)$/.test(method)) {
      return missing('PaymentMethod', method, given.payment_method ? 'payment_method' : 'confirmation_token');
    }
    this.#authorize(intent, method);
    return ok(intent);
  }

  #authorize(intent: Intent, method: string): void {
    const charge: Charge = {
      id: this.#id('ch'),
      object: 'charge',
      amount: intent.amount,
      amount_captured: 0,
      amount_refunded: 0,
      payment_intent: intent.id,
      payment_method_details: {
        type: 'card',
        card: {
          ...{ brand: 'visa', last4: '4242', multicapture: { status: this.multicapture } },
          capture_before: this.#seconds() + 7 * 24 * 3600,
          ...{ country: 'US', fingerprint: 'Xt5EWLLDS7FJjR1c' },
          checks: { address_line1_check: null, address_postal_code_check: 'unchecked', cvc_check: 'pass' },
        },
      },
    };
    this.charges.set(charge.id, charge);
    Object.assign(intent, { status: 'requires_capture', latest_charge: charge.id, payment_method: method });
    intent.amount_capturable = intent.amount;
  }

  #capture(intent: Intent, given: Parameters): Answer {
    const charge = this.#chargeOf(intent);
    if (intent.status !== 'requires_capture' || !charge) {
      return invalid(
        'payment_intent_unexpected_state',
        `This PaymentIntent could not be captured because it has a status of ${intent.status}.`,
      );
    }
    const amount = Number(given.amount_to_capture ?? intent.amount_capturable);
    if (amount > intent.amount_capturable)
      return invalid('amount_too_large', 'Amount is too large', 'amount_to_capture');
    const isFinal = given.final_capture !== 'false';
    if (!isFinal && charge.payment_method_details.card.multicapture.status !== 'available') {
      return invalid('payment_intent_invalid_parameter', 'final_capture needs multicapture', 'final_capture');
    }
    intent.amount_received += amount;
    charge.amount_captured += amount;
    intent.amount_capturable = isFinal ? 0 : intent.amount_capturable - amount;
    if (intent.amount_capturable === 0) intent.status = 'succeeded';
    Object.assign(intent.metadata, metadataIn(given));
    return ok(intent);
  }

  #cancel(intent: Intent, reason: string): Answer {
    if (intent.status === 'canceled' || intent.status === 'succeeded' || intent.amount_received > 0) {
      return invalid(
        'payment_intent_unexpected_state',
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      );
    }
    Object.assign(intent, {
      status: 'canceled',
      amount_capturable: 0,
      canceled_at: this.#seconds(),
      cancellation_reason: reason,
    });
    return ok(intent);
  }

  #refund(given: Parameters): Answer {
    const charge = this.charges.get(given.charge ?? '');
    if (!charge) return missing('charge', given.charge ?? '', 'charge');
    const amount = Number(given.amount);
    const left = charge.amount_captured - charge.amount_refunded;
    if (left === 0) return invalid('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
    if (amount > left)
      return invalid('amount_too_large', `Refund amount is greater than unrefunded amount on charge`, 'amount');
    const refund: Refund = {
      id: this.#id('re'),
      object: 'refund',
      amount,
      charge: charge.id,
      created: this.#seconds(),
      currency: this.intents.get(charge.payment_intent)?.currency ?? '',
      metadata: metadataIn(given),
      status: this.refundsFail ? 'failed' : 'succeeded',
      ...(this.refundsFail && { failure_reason: 'lost_or_stolen_card' }),
    };
    if (!this.refundsFail) charge.amount_refunded += amount;
    this.refunds.unshift(refund);
    return ok(refund);
  }

  /** Pages of two, so that whoever stops at the first page is found out. */
  #listRefunds({ charge, starting_after: after }: Parameters): Answer {
    const all = this.refunds.filter((each) => each.charge === charge);
    const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return ok({ object: 'list', url: '/v1/refunds', has_more: all.length > from + 2, data: all.slice(from, from + 2) });
  }
}

const metadataIn = (given: Parameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );
