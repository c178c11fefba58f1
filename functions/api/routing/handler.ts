import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderStore } from '../../../shared/adapters/dynamodb/order-store.ts';
import { dynamoRouteLog } from '../../../shared/adapters/dynamodb/route-log.ts';
import { dynamoShadowLog } from '../../../shared/adapters/dynamodb/shadow-totals.ts';
import { dynamoSimulations } from '../../../shared/adapters/dynamodb/simulation-store.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { access, inventory, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { routingRoutes } from './routes.ts';

const table = ordersTable();
/** No stock is moved here. */
const orders = dynamoOrderStore(dynamoDb, { orders: table, inventory: 'none' }, system);

export const handler = routingRoutes({
  door: keyDoor(access(), system.now),
  orders,
  routes: dynamoRouteLog(dynamoDb, table),
  shadows: dynamoShadowLog(dynamoDb, table, system),
  simulations: dynamoSimulations(dynamoDb, table),
  inventory: inventory(),
  idempotency: orders,
  system,
  start: stepFunctionsStarter(machineArns()),
});
