import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { sqsWebhookQueue } from '../../../shared/adapters/webhook-queue.ts';
import { webhookSender } from '../../../shared/adapters/webhook-sender.ts';
import { DueDelivery } from '../../../shared/ports/webhooks.ts';
import { listVariable, parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { deliverWebhook } from '../../../shared/use-cases/deliver-webhook.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { systemResolve } from '../../../shared/webhooks/guard.ts';

const env = parseEnv(
  z.object({
    DELIVERY_TABLE: requiredVariable,
    WEBHOOK_QUEUE_URL: requiredVariable,
    WEBHOOK_ALLOWED_NETWORKS: listVariable,
  }),
);
const deps = {
  webhooks: dynamoWebhookStore(dynamoDb, env.DELIVERY_TABLE),
  queue: sqsWebhookQueue(env.WEBHOOK_QUEUE_URL),
  send: webhookSender({ allowed: allowedNetworks(env.WEBHOOK_ALLOWED_NETWORKS), resolve: systemResolve }),
  system: realSystem(),
};

export const handler = defineSubscriber(
  'deliver-webhook',
  DueDelivery,
  async (message, { messageId, receiveCount }) => {
    const outcome = await deliverWebhook(deps, message, { messageId, receiveCount });
    log.info('webhook attempted', { ...message, outcome });
  },
);
