import { ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromAttributes } from '../../shared/adapters/dynamodb/client.ts';
import { dynamoStockShards } from '../../shared/adapters/dynamodb/inventory/stock-shards.ts';
import { oneSeller } from '../../shared/adapters/memory/sellers.ts';
import { memoryStockShards } from '../../shared/adapters/memory/shards.ts';
import { memoryWorld } from '../../shared/adapters/memory/world.ts';
import { oneProvider } from '../../shared/adapters/payment-providers.ts';
import { memorySandboxBook } from '../../shared/adapters/sandbox/book.ts';
import { sandboxCarrier } from '../../shared/adapters/sandbox/carrier.ts';
import { sandboxPayments } from '../../shared/adapters/sandbox/payment.ts';
import type { OrderEvent } from '../../shared/domain/events.ts';
import {
  bucketsBalance,
  commitmentsConserved,
  commitmentsMatch,
  reservationsEndOnce,
  stockIsFoldOfLedger,
  transfersConserve,
  unitsArePositioned,
} from '../../shared/domain/invariants.ts';
import { type StockAdjusted, stockAdjustedData } from '../../shared/domain/stock/entry.ts';
import type { Supply } from '../../shared/domain/stock/supply.ts';
import type { Transfer } from '../../shared/domain/stock/transfer.ts';
import type { Bucket } from '../../shared/domain/stock.ts';
import type { Violation } from '../../shared/domain/violation.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';
import type { SplitBucket, StockShards } from '../../shared/ports/stock-shards.ts';
import type { StockStore } from '../../shared/ports/stock-store.ts';
import { dynamoStores } from '../integration/stores/stores-for-tests.ts';
import {
  orderIds,
  perform,
  type StockAction,
  type StockWorld,
  stockAction,
  supplyIds,
  transferIds,
} from './stock-actions.ts';
import {
  bucket,
  faultyStore,
  locations,
  noFaults,
  StoreCrash,
  type StoreFaults,
  seeded,
  skus,
  testSystem,
} from './world.ts';

const isLong = Boolean(process.env.BATUTA_TEST_LONG);
const seed = Number(process.env.BATUTA_SEED ?? 20_260_105);

/** What an audit needs to know, whatever keeps it. */
interface Books {
  buckets: Bucket[];
  /** Of the same buckets. */
  rows: SplitBucket[];
  entries: { subject: string; sequence: number; type: string; id: string; correlationId: string; data: unknown }[];
  transfers: Transfer[];
  supplies: Supply[];
  orderEvents: OrderEvent[];
}

interface Opened {
  world: StockWorld;
  faults: StoreFaults;
  advance: (milliseconds: number) => void;
  books: () => Promise<Books>;
  /** Of U5, as they happened. */
  broken: string[];
  stop: () => Promise<void>;
}

function faultyStock(store: StockStore, random: () => number, faults: StoreFaults): StockStore {
  return {
    ...store,
    async commit(commit) {
      if (random() < faults.contention) return { outcome: 'conflict' };
      if (random() < faults.crashBefore) throw new StoreCrash('before the commit');
      const outcome = await store.commit(commit);
      if (random() < faults.crashAfter) throw new StoreCrash('after the commit');
      return outcome;
    },
  };
}

/** Steps from one number of rows to another end anywhere. */
function faultyShards(shards: StockShards, random: () => number, faults: StoreFaults): StockShards {
  const step = async (work: () => Promise<boolean>): Promise<boolean> => {
    if (random() < faults.contention) return false;
    if (random() < faults.crashBefore) throw new StoreCrash('before the step');
    const done = await work();
    if (random() < faults.crashAfter) throw new StoreCrash('after the step');
    return done;
  };
  return {
    ...shards,
    resize: (bucket, wanted) => step(() => shards.resize(bucket, wanted)),
    evenOut: (bucket) => step(() => shards.evenOut(bucket)),
  };
}

/** U5: what an order takes leaves the safety stock, at that very moment. */
const keepsSafetyStock = (store: OrderStore, buckets: ReadonlyMap<string, Bucket>, broken: string[]): OrderStore => ({
  ...store,
  async commit(commit) {
    const answer = store.commit(commit);
    // The store in memory has written by now, and nobody has come in between.
    const short = commit.stock.flatMap(({ sku, locationId, available, keep = 0 }) => {
      const left = buckets.get(`${sku} ${locationId}`)?.available ?? 0;
      return available < 0 && left < keep ? [`U5 ${sku} ${locationId}: ${left} left, ${keep} to be kept`] : [];
    });
    const outcome = await answer;
    if (outcome.outcome === 'committed') broken.push(...short);
    return outcome;
  },
});

const startOf = (numbers: readonly number[]): Bucket[] =>
  locations.flatMap((location, row) =>
    skus.map((sku, column) => bucket(sku, location.id, numbers[row * skus.length + column] ?? 0)),
  );

const faultsOf = (): StoreFaults => ({ versionConflict: 0.05, contention: 0.05, crashBefore: 0.03, crashAfter: 0.03 });
const providers = () => {
  const book = memorySandboxBook();
  return { payments: oneProvider(sandboxPayments(book)), sellers: oneSeller(), carrier: sandboxCarrier(book) };
};

async function inMemory(start: readonly Bucket[], worldSeed: number): Promise<Opened> {
  const random = seeded(worldSeed);
  const faults = faultsOf();
  const memory = memoryWorld(start);
  const { stock } = memory;
  const system = testSystem(random);
  const broken: string[] = [];
  const shards = memoryStockShards(memory.shards, memory.buckets);
  return {
    faults,
    broken,
    advance: system.advance,
    world: {
      stock: faultyStock(stock.store, random, faults),
      shards: faultyShards(shards, random, faults),
      orders: faultyStore(keepsSafetyStock(memory.store, memory.buckets, broken), random, faults),
      system,
      ...providers(),
    },
    books: async () => ({
      buckets: [...memory.buckets.values()],
      rows: (await Promise.all(skus.map((sku) => shards.buckets(sku)))).flat(),
      entries: stock.log.map(({ subject, ...one }) => ({
        ...one,
        subject: subject.kind === 'sku' ? subject.sku : subject.id,
      })),
      transfers: [...stock.transfers.values()],
      supplies: [...stock.supplies.values()],
      orderEvents: [...memory.log.values()].flat(),
    }),
    stop: async () => undefined,
  };
}

async function onDynamoDb(start: readonly Bucket[], worldSeed: number): Promise<Opened> {
  const random = seeded(worldSeed);
  const faults = faultsOf();
  const { client, ...stores } = await dynamoStores(start);
  const shards = dynamoStockShards(client, 'inventory', stores.system);
  const rows = async () => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: 'inventory', ConsistentRead: true }),
    );
    if (LastEvaluatedKey) throw new Error('more than a page');
    return Items.map(fromAttributes);
  };
  return {
    faults,
    // Others write between the commit and a look at what it left: store tests hold U5 there.
    broken: [],
    advance: stores.later,
    world: {
      stock: faultyStock(stores.stock, random, faults),
      shards: faultyShards(shards, random, faults),
      orders: faultyStore(stores.orders, random, faults),
      system: stores.system,
      ...providers(),
    },
    books: async () => ({
      buckets: (await Promise.all(skus.map((sku) => stores.inventory.buckets(sku)))).flat(),
      rows: (await Promise.all(skus.map((sku) => shards.buckets(sku)))).flat(),
      entries: (await rows())
        .filter((row) => String(row.sk).startsWith('EVENT#'))
        .map((row) => ({
          subject: String(row.pk).replace(/^[A-Z]+#/, ''),
          sequence: Number(row.sequence),
          type: String(row.type),
          id: String(row.id),
          correlationId: String(row.correlationId),
          data: JSON.parse(String(row.data)) as unknown,
        })),
      transfers: (await Promise.all(transferIds.map((id) => stores.stock.transfer(id)))).filter(
        (one) => one !== undefined,
      ),
      supplies: await stores.stock.supplies(supplyIds),
      orderEvents: (await Promise.all(orderIds.map((id) => stores.orders.events(id)))).flat(),
    }),
    stop: stores.stop,
  };
}

async function audit({ world, books, broken }: Opened, start: readonly Bucket[]): Promise<(Violation | string)[]> {
  const { buckets, rows, entries, transfers, supplies, orderEvents } = await books();
  const ledger: StockAdjusted[] = entries
    .filter(({ type }) => type === 'stock.adjusted')
    .map(({ data }) => stockAdjustedData.parse(data));
  const orders = (await Promise.all(orderIds.map((id) => world.orders.load(id)))).filter((one) => one !== undefined);
  return [
    ...broken,
    ...buckets.flatMap(bucketsBalance),
    ...rows.flatMap(({ shards }) => shards.flatMap(({ bucket: row }) => bucketsBalance(row))),
    ...rows
      .filter(({ shards }) => shards.reduce((units, { moved }) => units + moved, 0) !== 0)
      .map(({ sku, locationId }) => `${sku} ${locationId}: units that moved between rows came from nowhere`),
    ...orders.flatMap(unitsArePositioned),
    ...orders.flatMap(reservationsEndOnce),
    ...orders.flatMap((order) =>
      commitmentsConserved(
        order,
        orderEvents.filter(({ orderId }) => orderId === order.id),
      ),
    ),
    ...commitmentsMatch(orders, buckets),
    ...stockIsFoldOfLedger(start, ledger, orderEvents, buckets),
    ...transfersConserve(transfers, ledger),
    ...supplies
      .filter(({ promised, quantity, received }) => promised > Math.max(0, quantity - received))
      .map(({ id }) => `${id}: more is promised than is to come`),
    ...gaps(entries),
    ...(await keysWithTwoEffects(world, entries)),
  ];
}

/** Events of a SKU, a transfer or a supply are numbered from 1 without gaps. */
function gaps(entries: Books['entries']): string[] {
  const bySubject = Map.groupBy(entries, ({ subject }) => subject);
  return [...bySubject].flatMap(([subject, events]) => {
    const numbers = events.map(({ sequence }) => sequence).sort((a, b) => a - b);
    return numbers.every((number, index) => number === index + 1) ? [] : [`${subject}: ${numbers.join(' ')}`];
  });
}

/** What a key caused is what its kept answer says, once. */
async function keysWithTwoEffects({ stock }: StockWorld, entries: Books['entries']): Promise<string[]> {
  const adjusted = entries.filter(
    ({ type, correlationId }) => type === 'stock.adjusted' && correlationId.startsWith('key '),
  );
  const byKey = Map.groupBy(adjusted, ({ correlationId }) => correlationId);
  const wrong = await Promise.all(
    [...byKey].map(async ([key, events]) => {
      const kept = await stock.answer('model', key.slice('key '.length));
      const { events: answered = [] } = JSON.parse(kept?.text ?? '{}') as { events?: { id: string }[] };
      const same =
        answered
          .map(({ id }) => id)
          .sort()
          .join() ===
        events
          .map(({ id }) => id)
          .sort()
          .join();
      return same ? [] : [`${key}: ${events.length} entries, ${answered.length} answered`];
    }),
  );
  return wrong.flat();
}

const expected = new Set([
  'StoreCrash',
  'StoreContention',
  'PaymentUnavailable',
  'PaymentOutcomeUnknown',
  'CarrierUnavailable',
]);
const tolerate = (error: unknown): void => {
  if (!(error instanceof Error) || !expected.has(error.name)) throw error;
};

/** A client that lost the answer to a request with a key sends it again. */
async function performAgain(world: StockWorld, one: StockAction): Promise<void> {
  await perform(world, one).catch((error) => {
    tolerate(error);
    if (one.do === 'stock' && one.key !== undefined) return perform(world, one).catch(tolerate);
  });
}

describe.each([
  ['in memory', inMemory, isLong ? 10_000 : 300],
  ['on DynamoDB', onDynamoDb, isLong ? 500 : 10],
] as const)('stock %s', (where, open, runs) => {
  test(`${runs} random histories with duplicates, conflicts, crashes, orders on the same buckets, and rows split and merged hold U1 to U5, U9, U10`, async () => {
    let performed = 0;
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 9, maxLength: 9 }),
        fc.array(fc.array(stockAction, { minLength: 1, maxLength: 5 }), { minLength: 4, maxLength: 16 }),
        async (worldSeed, numbers, batches) => {
          const start = startOf(numbers);
          const opened = await open(start, worldSeed);
          try {
            for (const batch of batches) {
              // A batch runs at once: its actions interleave at every await.
              await Promise.all(batch.map((one) => performAgain(opened.world, one)));
              performed += batch.length;
              opened.advance(60_000);
              if (where === 'in memory') expect(await audit(opened, start)).toEqual([]);
            }
            Object.assign(opened.faults, noFaults);
            for (const one of batches.flat()) {
              // Keyed requests once more: nothing may happen twice.
              if (one.do === 'stock' && one.key !== undefined) await perform(opened.world, one);
            }
            expect(await audit(opened, start)).toEqual([]);
            for (const { shards } of (await opened.books()).rows) {
              const rows = `${shards.length} rows`;
              done.set(rows, (done.get(rows) ?? 0) + 1);
            }
            for (const { type } of (await opened.books()).entries) done.set(type, (done.get(type) ?? 0) + 1);
            for (const { type } of (await opened.books()).orderEvents) done.set(type, (done.get(type) ?? 0) + 1);
          } finally {
            await opened.stop();
          }
        },
      ),
      { numRuns: runs, seed },
    );
    // A model that never reaches a state proves nothing of it.
    const reached = ['stock.adjusted', 'transfer.dispatched', 'supply.expected', 'reservation.created', '4 rows'];
    const rare = [
      '2 rows',
      '3 rows',
      '5 rows',
      'transfer.received',
      'transfer.canceled',
      'supply.received',
      'fulfillment.shipped',
    ];
    for (const type of where === 'in memory' ? [...reached, ...rare] : reached)
      expect([...done.keys()]).toContain(type);
    console.info(
      `${where}: ${runs} histories, ${performed} actions, seed ${seed}: no violation; ${JSON.stringify(Object.fromEntries(done))}`,
    );
  }, 1_800_000);
});
