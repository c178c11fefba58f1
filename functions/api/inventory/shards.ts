import type { Sku } from '../../../shared/domain/ids.ts';
import type { SplitBucket } from '../../../shared/ports/stock-shards.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { planShards, type TendShardsDeps } from '../../../shared/use-cases/stock/tend-shards.ts';
import type { stockContracts } from './stock-contract.ts';

type RequestOf<Name extends keyof typeof stockContracts> = ApiRequest<(typeof stockContracts)[Name]>;

export type ShardsApiDeps = TendShardsDeps;

export async function getShards({ shards }: ShardsApiDeps, { params }: RequestOf<'getShards'>): Promise<Answer> {
  const plan = await shards.planOf(params.sku);
  if (!plan) throw new ProblemError('sku_not_found');
  return represent(params.sku, plan, await shards.buckets(params.sku));
}

/** Sent again, it wants the same and changes nothing. */
export async function putShards(deps: ShardsApiDeps, { params, body }: RequestOf<'putShards'>): Promise<Answer> {
  const plan = {
    ...(body.expectedPeak !== null && { expectedPeak: body.expectedPeak }),
    ...(body.shards !== null && { shards: body.shards }),
  };
  const buckets = await planShards(deps, params.sku, plan);
  if (!buckets) throw new ProblemError('sku_not_found');
  return represent(params.sku, plan, buckets);
}

function represent(
  sku: Sku,
  { expectedPeak, shards }: { expectedPeak?: number | undefined; shards?: number | undefined },
  buckets: readonly SplitBucket[],
): Answer {
  const locations = buckets.map(({ locationId, taken, shards: rows }) => ({
    locationId,
    reservations: taken,
    shards: rows.map(({ bucket: { onHand, available, held, committed, unavailable } }) => ({
      onHand,
      available,
      held,
      committed,
      unavailable,
    })),
  }));
  return { status: 200, body: { sku, expectedPeak: expectedPeak ?? null, shards: shards ?? null, locations } };
}
