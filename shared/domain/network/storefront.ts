import * as z from 'zod';
import { LegalEntityId } from '../legal-entity.ts';
import { Currency } from '../money.ts';
import { PolicyName } from '../routing/policies.ts';
import { DeliveryOption } from './delivery-option.ts';
import { LocationGroupId } from './location-group.ts';

/** A storefront is what orders call their `channel`. */
export const StorefrontId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64')
  .brand<'StorefrontId'>();
export type StorefrontId = z.infer<typeof StorefrontId>;

/** A place where customers buy, and the stock it sells. */
export const Storefront = z.object({
  id: StorefrontId,
  name: z.string(),
  kind: z.enum(['web', 'pos', 'marketplace', 'agent', 'b2b', 'crm']),
  /** The locations it sells from. Absent: all of them. */
  locationGroupId: LocationGroupId.optional(),
  currencies: z.array(Currency).max(50).default([]),
  locales: z.array(z.string().max(35)).max(50).default([]),
  /** A SKU with this many units to sell or fewer is shown as low. 0: never. */
  lowStock: z.int().min(0).max(1_000_000).default(0),
  /** How sites are chosen for its orders. Absent: by priority, with as few parcels as can be. */
  routingPolicy: PolicyName.optional(),
  /** An order goes out in this many parcels at most. Absent: 10. */
  maxParcels: z.int().min(1).max(10).optional(),
  /** Run beside the policy on each order; what they would have done is kept with the decision. */
  shadowPolicies: z.array(PolicyName).max(6).default([]),
  /** What customers may choose from. Empty: `usualOptions`. */
  deliveryOptions: z.array(DeliveryOption).max(30).default([]),
  /** Who sells here. Absent: `default`. */
  legalEntityId: LegalEntityId.optional(),
  updatedAt: z.iso.datetime(),
});
export type Storefront = z.infer<typeof Storefront>;
