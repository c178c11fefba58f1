import type { Sku } from '../domain/ids.ts';
import type { Location } from '../domain/location.ts';
import type { LocationGroup, LocationGroupId } from '../domain/network/location-group.ts';
import type { SafetyStockRule } from '../domain/network/safety-stock.ts';
import type { Storefront, StorefrontId } from '../domain/network/storefront.ts';
import type { Bucket } from '../domain/stock.ts';

/** Who sells from where: small, rarely changed, the same for every request until it changes. */
export interface Network {
  /** Raised by every change. */
  version: number;
  locations: readonly Location[];
  groups: ReadonlyMap<LocationGroupId, LocationGroup>;
  storefronts: ReadonlyMap<StorefrontId, Storefront>;
  /** The rules that name no SKU. */
  safety: readonly SafetyStockRule[];
}

/** What is known of one SKU, read at one moment. */
export interface SkuStock {
  category: string | undefined;
  buckets: Bucket[];
  /** The rules that name this SKU. */
  safety: SafetyStockRule[];
}

export type PutGroupOutcome =
  | { outcome: 'saved' }
  /** The group would contain itself: the way around. */
  | { outcome: 'cycle'; path: LocationGroupId[] };

export interface NetworkStore {
  /** As it is now: what somebody changed a moment ago counts. */
  network(): Promise<Network>;
  sku(sku: Sku): Promise<SkuStock>;
  putStorefront(storefront: Storefront): Promise<void>;
  /** False if there is none. */
  deleteStorefront(id: StorefrontId): Promise<boolean>;
  putGroup(group: LocationGroup): Promise<PutGroupOutcome>;
  deleteGroup(id: LocationGroupId): Promise<boolean>;
  /** Replaces the rule about the same subject. */
  putSafetyStock(rule: SafetyStockRule): Promise<void>;
  deleteSafetyStock(rule: SafetyStockRule): Promise<boolean>;
}
