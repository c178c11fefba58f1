import * as z from 'zod';
import { CardFacts } from './card-facts.ts';
import type { Parties } from './invoice.ts';
import { Address, Billing, Client, Contact, PaymentAction } from './order.ts';

/** What stays in the store: it stands beside an event's data in the log, and the publisher does not read it. */

export const PlacedSecret = z.object({
  contact: Contact,
  address: Address,
  /** By payment. */
  tokens: z.record(z.string(), z.string()).optional(),
  /** Of the only payment, in events of version 0.1. */
  token: z.string().optional(),
  billing: Billing.optional(),
  client: Client.optional(),
  /** What customers want their lines to be made into, by line. */
  instructions: z.record(z.string(), z.array(z.string())).optional(),
});
export type PlacedSecret = z.infer<typeof PlacedSecret>;

export const RequestedSecret = z.object({ token: z.string().optional() });
export const AuthorizedSecret = z.object({ card: CardFacts });
export const ActionSecret = z.object({ action: PaymentAction });

/** By event. */
export interface Secrets {
  'order.placed': PlacedSecret;
  'payment.requested': z.infer<typeof RequestedSecret>;
  'payment.authorized': z.infer<typeof AuthorizedSecret>;
  'payment.action_required': z.infer<typeof ActionSecret>;
  'invoice.posted': Parties;
  'credit_memo.posted': Parties;
}
