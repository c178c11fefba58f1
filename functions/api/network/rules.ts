import type { ListingDeps } from '../../../shared/api/listing.ts';
import { pageById } from '../../../shared/api/listing-by-id.ts';
import type { RoutingRule, RoutingRules, RoutingRulesId } from '../../../shared/domain/network/routing-rules.ts';
import type { NetworkStore } from '../../../shared/ports/network.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { rulesContracts } from './rules-contract.ts';

type RequestOf<Name extends keyof typeof rulesContracts> = ApiRequest<(typeof rulesContracts)[Name]>;

interface Deps {
  network: NetworkStore;
}

const ok = (body: unknown): Answer => ({ status: 200, body });

export const listRoutingRules = async (
  deps: Deps & ListingDeps,
  request: RequestOf<'listRoutingRules'>,
): Promise<Answer> => pageById(deps, request, 'routing-rules', (await deps.network.network()).rules.values());

export async function getRoutingRules({ network }: Deps, { params }: RequestOf<'getRoutingRules'>): Promise<Answer> {
  const found = (await network.network()).rules.get(params.id);
  if (!found) throw new ProblemError('routing_rules_not_found');
  return ok(found);
}

/** They count from the next decision on; orders that are routed keep theirs. The same rules again change nothing, nor their version. */
export const putRoutingRules = async (
  { network }: Deps,
  { params, body }: RequestOf<'putRoutingRules'>,
): Promise<Answer> => ok(await saved(network, params.id, body.rules, {}));

export async function validateRoutingRules(
  { network }: Deps,
  { body }: RequestOf<'validateRoutingRules'>,
): Promise<Answer> {
  await saved(network, body.id, body.rules, { onlyCheck: true });
  return ok({ valid: true });
}

export async function deleteRoutingRules(
  { network }: Deps,
  { params }: RequestOf<'deleteRoutingRules'>,
): Promise<Answer> {
  if (!(await network.deleteRoutingRules(params.id))) throw new ProblemError('routing_rules_not_found');
  return { status: 204 };
}

async function saved(
  network: NetworkStore,
  id: RoutingRulesId,
  rules: readonly RoutingRule[],
  options: { onlyCheck?: boolean },
): Promise<RoutingRules> {
  const answer = await network.putRoutingRules(id, rules, options);
  if (answer.outcome === 'saved') return answer.rules;
  if (answer.outcome === 'unknown_storefront') throw new ProblemError('storefront_not_found');
  const [first] = answer.strangers;
  const code = first?.kind === 'group' ? 'unknown_location_group' : 'unknown_location';
  const errors = answer.strangers.map(({ kind, id: name, path: [rule, field, index] }) => ({
    pointer: `/rules/${rule}/locationFilter/${field}/${index}`,
    code: kind === 'group' ? 'unknown_location_group' : 'unknown_location',
    detail: name,
  }));
  throw new ProblemError(code, undefined, { errors: errors.slice(0, 100) });
}
