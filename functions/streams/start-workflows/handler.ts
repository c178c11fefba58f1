import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { ordersWaitingFor } from '../../../shared/adapters/dynamodb/backorders.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { stockLevels, system } from '../../../shared/runtime/dependencies.ts';
import { describeError, log } from '../../../shared/runtime/log.ts';
import { machineArns, ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { watchLevel } from '../../../shared/use-cases/stock/watch-level.ts';
import { sideBySide } from './side-by-side.ts';
import { askedAhead, startWorkflows, TriggerRow } from './start-workflows.ts';

const table = ordersTable();
const deps = {
  start: stepFunctionsStarter(machineArns()),
  waitingFor: (sku: string, limit: number) => ordersWaitingFor(dynamoDb, table, sku, limit),
};

const stock = { levels: stockLevels(), system };

const fieldsOf = ({ dynamodb }: DynamoDBRecord) =>
  Object.fromEntries(Object.entries(dynamodb?.NewImage ?? {}).map(([name, value]) => [name, value.S ?? value.N]));

/** A bucket whose level may have changed, by the sort key of its row. */
const isBucket = ({ dynamodb }: DynamoDBRecord): boolean => dynamodb?.Keys?.sk?.S?.startsWith('LOC#') ?? false;

/** It is looked up as it is now: of many changes in one batch, the last one will do. */
const isSameBucket = (one: DynamoDBRecord, other: DynamoDBRecord): boolean =>
  isBucket(other) &&
  (['sku', 'locationId'] as const).every(
    (name) => one.dynamodb?.NewImage?.[name]?.S === other.dynamodb?.NewImage?.[name]?.S,
  );

async function watchBucket({ dynamodb, eventID = 'stream' }: DynamoDBRecord): Promise<void> {
  const { sku, locationId } = dynamodb?.NewImage ?? {};
  await watchLevel(stock, Sku.parse(sku?.S), LocationId.parse(locationId?.S), eventID);
}

/** SKUs asked about, orders and SKUs worked off at once, of the hundred events of a batch. */
const atOnce = 10;

/** In order for each order and SKU; from the first failure on everything comes again, and a start that was made already changes nothing. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  // A row that cannot be read fails below, where it is told which one.
  const rows = Records.flatMap((record) =>
    isBucket(record) ? [] : (TriggerRow.safeParse(fieldsOf(record)).data ?? []),
  );
  const asked = await askedAhead(deps, rows, atOnce);
  const from = await sideBySide(Records, keyOf, atOnce, async (record, index) => {
    if (isBucket(record) && Records.slice(index + 1).some((later) => isSameBucket(record, later))) return;
    try {
      if (isBucket(record)) await watchBucket(record);
      else await startWorkflows(asked, TriggerRow.parse(fieldsOf(record)));
    } catch (error) {
      log.warn(isBucket(record) ? 'level not watched' : 'workflow not started', {
        itemIdentifier: sequenceNumberOf(record),
        failure: describeError(error),
      });
      throw error;
    }
  });
  return { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: sequenceNumberOf(Records[from]) }] };
}

const keyOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.Keys?.pk?.S ?? '';

const sequenceNumberOf = (record: DynamoDBRecord | undefined): string => record?.dynamodb?.SequenceNumber ?? '';
