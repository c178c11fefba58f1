import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { ordersWaitingFor } from '../../../shared/adapters/dynamodb/backorders.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { stockLevels, system } from '../../../shared/runtime/dependencies.ts';
import { describeError, log } from '../../../shared/runtime/log.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { watchLevel } from '../../../shared/use-cases/stock/watch-level.ts';
import { startWorkflows, TriggerRow } from './start-workflows.ts';

const table = ordersTable();
const deps = {
  start: stepFunctionsStarter(machineArns()),
  waitingFor: (sku: string, limit: number) => ordersWaitingFor(dynamoDb, table, sku, limit),
};

const stock = { levels: stockLevels(), system };

const rowOf = ({ dynamodb }: DynamoDBRecord): TriggerRow =>
  TriggerRow.parse(
    Object.fromEntries(Object.entries(dynamodb?.NewImage ?? {}).map(([name, value]) => [name, value.S ?? value.N])),
  );

/** A bucket whose level may have changed, by the sort key of its row. */
const isBucket = ({ dynamodb }: DynamoDBRecord): boolean => dynamodb?.Keys?.sk?.S?.startsWith('LOC#') ?? false;

async function watchBucket({ dynamodb, eventID = 'stream' }: DynamoDBRecord): Promise<void> {
  const { sku, locationId } = dynamodb?.NewImage ?? {};
  await watchLevel(stock, Sku.parse(sku?.S), LocationId.parse(locationId?.S), eventID);
}

/** In order, and from the first failure on everything comes again: a later start never overtakes an earlier one. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      if (isBucket(record)) await watchBucket(record);
      else await startWorkflows(deps, rowOf(record));
    } catch (error) {
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
      log.warn(isBucket(record) ? 'level not watched' : 'workflow not started', {
        itemIdentifier,
        failure: describeError(error),
      });
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
}
