import type { Logo } from '../documents/logo.ts';
import type { LegalEntity } from '../domain/legal-entity.ts';
import type { StorefrontId } from '../domain/network/storefront.ts';

export interface LegalEntities {
  /** Who sells in a storefront (an order's `channel`). Never undefined: an installation always has `default`. */
  sellerIn(channel: string): Promise<LegalEntity>;
}

export type DeleteEntityOutcome =
  | { outcome: 'deleted' }
  | { outcome: 'not_found' }
  /** These storefronts sell for it. */
  | { outcome: 'in_use'; storefronts: StorefrontId[] };

/** For who administers them. */
export interface LegalEntityStore {
  /** By id; always with `default`. */
  all(): Promise<LegalEntity[]>;
  find(id: string): Promise<LegalEntity | undefined>;
  put(entity: LegalEntity): Promise<void>;
  /** Its logo goes with it. Documents keep what they were posted with. */
  remove(id: string): Promise<DeleteEntityOutcome>;
  /** False if there is no such legal entity. */
  putLogo(id: string, logo: Logo): Promise<boolean>;
  removeLogo(id: string): Promise<boolean>;
}

export interface Logos {
  logo(entityId: string): Promise<Logo | undefined>;
}
