import * as z from 'zod';
import { dynamoAccessStore } from '../../../shared/adapters/dynamodb/access-store.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderStore } from '../../../shared/adapters/dynamodb/order-store.ts';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { listVariable, parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { webhookRoutes } from './routes.ts';

const env = parseEnv(
  z.object({
    ACCESS_TABLE: requiredVariable,
    DELIVERY_TABLE: requiredVariable,
    ORDERS_TABLE: requiredVariable,
    WEBHOOK_ALLOWED_NETWORKS: listVariable,
  }),
);

export const handler = webhookRoutes({
  webhooks: dynamoWebhookStore(dynamoDb, env.DELIVERY_TABLE),
  // Only the answers kept under Idempotency-Keys: this function may not touch stock.
  idempotency: dynamoOrderStore(dynamoDb, { orders: env.ORDERS_TABLE, inventory: 'none' }),
  cursors: dynamoAccessStore(dynamoDb, env.ACCESS_TABLE),
  allowed: allowedNetworks(env.WEBHOOK_ALLOWED_NETWORKS),
  system: realSystem(),
});
