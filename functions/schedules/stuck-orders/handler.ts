import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { ordersInStatus } from '../../../shared/adapters/dynamodb/sweeps.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { system as systemActor } from '../../../shared/domain/actor.ts';
import { executeDeps, system } from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { stuckAfter, stuckWorkflow } from '../../../shared/use-cases/find-stuck.ts';

const table = ordersTable();
const deps = executeDeps();
const start = stepFunctionsStarter(machineArns());

/** The statuses in which something should happen by itself; the oldest `perShard` of each shard a run. */
const watched = ['PLACED', 'CONFIRMED', 'PACKED', 'PARTIALLY_SHIPPED'];
const perShard = 200;

export async function handler(): Promise<{ restarted: number }> {
  const now = system.now();
  const before = new Date(now - stuckAfter).toISOString();
  let restarted = 0;
  for (const status of watched) {
    for (const orderId of await ordersInStatus(dynamoDb, table, status, before, perShard)) {
      const order = await deps.orders.load(orderId);
      const stuck = order && stuckWorkflow(order, deps.policy, now);
      if (!stuck) continue;
      restarted += 1;
      log.warn('stuck order', { orderId, stuck });
      if (stuck === 'finish-cancellation') {
        const meta = { actor: systemActor('stuck-orders'), correlationId: 'stuck-orders', causationId: 'stuck-orders' };
        await execute(deps, orderId, [{ type: 'cancel', reason: order.endReason ?? 'canceled' }], meta);
        continue;
      }
      // One name for each interval: two sweeps at once start it once, the next sweep may start it again.
      const name = `${orderId}-${order.sequence}-r${Math.floor(now / stuckAfter)}`;
      await start(stuck.machine, name, { orderId, ...(stuck.fulfillmentId && { fulfillmentId: stuck.fulfillmentId }) });
    }
  }
  return { restarted };
}
