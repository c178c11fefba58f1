import type { Waiting } from '../domain/backorders.ts';
import type { Sku } from '../domain/ids.ts';

export interface BackorderQueue {
  /**
   * Who waits for a SKU and ranks before `rank`, first first. Read after the stock was: an order that has just been served is no longer among
   * them.
   * @param isEnough asked now and then about those found so far: whether who comes later gets nothing anyway
   */
  ahead(sku: Sku, rank: string, isEnough: (found: readonly Waiting[]) => boolean): Promise<Waiting[]>;
}
