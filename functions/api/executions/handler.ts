import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoOrderEvents } from '../../../shared/adapters/dynamodb/order-store.ts';
import { stepFunctionsReader } from '../../../shared/adapters/executions.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { executionRoutes } from './routes.ts';

export const handler = executionRoutes({
  orders: dynamoOrderEvents(dynamoDb, ordersTable()),
  describeExecution: stepFunctionsReader(machineArns()),
});
