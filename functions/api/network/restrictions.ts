import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { NetworkDeps } from './network.ts';
import type { restrictionContracts } from './restrictions-contract.ts';

export const getRestrictions = async ({ network }: NetworkDeps): Promise<Answer> => ({
  status: 200,
  body: (await network.network()).restrictions,
});

export async function putRestrictions(
  { network, system }: NetworkDeps,
  { body }: ApiRequest<(typeof restrictionContracts)['putRestrictions']>,
): Promise<Answer> {
  const restrictions = { ...body, updatedAt: isoNow(system) };
  const saved = await network.putRestrictions(restrictions);
  if (saved.outcome === 'saved') return { status: 200, body: restrictions };
  const index = body.restrictions.findIndex(({ locationId }) => locationId === saved.locationId);
  const pointer = `/restrictions/${index}/locationId`;
  throw new ProblemError('unknown_location', undefined, {
    errors: [{ pointer, code: 'unknown_location', detail: saved.locationId }],
  });
}
