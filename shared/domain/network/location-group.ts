import * as z from 'zod';
import { LocationId } from '../ids.ts';

export const LocationGroupId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits or "-", 1 to 32, starting with a letter or digit')
  .brand<'LocationGroupId'>();
export type LocationGroupId = z.infer<typeof LocationGroupId>;

/** A set of locations that serves storefronts together. What is not `active` counts as if it were not there. */
export const LocationGroup = z.object({
  id: LocationGroupId,
  name: z.string(),
  locations: z
    .array(z.strictObject({ locationId: LocationId, active: z.boolean().default(true) }))
    .max(1000)
    .default([]),
  /** Groups whose locations belong to this one too. */
  groups: z.array(LocationGroupId).max(50).default([]),
  updatedAt: z.iso.datetime(),
});
export type LocationGroup = z.infer<typeof LocationGroup>;

/**
 * The active locations of a group and of the groups in it. A location that is inactive in one group and active in another that is reached as
 * well is active. Groups that do not exist hold nothing.
 */
export function locationsOf(id: LocationGroupId, groups: ReadonlyMap<string, LocationGroup>): Set<LocationId> {
  const found = new Set<LocationId>();
  const seen = new Set<LocationGroupId>();
  const pending = [id];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const group = seen.has(next) ? undefined : groups.get(next);
    seen.add(next);
    if (!group) continue;
    for (const { locationId, active } of group.locations) if (active) found.add(locationId);
    pending.push(...group.groups);
  }
  return found;
}

/** The way from a group back to itself that `changed` would close, its ids in order; undefined if it closes none. */
export function cycleThrough(
  changed: LocationGroup,
  groups: ReadonlyMap<string, LocationGroup>,
): LocationGroupId[] | undefined {
  const explore = (id: LocationGroupId, path: LocationGroupId[], seen: Set<string>): LocationGroupId[] | undefined => {
    const members = id === changed.id ? changed.groups : (groups.get(id)?.groups ?? []);
    for (const member of members) {
      if (member === changed.id) return [...path, member];
      if (seen.has(member)) continue;
      seen.add(member);
      const found = explore(member, [...path, member], seen);
      if (found) return found;
    }
    return undefined;
  };
  return explore(changed.id, [changed.id], new Set());
}
