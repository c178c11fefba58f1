import fc from 'fast-check';
import type { OrderEvent } from '../../../shared/domain/events.ts';
import { defaultRules, RoutingRule, RoutingRulesId } from '../../../shared/domain/network/routing-rules.ts';
import { CapturePolicy, ChargePolicy, defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Network } from '../../../shared/ports/network.ts';
import { bucket, locations, skus } from '../world.ts';
import { aboutMoney, action } from './actions.ts';
import { booksAgree } from './books.ts';
import { audit, idle, unfinished } from './checks.ts';
import { noRefundWhileOwing, providersAgree } from './money-checks.ts';
import { type OrderWorld, orderWorld } from './order-world.ts';
import { perform, tolerate } from './perform.ts';
import { deliverAll, quiesce } from './quiesce.ts';

/** What happens in one world: its seed decides where it crashes, and who comes first. */
export const history = fc.record({
  seed: fc.nat(),
  /** Units of each SKU at each location. */
  stock: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 9, maxLength: 9 }),
  backorder: fc.constantFrom('allow' as const, 'allow' as const, 'split' as const, 'split' as const, 'deny' as const),
  /** A routing rule says how long units wait for supply; absent: there are no rules. */
  cancelAfterDays: fc.option(fc.constantFrom(0, 1, 1, 2), { nil: undefined }),
  /** Actions of a batch happen at once. */
  batches: fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30 }),
  /** When the goods have come. */
  after: fc.array(fc.array(aboutMoney, { minLength: 1, maxLength: 4 }), { maxLength: 10 }),
  splitKits: fc.boolean(),
  /** Days that one order fills, or the units of a large one. */
  capacity: fc.constantFrom({}, {}, { ordersPerDay: 1 }, { unitsPerDay: 60 }),
  capture: fc.constantFrom('onPack' as const, ...CapturePolicy.options),
  shippingCharge: fc.constantFrom(...ChargePolicy.options),
});
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

const faults = { versionConflict: 0.05, contention: 0.05, crashBefore: 0.03, crashAfter: 0.03 };

const rulesFor = (cancelAfterDays: number | undefined): Network['rules'] =>
  new Map(
    cancelAfterDays === undefined
      ? []
      : [
          [
            defaultRules,
            {
              ...{ id: RoutingRulesId.parse(defaultRules), version: 1, updatedAt: '2026-01-01T00:00:00.000Z' },
              rules: [RoutingRule.parse({ name: 'all', onFail: { cancelAfterDays } })],
            },
          ],
        ],
  );

const worldOf = ({
  seed,
  stock,
  capacity,
  cancelAfterDays,
  ...money
}: Omit<History, 'batches' | 'after'>): Promise<OrderWorld> =>
  orderWorld({
    ...{ seed, faults, capacity, network: { rules: rulesFor(cancelAfterDays) } },
    buckets: locations.flatMap(({ id }, row) =>
      skus.map((sku, column) => bucket(sku, id, stock[row * skus.length + column] ?? 0)),
    ),
    policy: { ...defaultPolicy, ...money, acceptWithin: 5 * 60_000, routingAttempts: 2 },
  });

export interface Played {
  world: OrderWorld;
  /** None, unless the model or the product is wrong. */
  violations: unknown[];
}

/** Plays a history to its end, and says what was violated first. */
export async function play({ batches, after, ...options }: History): Promise<Played> {
  const world = await worldOf(options);
  const isDelivered = [...batches.map(() => false), ...after.map(() => true)];
  for (const [index, batch] of [...batches, ...after].entries()) {
    if (isDelivered[index] && !isDelivered[index - 1]) await deliverAll(world);
    // Its actions interleave at every await.
    await Promise.all(batch.map((one) => perform(world, one).catch(tolerate)));
    const violations = await audit(world);
    if (violations.length > 0) return { world, violations };
  }
  await quiesce(world);
  const violations = [
    ...(await audit(world)),
    ...providersAgree(world),
    ...(await booksAgree(world)),
    ...noRefundWhileOwing(world),
    ...unfinished(world),
    ...(await idle(world)),
  ];
  return { world, violations };
}

/** What an event shows that a history has come to. */
export function whatOf({ type, data }: OrderEvent): string[] {
  const text = JSON.stringify(data);
  const { to } = data as { to?: string };
  return [
    type,
    ...(type === 'payment.refunded' && to !== undefined ? [`payment.refunded ${to}`] : []),
    ...(text.includes('"forced"') ? [`${type} forced`] : []),
    ...(text.includes('"components"') ? [`kit ${type}`] : []),
    ...(text.includes('"backorder_deadline"') ? [`${type} after its time`] : []),
    ...(text.includes('"missing"') ? ['kit shorted by pieces'] : []),
  ];
}
