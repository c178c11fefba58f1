import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { evenOut, type Shard } from '../../../domain/stock/shards.ts';
import type { System } from '../../../ports/system.ts';
import { moveUnits, removeRow } from './reshard.ts';
import { getRows } from './rows.ts';
import { bucketKeyOf, readShards } from './shard-rows.ts';

interface Place {
  sku: string;
  locationId: string;
}

/** Makes the rows of a bucket even. False when somebody got in between: what was moved by then stays moved. */
export async function carryOutMoves(
  client: DynamoDBClient,
  table: string,
  place: Place,
  shards: readonly Shard[],
): Promise<boolean> {
  for (const move of evenOut(shards)) if (!(await moveUnits(client, table, place, move))) return false;
  return true;
}

/** DynamoDB takes this many actions in one transaction. */
export const mostActions = 100;

/**
 * What takes from many rows of many buckets may not fit into one transaction: those that it would touch most become one row each, until it does.
 * @param actions of the transaction, of all kinds
 * @param places the bucket of each action that is about one
 */
export async function makeFit(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
  actions: number,
  places: readonly Place[],
): Promise<void> {
  const byBucket = Map.groupBy(places, ({ sku, locationId }) => `${sku} ${locationId}`);
  let excess = actions - mostActions;
  for (const pieces of [...byBucket.values()].sort((a, b) => b.length - a.length)) {
    const [place] = pieces;
    if (excess <= 0 || !place) return;
    await mergeAll(client, table, system, place);
    excess -= pieces.length - 1;
  }
}

/** Who gets in between stops it; then the next try goes on. */
async function mergeAll(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
  { sku, locationId }: Place,
): Promise<void> {
  for (let isDone = true; isDone; ) {
    const bases = await getRows(client, table, [bucketKeyOf(sku, locationId)], system);
    const [read] = await readShards(client, table, bases, system);
    const last = read?.shards.at(-1);
    if (!last || last.index === 0) return;
    isDone = await removeRow(client, table, last, { taken: read?.taken.at(-1) ?? 0, ...read?.demand.at(-1) });
  }
}
