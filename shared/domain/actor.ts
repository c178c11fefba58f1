import * as z from 'zod';
import { LocationId } from './ids.ts';

/** `system` = workflows and timers; the others are roles of API keys. */
export const Role = z.enum(['storefront', 'agent', 'warehouse', 'finance', 'admin', 'system']);
export type Role = z.infer<typeof Role>;

export const Actor = z.object({
  id: z.string(),
  role: Role,
  /** Whose work is that of these locations and no other. Absent: of all. */
  locations: z.array(LocationId).optional(),
});
export type Actor = z.infer<typeof Actor>;

export const system = (id: string): Actor => ({ id, role: 'system' });
