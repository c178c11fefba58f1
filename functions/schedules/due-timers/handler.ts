import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dueTimers } from '../../../shared/adapters/dynamodb/sweeps.ts';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { sqsWebhookQueue } from '../../../shared/adapters/webhook-queue.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import { cartHolds, executeDeps, system } from '../../../shared/runtime/dependencies.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { describeError, log } from '../../../shared/runtime/log.ts';
import { ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { sweepCartHolds } from '../../../shared/use-cases/stock/cart-holds.ts';
import { sweepDueWebhooks } from '../../../shared/use-cases/sweep-due-webhooks.ts';

const env = parseEnv(z.object({ DELIVERY_TABLE: requiredVariable, WEBHOOK_QUEUE_URL: requiredVariable }));
const table = ordersTable();
const deps = executeDeps();
const webhooks = {
  webhooks: dynamoWebhookStore(dynamoDb, env.DELIVERY_TABLE),
  queue: sqsWebhookQueue(env.WEBHOOK_QUEUE_URL),
};

/** Timers of each shard a run: what is left is still due a minute later. */
const perShard = 100;

const holds = { holds: cartHolds(), system };
/** Holds of carts a run. */
const mostHolds = 200;

export async function handler(): Promise<{ timers: number; webhooks: number; cartHolds: number }> {
  const due = await dueTimers(dynamoDb, table, isoNow(system), perShard);
  for (const { orderId, name } of due) {
    try {
      log.info('timer', { orderId, name, outcome: await fireTimer(deps, orderId, name) });
    } catch (error) {
      // One order that cannot be moved now must not stop the others: it stays due.
      log.warn('timer failed', { orderId, name, failure: describeError(error) });
    }
  }
  const ended = await sweepCartHolds(holds, mostHolds);
  return { timers: due.length, webhooks: await sweepDueWebhooks(webhooks, system.now()), cartHolds: ended };
}
