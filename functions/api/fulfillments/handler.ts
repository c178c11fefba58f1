import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderQueries } from '../../../shared/adapters/dynamodb/order-queries.ts';
import {
  access,
  answeringDeps,
  carrier,
  legalEntities,
  paymentProviders,
  system,
} from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { fulfillmentRoutes } from './routes.ts';

const env = parseEnv(z.object({ ORDERS_TABLE: requiredVariable }));
const deps = answeringDeps();
const cursors = access();

export const handler = fulfillmentRoutes({
  ...deps,
  door: keyDoor(cursors, system.now),
  payments: paymentProviders(),
  sellers: legalEntities(),
  carrier: carrier(),
  queries: dynamoOrderQueries(dynamoDb, env.ORDERS_TABLE, deps.orders, system),
  cursors,
});
