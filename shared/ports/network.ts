import type { CapacityDay, CapacityUse } from '../domain/capacity.ts';
import type { LocationId, Sku } from '../domain/ids.ts';
import type { Component } from '../domain/kit.ts';
import type { Location } from '../domain/location.ts';
import type { LocationGroup, LocationGroupId } from '../domain/network/location-group.ts';
import type { Restrictions } from '../domain/network/restrictions.ts';
import type { RoutingRule, RoutingRules, RoutingRulesId, Stranger } from '../domain/network/routing-rules.ts';
import type { SafetyStockRule, SafetyStockSubject } from '../domain/network/safety-stock.ts';
import type { ShippingRates } from '../domain/network/shipping-rates.ts';
import type { Storefront, StorefrontId } from '../domain/network/storefront.ts';
import type { CartHoldId } from '../domain/stock/cart-hold.ts';
import type { Demand } from '../domain/stock/demand.ts';
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
  /** Those of `freeEverywhere` when nobody has set any. */
  rates: ShippingRates;
  /** Goods that may not go everywhere, or not from everywhere. */
  restrictions: Restrictions;
  /** Who may serve which orders, by storefront. Without: everybody of its group. */
  rules: ReadonlyMap<string, RoutingRules>;
}

/** A bucket, and what orders wanted of it lately. Without: nothing is known of that. */
export type StockForSale = Bucket & { demand?: Demand };

/** What is known of one SKU, read at one moment. */
export interface SkuStock {
  /** What it is made of; then its own buckets are not sold. Absent: no kit. */
  components?: Component[];
  category: string | undefined;
  /** Units of carts whose time is over count as available, whether or not the sweep has been there. */
  buckets: StockForSale[];
  /** The holds of those carts: whoever wants the units ends them first. */
  expired: CartHoldId[];
  /** What those hold still: part of `available` above, not yet of what is stored. */
  overdue: { locationId: LocationId; quantity: number }[];
  /** The rules that name this SKU. */
  safety: SafetyStockRule[];
}

export type PutStorefrontOutcome =
  | { outcome: 'saved' }
  | { outcome: 'unknown_group'; groupId: LocationGroupId }
  | { outcome: 'unknown_legal_entity'; legalEntityId: string };

export interface SkuCategory {
  sku: Sku;
  category: string | undefined;
}

export type PutSafetyOutcome =
  | { outcome: 'saved' }
  | { outcome: 'unknown_location'; locationId: LocationId }
  /** Storefronts are set up, and it is none of them. */
  | { outcome: 'unknown_storefront'; storefrontId: StorefrontId };

/** Of what names locations. */
export type PutTableOutcome = { outcome: 'saved' } | { outcome: 'unknown_location'; locationId: LocationId };

export type PutRulesOutcome =
  /** As they were before, version and all, when nothing is different. */
  | { outcome: 'saved'; rules: RoutingRules }
  | { outcome: 'unknown_storefront' }
  | { outcome: 'strangers'; strangers: Stranger[] };

export type PutGroupOutcome =
  | { outcome: 'saved'; group: LocationGroup }
  | { outcome: 'not_found' }
  | { outcome: 'unknown_location'; locationId: LocationId }
  | { outcome: 'unknown_group'; groupId: LocationGroupId }
  /** The group would contain itself: the way around. */
  | { outcome: 'cycle'; path: LocationGroupId[] };

export type DeleteGroupOutcome =
  | { outcome: 'deleted' }
  | { outcome: 'not_found' }
  /** Storefronts sell from it, groups contain it, or routing rules name it. */
  | { outcome: 'in_use'; storefronts: StorefrontId[]; groups: LocationGroupId[]; rules: RoutingRulesId[] };

/** For who sells. */
export interface NetworkReader {
  /** As it is now: what somebody changed a moment ago counts. */
  network(): Promise<Network>;
  sku(sku: Sku): Promise<SkuStock>;
  /** By `capacityKey`, what orders take of these days as of now; a day that nobody has taken anything of is absent. */
  capacity(days: readonly CapacityDay[]): Promise<Map<string, CapacityUse>>;
}

/** Every change is made of the network as it is at that moment: nobody's change is lost, and no two changes together break what each keeps. */
export interface NetworkStore extends NetworkReader {
  putStorefront(storefront: Storefront): Promise<PutStorefrontOutcome>;
  /** False if there is none. */
  deleteStorefront(id: StorefrontId): Promise<boolean>;
  /** @param change makes the group of what it is now; undefined: leave it (not found) */
  putGroup(
    id: LocationGroupId,
    change: (now: LocationGroup | undefined) => LocationGroup | undefined,
  ): Promise<PutGroupOutcome>;
  deleteGroup(id: LocationGroupId): Promise<DeleteGroupOutcome>;
  putShippingRates(rates: ShippingRates): Promise<PutTableOutcome>;
  putRestrictions(restrictions: Restrictions): Promise<PutTableOutcome>;
  /** @param onlyCheck say what would come of it, and change nothing */
  putRoutingRules(
    id: RoutingRulesId,
    rules: readonly RoutingRule[],
    options?: { onlyCheck?: boolean },
  ): Promise<PutRulesOutcome>;
  /** False if there are none. */
  deleteRoutingRules(id: RoutingRulesId): Promise<boolean>;
  /** Replaces the rule about the same subject. */
  putSafetyStock(rule: SafetyStockRule): Promise<PutSafetyOutcome>;
  deleteSafetyStock(subject: SafetyStockSubject): Promise<boolean>;
  /** Of which category's safety stock SKUs have their share; all at once, or none. @returns those that have never had stock, by index: none is changed */
  putCategories(categories: readonly SkuCategory[]): Promise<number[]>;
}

/** For who needs nothing else of the network. */
export interface RatesReader {
  /** Those of `freeEverywhere` when nobody has set any. */
  rates(): Promise<ShippingRates>;
}

/** Changes of the network that nobody has acted on yet. */
export interface NetworkChanges {
  /** The network's version, if it has changed since what was seen. */
  unseen(): Promise<number | undefined>;
  /** Never goes back. */
  seen(version: number): Promise<void>;
}
