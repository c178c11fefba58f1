import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { ordersWaitingFor } from '../../../shared/adapters/dynamodb/backorders.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { describeError, log } from '../../../shared/runtime/log.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { startWorkflows, TriggerRow } from './start-workflows.ts';

const table = ordersTable();
const deps = {
  start: stepFunctionsStarter(machineArns()),
  waitingFor: (sku: string, limit: number) => ordersWaitingFor(dynamoDb, table, sku, limit),
};

const rowOf = ({ dynamodb }: DynamoDBRecord): TriggerRow =>
  TriggerRow.parse(
    Object.fromEntries(Object.entries(dynamodb?.NewImage ?? {}).map(([name, value]) => [name, value.S ?? value.N])),
  );

/** In order, and from the first failure on everything comes again: a later start never overtakes an earlier one. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await startWorkflows(deps, rowOf(record));
    } catch (error) {
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
      log.warn('workflow not started', { itemIdentifier, failure: describeError(error) });
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
}
