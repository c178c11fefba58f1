import type { LocationId, Sku } from '../domain/ids.ts';
import type { Location } from '../domain/location.ts';
import type { Bucket } from '../domain/stock.ts';

export type AdjustOutcome =
  | { outcome: 'adjusted'; bucket: Bucket }
  /** Fewer on hand than are promised to orders and carts. */
  | { outcome: 'below_committed'; bucket: Bucket }
  | { outcome: 'unknown_location' };

export interface Inventory {
  /** Buckets of a SKU at every location, by location id. */
  buckets(sku: Sku): Promise<Bucket[]>;
  /** Which of these SKUs are known: have ever had a bucket. */
  knownSkus(skus: readonly Sku[]): Promise<Set<Sku>>;
  /** Sets what was counted. Committed and held units stay; `available` takes the difference. Emits `stock.adjusted`. */
  setOnHand(
    sku: Sku,
    locationId: LocationId,
    onHand: number,
    actor: { id: string; role: string },
  ): Promise<AdjustOutcome>;
  locations(): Promise<Location[]>;
  putLocation(location: Location): Promise<void>;
}
