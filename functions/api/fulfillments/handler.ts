import * as z from 'zod';
import { dynamoAccessStore } from '../../../shared/adapters/dynamodb/access-store.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderQueries } from '../../../shared/adapters/dynamodb/order-queries.ts';
import { carrier, executeDeps, payments, system } from '../../../shared/runtime/dependencies.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { fulfillmentRoutes } from './routes.ts';

const env = parseEnv(z.object({ ACCESS_TABLE: requiredVariable, ORDERS_TABLE: requiredVariable }));
const deps = executeDeps();

export const handler = fulfillmentRoutes({
  ...deps,
  payments: payments(),
  carrier: carrier(),
  queries: dynamoOrderQueries(dynamoDb, env.ORDERS_TABLE, deps.orders, system),
  cursors: dynamoAccessStore(dynamoDb, env.ACCESS_TABLE),
});
