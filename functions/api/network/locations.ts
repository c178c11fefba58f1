import { pageById } from '../../../shared/api/listing-by-id.ts';
import { capacityKey, declaresCapacity } from '../../../shared/domain/capacity.ts';
import type { LocationId } from '../../../shared/domain/ids.ts';
import type { Location } from '../../../shared/domain/location.ts';
import { addDays, wallClockAt } from '../../../shared/domain/network/wall-clock.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { locationContracts } from './locations-contract.ts';
import type { NetworkDeps } from './network.ts';

type RequestOf<Name extends keyof typeof locationContracts> = ApiRequest<(typeof locationContracts)[Name]>;

export async function listLocations(deps: NetworkDeps, request: RequestOf<'listLocations'>): Promise<Answer> {
  const { kind, enabled } = request.query;
  const { locations } = await deps.network.network();
  const found = locations.filter(
    (one) => (kind === undefined || one.kind === kind) && (enabled === undefined || String(one.enabled) === enabled),
  );
  return pageById(deps, request, 'locations', found, { kind, enabled });
}

export const getLocation = async (deps: NetworkDeps, { params }: RequestOf<'getLocation'>): Promise<Answer> => ({
  status: 200,
  body: await located(deps, params.id),
});

async function located({ network }: NetworkDeps, id: LocationId): Promise<Location> {
  const found = (await network.network()).locations.find((one) => one.id === id);
  if (!found) throw new ProblemError('location_not_found');
  return found;
}

/** Orders are counted only where a limit is declared: where none is, there is no day to tell. */
export async function getCapacity(deps: NetworkDeps, { params, query }: RequestOf<'getCapacity'>): Promise<Answer> {
  const location = await located(deps, params.id);
  const { id: locationId, timeZone, capacity: limits } = location;
  const from = query.from ?? wallClockAt(timeZone, deps.system.now()).date;
  const days = declaresCapacity(location)
    ? Array.from({ length: query.days }, (_, ahead) => ({ locationId, day: addDays(from, ahead) }))
    : [];
  const taken = await deps.network.capacity(days);
  const data = days.map((day) => {
    const { orders, units } = taken.get(capacityKey(day)) ?? { orders: 0, units: 0 };
    return {
      day: day.day,
      orders,
      units,
      ordersLeft: left(limits.ordersPerDay, orders),
      unitsLeft: left(limits.unitsPerDay, units),
    };
  });
  return { status: 200, body: { locationId, timeZone, limits, days: data } };
}

/** Null: no limit. A limit that was lowered leaves nothing, and takes nothing back. */
const left = (limit: number | undefined, taken: number): number | null =>
  limit === undefined ? null : Math.max(0, limit - taken);
