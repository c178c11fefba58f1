import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderCommits } from '../../../shared/adapters/dynamodb/order-store.ts';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { access, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { listVariable, parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { webhookRoutes } from './routes.ts';

const env = parseEnv(
  z.object({
    DELIVERY_TABLE: requiredVariable,
    ORDERS_TABLE: requiredVariable,
    WEBHOOK_ALLOWED_NETWORKS: listVariable,
  }),
);
const cursors = access();

export const handler = webhookRoutes({
  door: keyDoor(cursors, system.now),
  webhooks: dynamoWebhookStore(dynamoDb, env.DELIVERY_TABLE),
  // Only the answers kept under Idempotency-Keys: this function may not touch stock.
  idempotency: dynamoOrderCommits(dynamoDb, { orders: env.ORDERS_TABLE, inventory: 'none' }, system),
  cursors,
  allowed: allowedNetworks(env.WEBHOOK_ALLOWED_NETWORKS),
  system,
});
