import type { Sku } from '../domain/ids.ts';
import type { Location } from '../domain/location.ts';
import type { Bucket } from '../domain/stock.ts';

export interface Inventory {
  /** Buckets of a SKU at every location, by location id. */
  buckets(sku: Sku): Promise<Bucket[]>;
  /** Which of these SKUs are known: have ever had a bucket. */
  knownSkus(skus: readonly Sku[]): Promise<Set<Sku>>;
  locations(): Promise<Location[]>;
  putLocation(location: Location): Promise<void>;
}
