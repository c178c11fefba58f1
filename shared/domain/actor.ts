import * as z from 'zod';

/** `system` = workflows and timers; the others are roles of API keys. */
export const Role = z.enum(['storefront', 'agent', 'warehouse', 'finance', 'admin', 'system']);
export type Role = z.infer<typeof Role>;

export const Actor = z.object({ id: z.string(), role: Role });
export type Actor = z.infer<typeof Actor>;

export const system = (id: string): Actor => ({ id, role: 'system' });
