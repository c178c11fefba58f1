import { bucketKey } from '../../../shared/adapters/memory/world.ts';
import type { Actor } from '../../../shared/domain/actor.ts';
import type { Command } from '../../../shared/domain/commands.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';
import { skus } from '../world.ts';
import { type Action, orderIds, verbs } from './actions.ts';
import { isAboutMoney, type MoneyAction } from './money-actions.ts';
import { moveMoney } from './move-money.ts';
import type { OrderWorld } from './order-world.ts';
import { playProvider } from './play-provider.ts';
import { customer, lineOf, priced } from './priced-order.ts';
import { isOfProvider, type ProviderAction } from './provider-actions.ts';
import { meta, runWorkflow } from './workflows.ts';

/** What a caller may meet and simply tries again later. Anything else is a bug and fails the run. */
const expected = new Set([
  'StoreCrash',
  'StoreContention',
  'PaymentUnavailable',
  'PaymentOutcomeUnknown',
  'CarrierUnavailable',
]);
export const tolerate = (error: unknown): void => {
  if (!(error instanceof Error) || !expected.has(error.name)) throw error;
};

/**
 * The order that an action is about, and its fulfillments. What a location does is about one that there is: most orders have fewer than the numbers
 * that are drawn.
 */
function subjectOf(
  { orders }: OrderWorld,
  one: Exclude<Action, MoneyAction | ProviderAction | { do: 'outage' | 'supply' }>,
) {
  const id = orderIds[one.order];
  const fulfillments = (id && orders.get(id)?.fulfillments) ?? [];
  if (one.do !== 'reject' && one.do !== 'short') return { id, fulfillments };
  const open = [...orders.values()].flatMap((order) =>
    order.fulfillments.filter(({ status }) => status === 'OPEN' || status === 'ACCEPTED'),
  );
  const found = open[(one.order * 4 + one.fulfillment) % open.length];
  return { id: found?.orderId ?? id, fulfillments: found ? [found] : [] };
}

export async function perform(world: OrderWorld, one: Action): Promise<void> {
  const { deps } = world;
  if (one.do === 'outage') return outage(world, one.site);
  if (one.do === 'supply') return supply(world, one);
  if (isAboutMoney(one)) return moveMoney(world, one);
  if (isOfProvider(one)) return playProvider(world, one);
  const { id, fulfillments } = subjectOf(world, one);
  if (!id) throw new Error('no such order');
  const command = (role: Actor['role'], ...commands: Command[]) => execute(deps, id, commands, meta(role));
  switch (one.do) {
    case 'place':
      await command('storefront', {
        type: 'place',
        orderId: id,
        externalId: `web-${one.order}`,
        channel: 'web',
        customer: { id: customer },
        contact: { email: 'a@example.com', name: 'A' },
        ...priced(one.lines.map(lineOf), one.token, one.money),
        delivery: {
          method: 'ship',
          service: 'standard',
          address: { name: 'A', line1: '1', city: 'C', postalCode: '1', country: 'ES' },
        },
      });
      if (one.goesOn) await runWorkflow(world, id, 'place', undefined);
      return;
    case 'workflow':
      return runWorkflow(world, id, one.workflow, fulfillments.find(({ status }) => status === 'PACKED')?.id);
    case 'verb': {
      const fulfillment = fulfillments[one.fulfillment];
      if (fulfillment) await command('warehouse', { type: one.verb, fulfillmentId: fulfillment.id });
      return;
    }
    case 'reject': {
      const [fulfillment] = fulfillments;
      const { reason } = one;
      if (fulfillment) {
        await command('warehouse', { type: 'rejectFulfillment', fulfillmentId: fulfillment.id, reason });
      }
      return;
    }
    case 'short': {
      const [fulfillment] = fulfillments;
      const line = fulfillment?.lines[one.line % fulfillment.lines.length];
      if (!fulfillment || !line) return;
      const assigned = fulfillment.lines
        .filter(({ lineId }) => lineId === line.lineId)
        .reduce((sum, { quantity }) => sum + quantity, 0);
      const picked = Math.max(0, assigned - one.missing);
      const short = assigned - picked;
      const part = one.byPart ? line.components?.[0] : undefined;
      const lines = [
        {
          lineId: line.lineId,
          picked,
          reason: one.reason,
          ...(part && { missing: [{ sku: part.sku, quantity: (short - 1) * part.perUnit + 1 }] }),
        },
      ];
      // Whoever finds too few has come that far.
      for (const verb of verbs.slice(0, 3)) await command('warehouse', { type: verb, fulfillmentId: fulfillment.id });
      await command('warehouse', { type: 'pick', fulfillmentId: fulfillment.id, lines });
      return;
    }
    case 'later':
      deps.system.advance(6 * 60_000);
      await fireTimer(deps, id, 'accept');
      return;
    case 'cancelRemainder':
      await command('agent', { type: 'cancelRemainder', reason: 'customer' });
      return;
    case 'retry':
      await execute(
        deps,
        id,
        (order) =>
          (order?.exceptions ?? [])
            .filter(({ status }) => status === 'OPEN')
            .map((open) => ({ type: 'resolveException', exceptionId: open.id, retry: true })),
        meta('agent'),
      );
      return;
    case 'cancel':
      await command('agent', { type: 'cancel', reason: 'customer' });
      return;
    case 'hold':
      await command('agent', { type: 'hold', handle: 'manual', reason: 'MANUAL' });
      return;
    case 'releaseHold':
      await command('agent', { type: 'releaseHold', handle: 'manual' });
      return;
    case 'confirmReceipt':
      await command('storefront', { type: 'confirmReceipt' });
      return;
    case 'close':
      await command('system', { type: 'close' });
  }
}

/** A site is out of service, or in service again; what it has not begun to pick goes elsewhere. */
async function outage({ deps, orders, sites }: OrderWorld, number: number): Promise<void> {
  const site = sites[number];
  if (!site) throw new Error('no such site');
  site.enabled = !site.enabled;
  if (site.enabled) return;
  for (const order of orders.values()) {
    for (const { id, locationId, status } of order.fulfillments) {
      if (locationId !== site.id || (status !== 'OPEN' && status !== 'ACCEPTED')) continue;
      await rerouteOrder(deps, order.id, meta('system'), { fulfillmentId: id, reason: 'outage' });
    }
  }
}

/** What came is there from the start, as far as the books go: no order's log tells of it. */
async function supply(world: OrderWorld, one: Extract<Action, { do: 'supply' }>): Promise<void> {
  const key = bucketKey(skus[one.sku] ?? '', world.sites[one.site]?.id ?? '');
  const before = world.buckets.get(key);
  const start = world.start.find(({ sku, locationId }) => bucketKey(sku, locationId) === key);
  if (!before || !start) throw new Error(`no bucket ${key}`);
  world.buckets.set(key, {
    ...before,
    onHand: before.onHand + one.quantity,
    available: before.available + one.quantity,
  });
  start.onHand += one.quantity;
  start.available += one.quantity;
}
