import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderEvents } from '../../../shared/adapters/dynamodb/order-store.ts';
import { stepFunctionsReader } from '../../../shared/adapters/executions.ts';
import { access, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { executionRoutes } from './routes.ts';

export const handler = executionRoutes({
  door: keyDoor(access(), system.now),
  orders: dynamoOrderEvents(dynamoDb, ordersTable()),
  describeExecution: stepFunctionsReader(machineArns()),
});
