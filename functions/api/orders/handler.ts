import * as z from 'zod';
import { dynamoAccessStore } from '../../../shared/adapters/dynamodb/access-store.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderQueries } from '../../../shared/adapters/dynamodb/order-queries.ts';
import { executeDeps, inventory, system } from '../../../shared/runtime/dependencies.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { rememberingInventory } from './place-order.ts';
import { orderRoutes } from './routes.ts';

const env = parseEnv(
  z.object({ ACCESS_TABLE: requiredVariable, ORDERS_TABLE: requiredVariable, TENANT_ID: requiredVariable }),
);
const deps = executeDeps();

export const handler = orderRoutes({
  ...deps,
  inventory: rememberingInventory(inventory()),
  queries: dynamoOrderQueries(dynamoDb, env.ORDERS_TABLE, deps.orders, system),
  cursors: dynamoAccessStore(dynamoDb, env.ACCESS_TABLE),
  tenantId: env.TENANT_ID,
});
