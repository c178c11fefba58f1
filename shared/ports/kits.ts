import type { Sku } from '../domain/ids.ts';
import type { Component } from '../domain/kit.ts';
import type { Page, Position } from './order-store.ts';

/** What a SKU is made of. Orders placed from then on are kits of it; those placed before keep what they were placed with. */
export interface Kit {
  sku: Sku;
  components: Component[];
  updatedAt: string;
}

export type PutKitOutcome =
  | { outcome: 'saved' }
  | { outcome: 'unknown_component'; index: number }
  /** The component is a kit itself, or this one is a component of it. */
  | { outcome: 'component_is_kit'; index: number };

export interface KitStore {
  kit(sku: Sku): Promise<Kit | undefined>;
  /** Of these SKUs, those that are kits, as they are defined now. */
  kitsAmong(skus: readonly Sku[]): Promise<Map<Sku, Component[]>>;
  putKit(kit: Kit): Promise<PutKitOutcome>;
  /** False if there is none. */
  deleteKit(sku: Sku): Promise<boolean>;
  /** By SKU. */
  kits(page: { limit: number; after?: Position | undefined }): Promise<Page<Kit>>;
}
