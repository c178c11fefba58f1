import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bundleAndSynth } from '../infra/bundle.ts';
import { ApiClient } from '../local/client.ts';
import { startCloud } from '../local/cloud.ts';
import { seed } from '../local/seed.ts';
import { localParameters } from '../local/template-parameters.ts';
import { dynamoCartHolds } from '../shared/adapters/dynamodb/inventory/cart-holds.ts';
import { dynamoNetwork } from '../shared/adapters/dynamodb/network-store.ts';
import { realSystem } from '../shared/adapters/system.ts';
import { Sku } from '../shared/domain/ids.ts';
import { StorefrontId } from '../shared/domain/network/storefront.ts';
import { CartHoldId } from '../shared/domain/stock/cart-hold.ts';
import { holdCart } from '../shared/use-cases/stock/cart-holds.ts';

/**
 * `node bench/hot-sku.ts [--seconds N] [--clients N]`: how many reservations of one SKU at one location get through a second, in one row and in
 * several, on the one-machine cloud's durable DynamoDB, which refuses transactions that meet as AWS does. Prints one JSON object. Clients and
 * service share one process and its one thread: figures compare with each other, not with AWS.
 */
const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(name);
  return at > 0 ? Number(process.argv[at + 1]) : fallback;
};
const seconds = option('--seconds', 10);
const clients = option('--clients', 32);
const rows = [1, 2, 4, 8, 16];
const units = 1_000_000;

interface Measured {
  shards: number;
  reservationsPerSecond: number;
  /** Transactions that DynamoDB refused because another one was at the same item. */
  conflictsPerReservation: number;
  /** Buyers who were told to come again. */
  gaveUp: number;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-hot-sku-'));
  const { assembly } = await bundleAndSynth();
  const cloud = await startCloud({
    assembly,
    dataDirectory: directory,
    apiPort: 0,
    awsPort: 0,
    transport: 'messages',
    parameters: localParameters,
  });
  try {
    const api = new ApiClient(cloud.apiUrl, await seed(cloud));
    const inventory = String(cloud.outputs.InventoryTable);
    const measured: Measured[] = [];
    for (const shards of rows) {
      const sku = Sku.parse(`bench-hot-${shards}`);
      await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/dc-north`, { onHand: units });
      await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/shards`, { shards });
      measured.push(await measure(cloud.awsUrl, inventory, sku, shards));
    }
    console.log(JSON.stringify({ seconds, clients, measured }, null, 2));
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(endpoint: string, inventory: string, sku: Sku, shards: number): Promise<Measured> {
  const system = realSystem();
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  let conflicts = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const { CancellationReasons: reasons } = error as { CancellationReasons?: { Code?: string }[] };
        if (reasons?.some(({ Code }) => Code === 'TransactionConflict')) conflicts += 1;
        throw error;
      }
    },
    { step: 'initialize' },
  );
  const network = dynamoNetwork(client, inventory, system);
  const deps = { holds: dynamoCartHolds(client, inventory, system), network, system };
  const until = performance.now() + seconds * 1000;
  let reserved = 0;
  let gaveUp = 0;
  const buyer = async (): Promise<void> => {
    while (performance.now() < until) {
      const id = CartHoldId.parse(`hld_${system.ulid()}`);
      const request = { id, requestHash: id, storefrontId: StorefrontId.parse('web'), lines: [{ sku, quantity: 1 }] };
      try {
        const { outcome } = await holdCart(deps, { ...request, seconds: 900 });
        if (outcome !== 'held') throw new Error(`${outcome}: there are ${units} units`);
        reserved += 1;
      } catch (error) {
        if (!(error instanceof Error && error.name === 'StoreContention')) throw error;
        gaveUp += 1;
      }
    }
  };
  try {
    const started = performance.now();
    await Promise.all(Array.from({ length: clients }, buyer));
    const elapsed = (performance.now() - started) / 1000;
    return {
      shards,
      reservationsPerSecond: Number((reserved / elapsed).toFixed(1)),
      conflictsPerReservation: Number((conflicts / Math.max(1, reserved)).toFixed(2)),
      gaveUp,
    };
  } finally {
    client.destroy();
  }
}

await main();
