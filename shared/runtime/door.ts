import type { LocationId } from '../domain/ids.ts';
import { type ApiKeyStore, type Authentication, authenticate, type KeyRole } from './authentication.ts';
import type { RouteContract } from './contract.ts';
import { ProblemError } from './problem.ts';
import { rememberingKeys } from './remembering-keys.ts';

export interface Caller {
  keyId: string;
  role: KeyRole;
  /** Of a key for the work of some locations only. */
  locations?: readonly LocationId[];
}

/** Who sends this Authorization header. */
export type Door = (authorization: string | undefined) => Promise<Authentication>;

/** What every group of routes is given besides what its routes need. */
export interface Guarded {
  door: Door;
}

export function keyDoor(keys: ApiKeyStore, now: () => number): Door {
  const remembering = rememberingKeys(keys, now);
  return (authorization) => authenticate(authorization, remembering, now());
}

/**
 * Lets in who has a key of one of the route's roles; who has one for some locations only, where the route heeds them.
 * @throws ProblemError 401, 403; and whatever keeps keys from being read, which lets nobody in
 */
export async function admit(
  door: Door,
  { roles, ownLocations }: { roles: readonly KeyRole[] } & Pick<RouteContract, 'ownLocations'>,
  authorization: string | undefined,
  known: (keyId: string) => void,
): Promise<Caller> {
  const found = await door(authorization);
  if (!found.ok) throw new ProblemError(found.error, undefined, { headers: { 'www-authenticate': 'Bearer' } });
  const { keyId, role, locations } = found;
  known(keyId);
  if (!roles.includes(role)) {
    throw new ProblemError('forbidden', `A ${role} key may not do this; ${roles.join(', ')} may.`);
  }
  if (locations && !ownLocations) {
    throw new ProblemError('forbidden', `This key is for the work of ${locations.join(', ')} only.`);
  }
  return { keyId, role, ...(locations && { locations }) };
}
