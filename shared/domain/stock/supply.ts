import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';

export const SupplyId = z
  .string()
  .regex(/^sup_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'SupplyId'>();
export type SupplyId = z.infer<typeof SupplyId>;

export const SupplyStatus = z.enum(['expected', 'received', 'canceled']);
export type SupplyStatus = z.infer<typeof SupplyStatus>;

export const SupplySource = z.object({
  type: z.enum(['purchase_order', 'production', 'transfer', 'other']),
  id: z.string().min(1).max(128),
});

/** Units of a SKU that are to arrive at a location. More may arrive than were expected; what was expected stays visible. */
export const Supply = z.object({
  id: SupplyId,
  sku: Sku,
  locationId: LocationId,
  quantity: z.int().positive(),
  /** Promised to orders that wait: at most what is still to come. */
  promised: z.int().min(0),
  received: z.int().min(0),
  eta: z.iso.datetime(),
  source: SupplySource,
  status: SupplyStatus,
  version: z.int().positive(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Supply = z.infer<typeof Supply>;

/** Units still to come. */
export const outstanding = ({ status, quantity, received }: Supply): number =>
  status === 'expected' ? Math.max(0, quantity - received) : 0;
