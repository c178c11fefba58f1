import type { Command } from '../../../shared/domain/commands.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { isOnAccount } from '../../../shared/domain/payment-method.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { capturableNow, openAuthorization, outstanding, settlement } from '../../../shared/domain/settlement.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { stuckAfter, stuckWorkflow } from '../../../shared/use-cases/find-stuck.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { wakeUps } from '../wake-ups.ts';
import { noFaults } from '../world.ts';
import { type Action, orderIds, verbs, type Workflow } from './actions.ts';
import { tellReceipt } from './move-money.ts';
import type { OrderWorld } from './order-world.ts';
import { perform, tolerate } from './perform.ts';
import { endChargebacks, endOutages } from './play-provider.ts';
import { meta } from './workflows.ts';

/** Longer than returns are taken back. */
const untilClosed = defaultPolicy.closeAfter + 24 * 3_600_000;

/** Of the rules of the histories. */
const longestWait = 2 * 24 * 3_600_000;

/**
 * No more faults: whatever was interrupted is run again, then what the events start that this writes. People do their part: who has told of a receipt tells it
 * again, customers pay what they owe on account, somebody asks for what is only taken when asked for, and finance looks at what is parked. Every order comes to rest, and
 * is closed when nobody can bring anything back.
 */
export async function quiesce(world: OrderWorld): Promise<void> {
  Object.assign(world.faults, noFaults);
  endOutages(world);
  const woken = wakeUps(world);
  await endChargebacks(world);
  const carryOnWoken = async () => {
    for (let ids = await woken(); ids.size > 0; ids = await woken()) for (const id of ids) await carryOn(world, id);
  };
  for (const id of world.orders.keys()) {
    await perform(world, { do: 'releaseHold', order: orderIds.indexOf(id) });
    await carryOn(world, id);
  }
  await carryOnWoken();
  for (const receipt of world.receipts) await tellReceipt(world, receipt);
  for (const work of [payUp, lookAtParked, waitNoLonger, payUp, payUp]) {
    for (const id of world.orders.keys()) await work(world, id);
    await carryOnWoken();
    await sweep(world);
  }
  world.deps.system.advance(untilClosed);
  for (const name of ['backorder', 'close'])
    for (const id of world.orders.keys()) await fireTimer(world.deps, id, name);
}

/** What still waits for supply has waited for as long as it may. */
async function waitNoLonger({ deps }: OrderWorld, id: OrderId): Promise<void> {
  deps.system.advance(longestWait);
  await fireTimer(deps, id, 'backorder');
}

/** Orders that rest although something is to be done are started again, as the product's sweep does. */
async function sweep(world: OrderWorld): Promise<void> {
  world.deps.system.advance(2 * stuckAfter);
  for (const [id, order] of world.orders)
    if (stuckWorkflow(order, world.deps.policy, world.deps.system.now())) await carryOn(world, id, 2);
}

/** The goods come to the customers, as far as they do while everything still goes wrong now and then. */
export async function deliverAll(world: OrderWorld): Promise<void> {
  for (const id of world.orders.keys()) await carryOn(world, id, 2);
}

/** What is owed on account comes, and what is only taken when somebody asks for it is asked for: asked for again, when a transfer came in between. */
async function payUp(world: OrderWorld, id: OrderId): Promise<void> {
  const order = world.orders.get(id);
  if (!order?.deliveredAt) return;
  if (order.capture === 'manual' && capturableNow(order) > 0)
    await execute(world.deps, id, [{ type: 'requestCapture' }], meta('finance'));
  let left = outstanding(order);
  for (const payment of order.payments.filter(({ method }) => isOnAccount(method))) {
    const amount = Math.min(left, openAuthorization(payment));
    left -= amount;
    if (amount > 0)
      await tellReceipt(world, {
        orderId: id,
        paymentId: payment.id,
        receipt: `at last ${payment.captures.length}`,
        amount,
      });
  }
}

/** A person sends what no provider gives back; what stays parked then is for a person, too. */
async function lookAtParked(world: OrderWorld, id: OrderId): Promise<void> {
  const order = world.orders.get(id);
  const parked = (order?.exceptions ?? []).filter(({ status }) => status === 'OPEN');
  if (!order || parked.length === 0) return;
  const amount = settlement(order).unplaced;
  const byHand: Command = { type: 'recordRefund', amount, reference: `SEPA at last ${order.version}` };
  if (amount > 0) await execute(world.deps, id, [byHand], meta('finance'));
  const again = parked.map((one): Command => ({ type: 'resolveException', exceptionId: one.id, retry: true }));
  await execute(world.deps, id, again, meta('agent'));
}

/** Workflows, a warehouse that does its part, and workflows again. */
async function carryOn(world: OrderWorld, id: OrderId, rounds = 12): Promise<void> {
  const number = orderIds.indexOf(id);
  const go = (action: Action) => perform(world, action).catch(tolerate);
  const run = (workflow: Workflow) => go({ do: 'workflow', order: number, workflow });
  for (let round = 0; round < rounds; round++) {
    await run('place');
    await run('reroute');
    for (const [fulfillment] of (world.orders.get(id)?.fulfillments ?? []).entries()) {
      for (const verb of verbs.slice(0, 5)) await go({ do: 'verb', order: number, fulfillment, verb });
      await run('ship');
      for (const verb of ['ship', 'deliver'] as const) await go({ do: 'verb', order: number, fulfillment, verb });
    }
    await run('digital');
    await run('settle');
  }
}
