import * as z from 'zod';
import { LocationId } from './ids.ts';

/** A place that holds stock and serves orders. */
export const Location = z.object({
  id: LocationId,
  name: z.string(),
  kind: z.enum(['distribution_center', 'warehouse', 'store', 'showroom', 'supplier', 'third_party']),
  country: z.string().optional(),
  timeZone: z.string(),
  /** Routing prefers the higher. */
  priority: z.int().min(0).max(1000),
  /** Disabled: nothing new is routed here. */
  enabled: z.boolean(),
  updatedAt: z.iso.datetime(),
});
export type Location = z.infer<typeof Location>;
