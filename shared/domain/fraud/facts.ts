import type { CardFacts } from '../card-facts.ts';
import type { OrderId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { PaymentMethod } from '../payment-method.ts';

/**
 * What a list may name, from the person to the crowd: an entry about one person says more than one about everybody who has the same
 * provider.
 */
export const listKinds = ['customer', 'email', 'phone', 'card', 'address', 'ip', 'emailDomain'] as const;
export type ListKind = (typeof listKinds)[number];

/** What orders are counted by. */
export const velocityKinds = ['customer', 'email', 'card', 'address', 'ip'] as const satisfies readonly ListKind[];
export type VelocityKind = (typeof velocityKinds)[number];

/**
 * What is known of an order when it is screened. Nobody can be found by it: whoever is meant is a hash, places are coarse.
 * Amounts in minor units, instants ISO 8601 UTC.
 */
export interface FraudFacts {
  orderId: OrderId;
  /** Where it was placed: the storefront. */
  channel: string;
  placedAt: string;
  amount: number;
  currency: Currency;
  /** The shop's own id of the customer. */
  customerId: string;
  /** Hashes of what lists and counts go by. What is unknown is absent. */
  subjects: Partial<Record<ListKind, string>>;
  email?: { md5: string; domain: string };
  shipping: { country: string; region?: string; postalCode?: string };
  billing?: { country: string; region?: string; postalCode?: string };
  /** Billing and shipping address are the same. Absent: one of them is unknown. */
  addressesMatch?: boolean;
  ip?: { country: string };
  payment: {
    method: PaymentMethod;
    card?: Omit<CardFacts, 'fingerprint'>;
  };
  /** Units of all lines. */
  items: number;
}
