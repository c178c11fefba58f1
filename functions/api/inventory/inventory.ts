import type { Location } from '../../../shared/domain/location.ts';
import type { Bucket } from '../../../shared/domain/stock.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { inventoryContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof inventoryContracts> = ApiRequest<(typeof inventoryContracts)[Name]>;

export interface InventoryDeps {
  inventory: Inventory;
  system: System;
}

export async function listLocations({ inventory }: InventoryDeps): Promise<Answer> {
  return { status: 200, body: { data: await inventory.locations() } };
}

export async function putLocation(
  { inventory, system }: InventoryDeps,
  { params, body }: RequestOf<'putLocation'>,
): Promise<Answer> {
  const location: Location = { id: params.id, ...body, updatedAt: isoNow(system) };
  await inventory.putLocation(location);
  return { status: 200, body: location };
}

export async function getSku({ inventory }: InventoryDeps, { params }: RequestOf<'getSku'>): Promise<Answer> {
  const buckets = await inventory.buckets(params.sku);
  if (buckets.length === 0) throw new ProblemError('sku_not_found');
  const total = (counter: 'onHand' | 'available' | 'held' | 'committed' | 'unavailable') =>
    buckets.reduce((sum, bucket) => sum + bucket[counter], 0);
  const totals = {
    onHand: total('onHand'),
    available: total('available'),
    held: total('held'),
    committed: total('committed'),
    unavailable: total('unavailable'),
  };
  return { status: 200, body: { sku: params.sku, totals, buckets: buckets.map(representBucket) } };
}

export async function putStock(
  { inventory }: InventoryDeps,
  { params, body, actor }: RequestOf<'putStock'>,
): Promise<Answer> {
  const adjusted = await inventory.setOnHand(params.sku, params.locationId, body.onHand, actor);
  switch (adjusted.outcome) {
    case 'adjusted':
      return { status: 200, body: representBucket(adjusted.bucket) };
    case 'unknown_location':
      throw new ProblemError('location_not_found');
    case 'below_committed': {
      const { onHand, available, committed, held } = adjusted.bucket;
      const detail = `Of ${onHand} on hand ${onHand - available} are promised: ${body.onHand} are too few.`;
      throw new ProblemError('below_committed', detail, { extensions: { onHand, available, committed, held } });
    }
  }
}

const representBucket = (one: Bucket) => ({
  sku: one.sku,
  locationId: one.locationId,
  onHand: one.onHand,
  available: one.available,
  held: one.held,
  committed: one.committed,
  unavailable: one.unavailable,
  updatedAt: one.updatedAt,
});
