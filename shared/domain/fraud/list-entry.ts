import * as z from 'zod';
import { listKinds } from './facts.ts';

/** `<kind>-<32 hex digits of the hash>`: the same value has the same id. */
export const ListEntryId = z
  .string()
  .regex(new RegExp(`^(${listKinds.join('|')})-[0-9a-f]{32}$`))
  .brand<'ListEntryId'>();
export type ListEntryId = z.infer<typeof ListEntryId>;

/** Whom a shop does not want, or trusts. What was listed is kept as a hash only. */
export const ListEntry = z.object({
  id: ListEntryId,
  kind: z.enum(listKinds),
  effect: z.enum(['refuse', 'review', 'allow']),
  note: z.string().optional(),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type ListEntry = z.infer<typeof ListEntry>;

export const listEntryId = (kind: ListEntry['kind'], hash: string): ListEntryId =>
  ListEntryId.parse(`${kind}-${hash.slice(0, 32)}`);

/** About one person or card; the others are about a house or a crowd. */
const personal: readonly ListEntry['kind'][] = ['customer', 'email', 'phone', 'card'];

/**
 * Which of an order's entries counts: one about a person beats one about a crowd, so that one customer of a blocked domain may be let in;
 * among equals the hardest.
 */
export function decisive(entries: readonly ListEntry[]): ListEntry | undefined {
  const hardness = ({ kind, effect }: ListEntry) =>
    (personal.includes(kind) ? 10 : 0) + ['allow', 'review', 'refuse'].indexOf(effect);
  return entries.toSorted((a, b) => hardness(b) - hardness(a) || (a.id < b.id ? -1 : 1))[0];
}
