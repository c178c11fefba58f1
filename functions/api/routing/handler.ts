import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderEvents } from '../../../shared/adapters/dynamodb/order-store.ts';
import { dynamoRouteLog } from '../../../shared/adapters/dynamodb/route-log.ts';
import { access, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { routingRoutes } from './routes.ts';

const table = ordersTable();

export const handler = routingRoutes({
  door: keyDoor(access(), system.now),
  orders: dynamoOrderEvents(dynamoDb, table),
  routes: dynamoRouteLog(dynamoDb, table),
});
