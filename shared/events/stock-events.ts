import * as z from 'zod';
import { LocationId, Sku } from '../domain/ids.ts';

/** What happens to stock outside of any order. Loose, as the order's events are: a reader accepts fields that a later version adds. */
export const stockEventData = {
  'stock.adjusted': z.looseObject({
    sku: Sku,
    locationId: LocationId,
    /** As counted. */
    onHand: z.int().min(0),
    /** What is left to sell after the count. */
    available: z.int().min(0),
    /** How many more (fewer, when negative) are on hand than before. */
    change: z.int(),
  }),
} as const;

export type StockEventType = keyof typeof stockEventData;

/** An event as it stands in the log of a SKU. */
export interface StockEvent {
  id: string;
  type: 'stock.adjusted';
  sequence: number;
  at: string;
  correlationId: string;
  causationId: string;
  data: z.infer<(typeof stockEventData)['stock.adjusted']>;
}
