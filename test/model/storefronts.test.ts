import { expect, test } from 'vitest';
import { bucketKey } from '../../shared/adapters/memory/world.ts';
import { OrderId, type Sku } from '../../shared/domain/ids.ts';
import { LocationGroup } from '../../shared/domain/network/location-group.ts';
import { SafetyStockRule, safetyStock } from '../../shared/domain/network/safety-stock.ts';
import { Storefront } from '../../shared/domain/network/storefront.ts';
import { unitsIn } from '../../shared/domain/positions.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';
import { execute } from '../../shared/use-cases/execute.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { placeCommand } from '../unit/domain/orders.ts';
import { bucket, type KeptBack, locations, modelWorld, networkOf, seeded, skus } from './world.ts';

const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const at = '2026-01-01T00:00:00.000Z';
const runs = 60;
const ordersEach = 25;
const idOf = (n: number) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`);

/** Safety stock by SKU, and of categories that some SKUs are of: also of the SKU at a location or for a storefront. */
function drawKept(random: () => number): { kept: Map<string, KeptBack>; ofCategories: SafetyStockRule[] } {
  const units = () => Math.floor(random() * 4);
  const somewhere = () => ({
    ...(random() < 0.4 && { locationId: locations[Math.floor(random() * locations.length)]?.id }),
    ...(random() < 0.4 && { storefrontId: random() < 0.5 ? 'left' : 'right' }),
  });
  const categories = ['glass', 'ceramics'];
  const ofCategories = categories
    .filter(() => random() < 0.7)
    .map((category) => SafetyStockRule.parse({ category, ...somewhere(), units: units() }));
  const kept = new Map(
    skus.map((sku) => [
      sku,
      {
        category: random() < 0.6 ? categories[Math.floor(random() * 2)] : undefined,
        safety: random() < 0.3 ? [SafetyStockRule.parse({ sku, ...somewhere(), units: units() })] : [],
      },
    ]),
  );
  return { kept, ofCategories };
}

/** Two storefronts with a group each, drawn anew; `anywhere` is a channel that has none. */
function drawNetwork(random: () => number) {
  const channels = ['left', 'right'];
  const groups = channels.map((id) =>
    LocationGroup.parse({
      id,
      name: id,
      locations: locations.map((one) => ({ locationId: one.id, active: random() < 0.6 })),
      updatedAt: at,
    }),
  );
  const storefronts = channels.map((id) =>
    Storefront.parse({ id, name: id, kind: 'web', locationGroupId: id, updatedAt: at }),
  );
  const safety = [...channels, undefined].flatMap((storefrontId) =>
    locations
      .filter(() => random() < 0.5)
      .map((one) =>
        SafetyStockRule.parse({
          ...(storefrontId && { storefrontId }),
          locationId: one.id,
          units: Math.floor(random() * 4),
        }),
      ),
  );
  return networkOf({
    groups: new Map(groups.map((group) => [group.id, group])),
    storefronts: new Map(storefronts.map((storefront) => [storefront.id, storefront])),
    safety,
  });
}

async function play(seed: number): Promise<{ reserved: number; waiting: number }> {
  const random = seeded(seed);
  const drawn = drawNetwork(random);
  const { kept: keptOf, ofCategories } = drawKept(random);
  const network = { ...drawn, safety: [...drawn.safety, ...ofCategories] };
  const world = modelWorld({
    seed,
    buckets: skus.flatMap((sku) => locations.map(({ id }) => bucket(sku, id, Math.floor(random() * 8)))),
    faults: { versionConflict: 0.1, contention: 0.1, crashBefore: 0, crashAfter: 0 },
    network,
    kept: keptOf,
  });
  const mayServe = (channel: string, locationId: string) => {
    const group = [...network.groups.values()].find(({ id }) => id === channel);
    return group?.locations.some((one) => one.locationId === locationId && one.active) ?? true;
  };
  const kept = (channel: string, sku: Sku, locationId: (typeof locations)[number]['id']) =>
    safetyStock([...network.safety, ...(keptOf.get(sku)?.safety ?? [])], {
      sku,
      category: keptOf.get(sku)?.category,
      locationId,
      storefrontId: channel as Storefront['id'],
    });

  // Every commit that takes units is looked at as it happens.
  const orders: OrderStore = {
    ...world.deps.orders,
    async commit(commit) {
      // The store in memory has done its work when it returns the promise; by the time that settles, others have done theirs.
      const pending = world.deps.orders.commit(commit);
      const left = commit.stock.map(
        ({ sku, locationId }) => world.buckets.get(bucketKey(sku, locationId))?.available ?? -1,
      );
      const committed = await pending;
      if (committed.outcome !== 'committed') return committed;
      const { channel } = commit.after;
      for (const [index, { sku, locationId, available }] of commit.stock.entries()) {
        if (available >= 0) continue;
        if (!mayServe(channel, locationId)) throw new Error(`U5: ${channel} took ${sku} from ${locationId}`);
        if ((left[index] ?? -1) < kept(channel, sku, locationId))
          throw new Error(`U5: ${channel} left ${left[index]} of ${sku} at ${locationId}`);
      }
      return committed;
    },
  };
  const deps = { ...world.deps, orders };
  for (let n = 0; n < ordersEach; n++) {
    world.deps.system.advance(1000);
    const lines = skus
      .filter(() => random() < 0.5)
      .map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 3), unitPrice: 1 }));
    const channel = ['left', 'right', 'anywhere'][Math.floor(random() * 3)] ?? 'left';
    const some = lines.length > 0 ? lines : [{ sku: 'tea', quantity: 1, unitPrice: 1 }];
    await execute(
      deps,
      idOf(n),
      [{ ...placeCommand(some, { externalId: `s-${n}` }), orderId: idOf(n), channel }],
      meta,
    );
  }
  const all = Array.from({ length: ordersEach }, (_, n) => idOf(n));
  await Promise.all(all.map((id) => reserveStock(deps, id, meta)));
  // A second go: who was refused while somebody ahead was about to be served.
  await Promise.all(all.map((id) => reserveStock(deps, id, meta)));

  // Nobody waits for units that they could have: no unit of theirs is left above the line.
  let [reserved, waiting] = [0, 0];
  for (const order of world.orders.values()) {
    for (const { sku, positions } of order.lines) {
      reserved += unitsIn(positions, 'RESERVED');
      waiting += unitsIn(positions, 'BACKORDERED');
      if (unitsIn(positions, 'BACKORDERED') === 0) continue;
      const could = locations.filter(
        ({ id }) =>
          mayServe(order.channel, id) &&
          (world.buckets.get(bucketKey(sku, id))?.available ?? 0) > kept(order.channel, sku, id),
      );
      expect(could.map(({ id }) => `${order.channel} could have ${sku} at ${id} (run ${seed})`)).toEqual([]);
    }
  }
  return { reserved, waiting };
}

test(`${runs} networks: no storefront reserves outside of its group or into its safety stock, and none waits for what it could have (U5)`, async () => {
  const sums = { reserved: 0, waiting: 0 };
  for (let run = 0; run < runs; run++) {
    const { reserved, waiting } = await play(20_260_105 + run);
    sums.reserved += reserved;
    sums.waiting += waiting;
  }
  console.log(`${runs} networks: ${sums.reserved} units reserved, ${sums.waiting} wait: no violation`);
  expect(Math.min(sums.reserved, sums.waiting)).toBeGreaterThan(100);
}, 60_000);
