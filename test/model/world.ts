import { accountPayments } from '../../shared/adapters/account-payments.ts';
import { cashOnDelivery } from '../../shared/adapters/cash-on-delivery.ts';
import { PostalGeocoder } from '../../shared/adapters/geocoding/postal-geocoder.ts';
import { memoryAccounts } from '../../shared/adapters/memory/accounts.ts';
import { oneSeller } from '../../shared/adapters/memory/sellers.ts';
import { memoryWorld } from '../../shared/adapters/memory/world.ts';
import { providersBy } from '../../shared/adapters/payment-providers.ts';
import { memorySandboxBook } from '../../shared/adapters/sandbox/book.ts';
import { sandboxCarrier } from '../../shared/adapters/sandbox/carrier.ts';
import { sandboxPayments } from '../../shared/adapters/sandbox/payment.ts';
import type { CapacityUse } from '../../shared/domain/capacity.ts';
import { LocationId, Sku } from '../../shared/domain/ids.ts';
import { Location } from '../../shared/domain/location.ts';
import { freeEverywhere } from '../../shared/domain/network/shipping-rates.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import type { Bucket } from '../../shared/domain/stock.ts';
import type { AccountStore } from '../../shared/ports/accounts.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import type { Network, NetworkStore, SkuStock } from '../../shared/ports/network.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';
import type { System } from '../../shared/ports/system.ts';

/** A generator of numbers from a seed: the same seed, the same run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Time and ids that are the same on every run. Sleeping costs no time and gives others their turn. */
export function testSystem(
  random: () => number,
  start = '2026-01-05T09:00:00Z',
): System & { advance(milliseconds: number): void } {
  let now = Date.parse(start);
  let ids = 0;
  return {
    now: () => now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    random,
    eventId: () => `evt_${String(++ids).padStart(32, '0')}`,
    ulid: () => String(++ids).padStart(26, '0'),
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** The store forgot to answer: the commit may or may not have taken place. */
export class StoreCrash extends Error {
  override readonly name = 'StoreCrash';
}

/** Chances, 0 to 1, of what goes wrong at one commit. */
export interface StoreFaults {
  versionConflict: number;
  contention: number;
  crashBefore: number;
  crashAfter: number;
}

export const noFaults: StoreFaults = { versionConflict: 0, contention: 0, crashBefore: 0, crashAfter: 0 };

export function faultyStore(store: OrderStore, random: () => number, faults: StoreFaults): OrderStore {
  return {
    ...store,
    async commit(commit) {
      const dice = random();
      if (dice < faults.versionConflict) return { outcome: 'version_conflict' };
      if (dice < faults.versionConflict + faults.contention) return { outcome: 'contention' };
      if (random() < faults.crashBefore) throw new StoreCrash('before the commit');
      const outcome = await store.commit(commit);
      if (random() < faults.crashAfter) throw new StoreCrash('after the commit');
      return outcome;
    },
  };
}

/** The accounts of gift cards and customers, with the same faults. */
export function faultyAccounts(accounts: AccountStore, random: () => number, faults: StoreFaults): AccountStore {
  return {
    ...accounts,
    async commit(commit) {
      if (random() < faults.versionConflict) return false;
      if (random() < faults.crashBefore) throw new StoreCrash('before the commit of an account');
      const isDone = await accounts.commit(commit);
      if (random() < faults.crashAfter) throw new StoreCrash('after the commit of an account');
      return isDone;
    },
  };
}

export const skus = ['tea', 'cup', 'pot'].map((sku) => Sku.parse(sku));
/** Two of them engrave. */
export const locations = ['dc-1', 'dc-2', 'store-1'].map((id, index) =>
  Location.parse({
    id,
    name: id,
    kind: 'distribution_center',
    timeZone: 'UTC',
    priority: 10 - index,
    enabled: true,
    ...(index > 0 && { capabilities: ['ship', 'customize:engrave'] }),
    updatedAt: '2026-01-01T00:00:00.000Z',
  }),
);

export const bucket = (sku: string, locationId: string, onHand: number): Bucket => ({
  sku: Sku.parse(sku),
  locationId: LocationId.parse(locationId),
  onHand,
  available: onHand,
  held: 0,
  committed: 0,
  unavailable: 0,
  damaged: 0,
  quality_control: 0,
  quarantine: 0,
  missing: 0,
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** Nobody has set up storefronts or safety stock, unless `changes` says so. */
export const networkOf = (changes: Partial<Network> = {}): Network => ({
  version: 1,
  locations,
  groups: new Map(),
  storefronts: new Map(),
  safety: [],
  restrictions: { restrictions: [] },
  rates: freeEverywhere,
  rules: new Map(),
  ...changes,
});

/** What is known of a SKU besides its stock. */
export type KeptBack = Pick<SkuStock, 'category' | 'safety'>;

/** The network over buckets in memory, as who plans sites asks it. */
export const planningNetwork = (
  network: () => Network,
  buckets: ReadonlyMap<string, Bucket>,
  capacity: ReadonlyMap<string, CapacityUse> = new Map(),
  kept: ReadonlyMap<string, KeptBack> = new Map(),
): Pick<NetworkStore, 'network' | 'sku' | 'capacity'> => ({
  network: async () => network(),
  capacity: async () => new Map(capacity),
  sku: async (sku) => ({
    category: undefined,
    buckets: [...buckets.values()].filter((one) => one.sku === sku),
    expired: [],
    overdue: [],
    safety: [],
    ...kept.get(sku),
  }),
});

/** The whole product in memory, with chance and faults from a seed. */
export function modelWorld(options: {
  seed: number;
  buckets: Bucket[];
  faults?: StoreFaults;
  policy?: Policy;
  network?: Partial<Network>;
  /** By SKU. */
  kept?: ReadonlyMap<string, KeptBack>;
  /** Of the first location. */
  capacity?: Location['capacity'];
}) {
  const random = seeded(options.seed);
  const memory = memoryWorld(options.buckets);
  const faults = { ...(options.faults ?? noFaults) };
  const system = testSystem(random);
  const book = memorySandboxBook();
  const accounts = memoryAccounts();
  const faulty = { accounts: faultyAccounts(accounts, random, faults), system };
  const sites = locations.map((location, n) => ({ ...location, ...(n === 0 && { capacity: options.capacity ?? {} }) }));
  const network = networkOf({ locations: sites, ...options.network });
  const inventory: Inventory = {
    buckets: async (sku) => [...memory.buckets.values()].filter((one) => one.sku === sku),
    knownSkus: async (asked) => new Set(asked),
    locations: async () => sites,
    putLocation: async () => undefined,
  };
  return {
    ...memory,
    start: options.buckets,
    faults,
    random,
    book,
    /** Of gift cards and customers. Nobody has any, unless a test opens them. */
    accounts,
    /** A location out of service is disabled here. */
    sites,
    network,
    deps: {
      orders: faultyStore(memory.store, random, faults),
      system,
      policy: options.policy ?? defaultPolicy,
      inventory,
      network: planningNetwork(() => network, memory.buckets, memory.capacity, options.kept),
      geocoder: new PostalGeocoder(),
      backorders: memory.backorders,
      payments: providersBy({
        card: () => sandboxPayments(book, system.now),
        giftCard: () => accountPayments('giftCard', faulty),
        storeCredit: () => accountPayments('storeCredit', faulty),
        terms: () => accountPayments('terms', faulty),
        cashOnDelivery: () => cashOnDelivery(options.policy ?? defaultPolicy),
      }),
      sellers: oneSeller(),
      carrier: sandboxCarrier(book),
    },
  };
}
export type ModelWorld = ReturnType<typeof modelWorld>;
