import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoCartHolds } from '../../../shared/adapters/dynamodb/inventory/cart-holds.ts';
import { bucketKeyOf } from '../../../shared/adapters/dynamodb/inventory/shard-rows.ts';
import { dynamoStockShards } from '../../../shared/adapters/dynamodb/inventory/stock-shards.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { bucketsBalance } from '../../../shared/domain/invariants.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { CartHold, CartHoldId } from '../../../shared/domain/stock/cart-hold.ts';
import type { SplitBucket, StockShards } from '../../../shared/ports/stock-shards.ts';
import { type CartHoldDeps, endCartHold, type Held, holdCart } from '../../../shared/use-cases/stock/cart-holds.ts';
import { planShards } from '../../../shared/use-cases/stock/tend-shards.ts';
import { bucket } from '../../model/world.ts';
import { count, dynamoStores } from './stores-for-tests.ts';

const isLong = Boolean(process.env.BATUTA_TEST_LONG);
const tea = Sku.parse('tea');
const dc = LocationId.parse('dc-1');

type Opened = Awaited<ReturnType<typeof open>>;

/** A SKU on `rows` rows, over the wire, by the unmodified SDK. */
async function open(units: number, rows: number, directory?: string) {
  const stores = await dynamoStores([bucket('tea', 'dc-1', 0)], directory);
  await count(stores, 'tea', 'dc-1', units);
  const { client, system, network } = stores;
  const shards = dynamoStockShards(client, 'inventory', system);
  if (rows > 1) expect(await shards.resize(await only(shards), rows)).toBe(true);
  return { ...stores, shards, deps: { holds: dynamoCartHolds(client, 'inventory', system), network, system } };
}

async function only(shards: StockShards): Promise<SplitBucket> {
  const [one] = await shards.buckets(tea);
  if (!one) throw new Error('no bucket');
  return one;
}

const holdId = (n: number) => CartHoldId.parse(`hld_${String(n).padStart(26, '0')}`);

const buy = (deps: Opened['deps'], n: number, quantity = 1): Promise<Held> =>
  holdCart(deps as CartHoldDeps, {
    id: holdId(n),
    requestHash: String(n),
    storefrontId: StorefrontId.parse('web'),
    lines: [{ sku: tea, quantity }],
    seconds: 900,
  });

/** Each buyer asks again when the store says that it is busy, as the API's clients are told to. */
async function buyAll(deps: Opened['deps'], buyers: number, atOnce: number) {
  const answers = new Map<string, number>();
  let busy = 0;
  let next = 0;
  const buyer = async (): Promise<void> => {
    for (let n = next++; n < buyers; n = next++) {
      for (let again = true; again; ) {
        again = false;
        await buy(deps, n).then(
          ({ outcome }) => answers.set(outcome, (answers.get(outcome) ?? 0) + 1),
          (error: Error) => {
            if (error.name !== 'StoreContention') throw error;
            busy += 1;
            again = true;
          },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, buyer));
  return { held: answers.get('held') ?? 0, short: answers.get('short') ?? 0, busy };
}

async function expectWhole({ shards }: Opened, wanted: { onHand: number; held: number; available: number }) {
  const { shards: rows } = await only(shards);
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
  expect(rows.flatMap(({ bucket: row }) => bucketsBalance(row))).toEqual([]);
  expect({
    onHand: sum((row) => row.bucket.onHand),
    held: sum((row) => row.bucket.held),
    available: sum((row) => row.bucket.available),
    moved: sum((row) => row.moved),
  }).toEqual({ ...wanted, moved: 0 });
}

const readRow = async (client: DynamoDBClient, shard: number) => {
  const key = toAttributes(bucketKeyOf('tea', 'dc-1', shard));
  const { Item } = await client.send(new GetItemCommand({ TableName: 'inventory', Key: key, ConsistentRead: true }));
  return Item && fromAttributes(Item);
};

describe('a hot SKU', () => {
  test('an unsplit bucket keeps the keys it has always had, and every row of a split one has a partition of its own', async () => {
    const world = await open(80, 8);
    try {
      expect(await readRow(world.client, 0)).toMatchObject({ pk: 'SKU#tea', sk: 'LOC#dc-1', shards: 8, available: 10 });
      expect(await readRow(world.client, 7)).toMatchObject({ pk: 'SKU#tea#7', sk: 'LOC#dc-1#7', available: 10 });
      expect(await world.bucket('tea', 'dc-1')).toMatchObject({ onHand: 80, available: 80 });
    } finally {
      await world.stop();
    }
  });

  test.each([1, 8])(
    '200 buyers for 1 unit on %i rows: one has it, the others hear at once that it is gone',
    async (rows) => {
      const world = await open(1, rows);
      try {
        expect(await buyAll(world.deps, 200, 50)).toMatchObject({ held: 1, short: 199 });
        await expectWhole(world, { onHand: 1, held: 1, available: 0 });
      } finally {
        await world.stop();
      }
    },
    120_000,
  );

  const [buyers, units] = isLong ? [10_000, 1000] : [500, 50];
  test(`${buyers} buyers for ${units} units on 8 rows: exactly ${units} have one`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'batuta-hot-sku-'));
    const world = await open(units, 8, directory);
    const conflicts = countConflicts(world);
    try {
      const started = performance.now();
      const { held, short, busy } = await buyAll(world.deps, buyers, 50);
      const seconds = (performance.now() - started) / 1000;
      expect({ held, short }).toEqual({ held: units, short: buyers - units });
      await expectWhole(world, { onHand: units, held: units, available: 0 });
      console.info(
        `${buyers} buyers for ${units} units on 8 rows: ${held} held, ${short} short, ${conflicts()} transactions refused as conflicts, ${busy} buyers asked again, ${seconds.toFixed(1)} s`,
      );
      expect(conflicts()).toBeGreaterThan(0);
    } finally {
      await world.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }, 1_800_000);

  test('safety stock is kept, whichever row the last units are in, and however many buyers planned before they were sold (U5)', async () => {
    const world = await open(20, 8);
    try {
      const holds = Array.from({ length: 40 }, (_, n) => {
        const units = [{ sku: tea, locationId: dc, quantity: 1, keep: 5 }];
        const hold = CartHold.parse({
          ...{ id: holdId(n), version: 1, storefrontId: 'web', state: 'HELD', units },
          ...{ createdAt: '2026-01-05T09:00:00.000Z', heldUntil: '2026-01-05T10:00:00.000Z' },
        });
        return async () => {
          for (let outcome = 'conflict'; ; ) {
            ({ outcome } = await world.deps.holds.create({ hold, requestHash: '' }, units));
            if (outcome !== 'conflict') return outcome;
          }
        };
      });
      const outcomes = await Promise.all(holds.map((hold) => hold()));
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(15);
      await expectWhole(world, { onHand: 20, held: 15, available: 5 });
    } finally {
      await world.stop();
    }
  }, 60_000);

  test('more units than any row has are taken from several in one transaction', async () => {
    const world = await open(40, 8);
    try {
      expect(await buy(world.deps, 1, 33)).toMatchObject({ outcome: 'held', hold: { units: [{ quantity: 33 }] } });
      await expectWhole(world, { onHand: 40, held: 33, available: 7 });
      expect(await buy(world.deps, 2, 8)).toMatchObject({ outcome: 'short', lines: [{ available: 7 }] });
      await endCartHold(world.deps, holdId(1), 'RELEASED');
      await expectWhole(world, { onHand: 40, held: 0, available: 40 });
    } finally {
      await world.stop();
    }
  });

  test('what would not fit into a transaction merges rows until it does', async () => {
    const world = await open(1, 1);
    try {
      const names = Array.from({ length: 12 }, (_, n) => Sku.parse(`many-${n}`));
      for (const sku of names) {
        await count(world, sku, 'dc-1', 16);
        await planShards(world, sku, { shards: 16 });
      }
      const request = { id: holdId(1), requestHash: '1', storefrontId: StorefrontId.parse('web'), seconds: 900 };
      const lines = names.map((sku) => ({ sku, quantity: 16 }));
      expect(await holdCart(world.deps as CartHoldDeps, { ...request, lines })).toMatchObject({ outcome: 'held' });
      await endCartHold(world.deps, holdId(1), 'RELEASED');
      for (const sku of names) expect(await world.bucket(sku, 'dc-1')).toMatchObject({ available: 16, held: 0 });
    } finally {
      await world.stop();
    }
  }, 60_000);

  test('sold out: readers look at one row, and what comes back is for sale at once', async () => {
    const world = await open(8, 4);
    try {
      expect(await buy(world.deps, 1, 8)).toMatchObject({ outcome: 'held' });
      // Who planned a moment before the last unit went finds every row empty, and marks the bucket.
      expect(await buyOnStalePlan(world)).toMatchObject({ outcome: 'short' });
      expect(await readRow(world.client, 0)).toMatchObject({ soldOut: 'yes' });
      const reads = await readsOf(world, () => world.network.sku(tea));
      expect(reads).toEqual(['QueryCommand']);
      expect(await buy(world.deps, 3)).toMatchObject({ outcome: 'short' });

      await endCartHold(world.deps, holdId(1), 'RELEASED');
      expect(await readRow(world.client, 0)).not.toHaveProperty('soldOut');
      expect((await world.network.sku(tea)).buckets).toMatchObject([{ available: 8 }]);
      expect(await buy(world.deps, 4, 8)).toMatchObject({ outcome: 'held' });
      await expectWhole(world, { onHand: 8, held: 8, available: 0 });
    } finally {
      await world.stop();
    }
  });

  test('rows are split, made even and merged while buyers buy: nothing is lost or made', async () => {
    const world = await open(120, 1);
    const { shards } = world;
    try {
      let stopped = false;
      const sizes = [4, 8, 3, 6, 1, 5];
      const tended = (async () => {
        for (let n = 0; !stopped; n++) {
          const wanted = sizes[n % sizes.length] ?? 1;
          for (let step = 0; step < 10; step++) {
            const one = await only(shards);
            if (one.shards.length === wanted) break;
            await shards.resize(one, wanted);
          }
          await shards.evenOut(await only(shards));
        }
      })();
      const released = (async () => {
        for (let n = 0; n < 60; n++) await endCartHold(world.deps, holdId(n), 'RELEASED');
      })();
      const first = await buyAll(world.deps, 100, 10);
      await released;
      stopped = true;
      await tended;
      expect(first.held + first.short).toBe(100);
      const { available = 0, held = 0 } = (await world.bucket('tea', 'dc-1')) ?? {};
      await expectWhole(world, { onHand: 120, held, available });
      expect(available + held).toBe(120);
      expect(held).toBe(await heldRows(world.client));
      for (let one = await only(shards); one.shards.length > 1; one = await only(shards)) await shards.resize(one, 1);
      expect(await world.bucket('tea', 'dc-1')).toMatchObject({ onHand: 120, available, held });
      expect(await readRow(world.client, 0)).not.toHaveProperty('shards');
    } finally {
      await world.stop();
    }
  }, 120_000);
});

/** A purchase whose plan was made before the bucket was sold out. */
function buyOnStalePlan({ deps, network }: Opened): Promise<Held> {
  let isStale = true;
  const stale = {
    ...deps,
    network: {
      ...network,
      sku: async (sku: Sku) => {
        const found = await network.sku(sku);
        const buckets = isStale ? found.buckets.map((one) => ({ ...one, available: 1, onHand: 9 })) : found.buckets;
        isStale = false;
        return { ...found, buckets };
      },
    },
  };
  return buy(stale, 2);
}

async function readsOf({ client }: Opened, work: () => Promise<unknown>): Promise<string[]> {
  const reads: string[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      reads.push(String(context.commandName));
      return next(args);
    },
    { step: 'initialize', name: 'reads' },
  );
  await work();
  client.middlewareStack.remove('reads');
  return reads;
}

/** Transactions that DynamoDB refused because others were at the same items. */
function countConflicts({ client }: Opened): () => number {
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
    { step: 'initialize', name: 'conflicts' },
  );
  return () => conflicts;
}

async function heldRows(client: DynamoDBClient): Promise<number> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: 'inventory',
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :held)',
      ExpressionAttributeValues: toAttributes({ ':pk': 'SKU#tea', ':held': 'HELD#' }),
    }),
  );
  return Items.map(fromAttributes).reduce((sum, { quantity }) => sum + Number(quantity), 0);
}
