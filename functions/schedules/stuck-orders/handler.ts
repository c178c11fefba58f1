import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoSimulations } from '../../../shared/adapters/dynamodb/simulation-store.ts';
import {
  ordersInStatus,
  ordersThatMayWait,
  ordersToReroute,
  unsettledOrders,
} from '../../../shared/adapters/dynamodb/sweeps.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { system as systemActor } from '../../../shared/domain/actor.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import {
  executeDeps,
  feeds,
  networkChanges,
  operations,
  outages,
  stockShards,
  system,
} from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { stuckAfter, stuckWorkflow } from '../../../shared/use-cases/find-stuck.ts';
import { tendSimulations } from '../../../shared/use-cases/routing/tend-simulations.ts';
import { tendFeeds } from '../../../shared/use-cases/stock/tend-feeds.ts';
import { tendShards } from '../../../shared/use-cases/stock/tend-shards.ts';
import { tendNetwork } from '../../../shared/use-cases/tend-network.ts';
import { tendOutages } from '../../../shared/use-cases/tend-outages.ts';

const table = ordersTable();
const deps = executeDeps();
const start = stepFunctionsStarter(machineArns());
const wakeDeps = {
  orders: deps.orders,
  waitingOrders: () => ordersThatMayWait(dynamoDb, table),
  start,
};
const outageDeps = { ...wakeDeps, operations: operations(), outages: outages(), system };
const networkDeps = { ...wakeDeps, changes: networkChanges() };
const shardDeps = { shards: stockShards(), system };
const feedDeps = { feeds: feeds(), system, start };
const simulationDeps = { simulations: dynamoSimulations(dynamoDb, table), system, start };

/** The statuses in which something should happen by itself; the oldest `perShard` of each shard a run. */
const watched = ['PLACED', 'CONFIRMED', 'PACKED', 'PARTIALLY_SHIPPED'];
const perShard = 200;

export async function handler(): Promise<{ restarted: number }> {
  const now = system.now();
  const before = new Date(now - stuckAfter).toISOString();
  const unsettled = await unsettledOrders(dynamoDb, table, before, perShard);
  const toReroute = await ordersToReroute(dynamoDb, table, before, perShard);
  const waiting = await Promise.all(watched.map((status) => ordersInStatus(dynamoDb, table, status, before, perShard)));
  let restarted = 0;
  for (const orderId of [...unsettled, ...toReroute, ...waiting.flat()])
    restarted += (await restart(orderId, now)) ? 1 : 0;
  const tended = await tendOutages(outageDeps);
  if (tended.resumed + tended.recovered > 0) log.warn('outages', { ...tended });
  const woken = await tendNetwork(networkDeps);
  if (woken > 0) log.info('the network has changed', { woken });
  const fed = await tendFeeds(feedDeps);
  if (fed.restarted + fed.failed > 0) log.warn('feeds', { ...fed });
  const simulated = await tendSimulations(simulationDeps);
  if (simulated.restarted + simulated.failed > 0) log.warn('simulations', { ...simulated });
  const split = await tendShards(shardDeps);
  if (split.resized + split.merged > 0) log.info('rows of hot SKUs', { ...split });
  return { restarted };
}

async function restart(orderId: OrderId, now: number): Promise<boolean> {
  const order = await deps.orders.load(orderId);
  const stuck = order && stuckWorkflow(order, deps.policy, now);
  if (!stuck) return false;
  log.warn('stuck order', { orderId, stuck });
  if (stuck === 'finish-cancellation') {
    const meta = { actor: systemActor('stuck-orders'), correlationId: 'stuck-orders', causationId: 'stuck-orders' };
    await execute(deps, orderId, [{ type: 'cancel', reason: order.endReason ?? 'canceled' }], meta);
    return true;
  }
  // One name for each interval: two sweeps at once start it once, the next sweep may start it again.
  const name = `${orderId}-${order.sequence}-r${Math.floor(now / stuckAfter)}`;
  await start(stuck.machine, name, { orderId, ...(stuck.fulfillmentId && { fulfillmentId: stuck.fulfillmentId }) });
  return true;
}
