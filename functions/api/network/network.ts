import type { ListingDeps } from '../../../shared/api/listing.ts';
import { pageById } from '../../../shared/api/listing-by-id.ts';
import type { LocationId } from '../../../shared/domain/ids.ts';
import type { LocationGroup } from '../../../shared/domain/network/location-group.ts';
import type { NetworkStore, PutGroupOutcome } from '../../../shared/ports/network.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { networkContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof networkContracts> = ApiRequest<(typeof networkContracts)[Name]>;

export interface NetworkDeps extends ListingDeps {
  network: NetworkStore;
  system: System;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const gone: Answer = { status: 204 };

export const listStorefronts = async (deps: NetworkDeps, request: RequestOf<'listStorefronts'>): Promise<Answer> =>
  pageById(deps, request, 'storefronts', (await deps.network.network()).storefronts.values());

export async function getStorefront({ network }: NetworkDeps, { params }: RequestOf<'getStorefront'>): Promise<Answer> {
  const found = (await network.network()).storefronts.get(params.id);
  if (!found) throw new ProblemError('storefront_not_found');
  return ok(found);
}

export async function putStorefront(
  { network, system }: NetworkDeps,
  { params, body }: RequestOf<'putStorefront'>,
): Promise<Answer> {
  const storefront = { id: params.id, ...body, updatedAt: isoNow(system) };
  const saved = await network.putStorefront(storefront);
  if (saved.outcome === 'unknown_group') throw pointing('unknown_location_group', '/locationGroupId', saved.groupId);
  if (saved.outcome === 'unknown_legal_entity') {
    throw pointing('unknown_legal_entity', '/legalEntityId', saved.legalEntityId);
  }
  return ok(storefront);
}

export async function deleteStorefront(
  { network }: NetworkDeps,
  { params }: RequestOf<'deleteStorefront'>,
): Promise<Answer> {
  if (!(await network.deleteStorefront(params.id))) throw new ProblemError('storefront_not_found');
  return gone;
}

export const listLocationGroups = async (
  deps: NetworkDeps,
  request: RequestOf<'listLocationGroups'>,
): Promise<Answer> => pageById(deps, request, 'location-groups', (await deps.network.network()).groups.values());

export async function getLocationGroup(
  { network }: NetworkDeps,
  { params }: RequestOf<'getLocationGroup'>,
): Promise<Answer> {
  const found = (await network.network()).groups.get(params.id);
  if (!found) throw new ProblemError('location_group_not_found');
  return ok(found);
}

export async function putLocationGroup(
  { network, system }: NetworkDeps,
  { params, body }: RequestOf<'putLocationGroup'>,
): Promise<Answer> {
  const group = { id: params.id, ...body, updatedAt: isoNow(system) };
  const saved = await network.putGroup(params.id, () => group);
  if (saved.outcome === 'unknown_location') {
    const index = body.locations.findIndex(({ locationId }) => locationId === saved.locationId);
    throw pointing('unknown_location', `/locations/${index}/locationId`, saved.locationId);
  }
  if (saved.outcome === 'unknown_group') {
    throw pointing('unknown_location_group', `/groups/${body.groups.indexOf(saved.groupId)}`, saved.groupId);
  }
  if (saved.outcome === 'cycle') {
    const [, next] = saved.path;
    const index = next ? body.groups.indexOf(next) : -1;
    throw pointing('location_group_cycle', `/groups/${index}`, saved.path.join(' > '));
  }
  return ok(group);
}

export async function deleteLocationGroup(
  { network }: NetworkDeps,
  { params }: RequestOf<'deleteLocationGroup'>,
): Promise<Answer> {
  const deleted = await network.deleteGroup(params.id);
  if (deleted.outcome === 'not_found') throw new ProblemError('location_group_not_found');
  if (deleted.outcome === 'in_use') {
    const { storefronts, groups, rules } = deleted;
    const users = [
      ...storefronts.map((id) => `storefront ${id}`),
      ...groups.map((id) => `group ${id}`),
      ...rules.map((id) => `the routing rules of ${id}`),
    ];
    const detail = `It is used by ${users.join(', ')}.`;
    throw new ProblemError('location_group_in_use', detail, { extensions: { storefronts, groups, rules } });
  }
  return gone;
}

/** Adds the location, or sets whether it is active: the storefronts' counts follow with the next request. */
export async function putGroupLocation(
  deps: NetworkDeps,
  { params, body }: RequestOf<'putGroupLocation'>,
): Promise<Answer> {
  const member = { locationId: params.locationId, active: body.active };
  const saved = await changeMembers(deps, params.id, (members) =>
    members.some(({ locationId }) => locationId === member.locationId)
      ? members.map((one) => (one.locationId === member.locationId ? member : one))
      : [...members, member],
  );
  return answerOf(saved);
}

export async function deleteGroupLocation(
  deps: NetworkDeps,
  { params }: RequestOf<'deleteGroupLocation'>,
): Promise<Answer> {
  const isOther = ({ locationId }: { locationId: LocationId }) => locationId !== params.locationId;
  const saved = await changeMembers(deps, params.id, (members) => members.filter(isOther));
  return answerOf(saved);
}

type Members = LocationGroup['locations'];

const changeMembers = ({ network, system }: NetworkDeps, id: LocationGroup['id'], change: (now: Members) => Members) =>
  network.putGroup(id, (now) => now && { ...now, locations: change(now.locations), updatedAt: isoNow(system) });

function answerOf(saved: PutGroupOutcome): Answer {
  if (saved.outcome === 'saved') return ok(saved.group);
  throw new ProblemError(saved.outcome === 'not_found' ? 'location_group_not_found' : 'location_not_found');
}

export const getShippingRates = async ({ network }: NetworkDeps): Promise<Answer> =>
  ok((await network.network()).rates);

export async function putShippingRates(
  { network, system }: NetworkDeps,
  { body }: RequestOf<'putShippingRates'>,
): Promise<Answer> {
  const rates = { ...body, updatedAt: isoNow(system) };
  const saved = await network.putShippingRates(rates);
  if (saved.outcome === 'unknown_location') {
    const index = body.rates.findIndex(({ locationId }) => locationId === saved.locationId);
    throw pointing('unknown_location', `/rates/${index}/locationId`, saved.locationId);
  }
  return ok(rates);
}

const pointing = (
  code: 'unknown_location' | 'unknown_location_group' | 'unknown_legal_entity' | 'location_group_cycle',
  pointer: string,
  what: string,
): ProblemError => new ProblemError(code, undefined, { errors: [{ pointer, code, detail: what }] });
