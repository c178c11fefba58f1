import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { sqsWebhookQueue } from '../../../shared/adapters/webhook-queue.ts';
import { BusMessage } from '../../../shared/events/bus-message.ts';
import { askedTogether } from '../../../shared/runtime/asked-together.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { fanOutWebhooks } from '../../../shared/use-cases/fan-out-webhooks.ts';

const env = parseEnv(z.object({ DELIVERY_TABLE: requiredVariable, WEBHOOK_QUEUE_URL: requiredVariable }));
const store = dynamoWebhookStore(dynamoDb, env.DELIVERY_TABLE);
const deps = {
  // Nearly always all that there is to do for a record is to see that nobody wants it.
  webhooks: { ...store, endpoints: askedTogether(store.endpoints) },
  queue: sqsWebhookQueue(env.WEBHOOK_QUEUE_URL),
  system: realSystem(),
};

export const handler = defineSubscriber('fan-out-webhooks', BusMessage, async ({ detail }) => {
  const endpoints = await fanOutWebhooks(deps, detail);
  log.info('event fanned out', { eventId: detail.id, type: detail.type, subject: detail.subject, endpoints });
});
