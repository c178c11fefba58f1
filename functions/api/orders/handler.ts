import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderQueries } from '../../../shared/adapters/dynamodb/order-queries.ts';
import { dynamoShippingRates } from '../../../shared/adapters/dynamodb/shipping-rates.ts';
import { access, answeringDeps, placingDeps, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { rememberingInventory } from './place-order.ts';
import { orderRoutes } from './routes.ts';
import { shippingServices } from './shipping-services.ts';

const env = parseEnv(
  z.object({ ORDERS_TABLE: requiredVariable, INVENTORY_TABLE: requiredVariable, TENANT_ID: requiredVariable }),
);
const deps = answeringDeps();
const { inventory, kits, holds } = placingDeps();
const cursors = access();

export const handler = orderRoutes({
  ...deps,
  door: keyDoor(cursors, system.now),
  inventory: rememberingInventory(inventory),
  kits,
  holds,
  services: shippingServices(dynamoShippingRates(dynamoDb, env.INVENTORY_TABLE), system),
  queries: dynamoOrderQueries(dynamoDb, env.ORDERS_TABLE, deps.orders, system),
  cursors,
  tenantId: env.TENANT_ID,
});
