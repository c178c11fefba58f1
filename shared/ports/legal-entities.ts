import type { LegalEntity } from '../domain/legal-entity.ts';

export interface LegalEntities {
  /** Who sells in a storefront (an order's `channel`). Never undefined: an installation always has `default`. */
  sellerIn(channel: string): Promise<LegalEntity>;
}
