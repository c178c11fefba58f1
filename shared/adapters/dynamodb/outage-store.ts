import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { LocationId } from '../../domain/ids.ts';
import { OperationId, type OutageStore } from '../../ports/operations.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { pk } from './keys.ts';
import { isOver, OutageRow, outageSk } from './locations.ts';
import { versionUpdate } from './network-writes.ts';
import { newOperationPut } from './operation-store.ts';
import { queryAll, type Tables } from './order-store.ts';

const keyOf = (locationId: LocationId) => toAttributes({ pk: pk.locations, sk: outageSk(locationId) });

async function readRow(
  client: DynamoDBClient,
  TableName: string,
  locationId: LocationId,
): Promise<OutageRow | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(locationId), ConsistentRead: true }));
  return Item && OutageRow.parse(JSON.parse(String(fromAttributes(Item).data)));
}

/** For who only asks whether a location is out of service. */
export const dynamoCurrentOutage = (
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now'>,
): Pick<OutageStore, 'current'> => ({
  async current(locationId) {
    const row = await readRow(client, table, locationId);
    return row && !isOver(row, isoNow(system)) ? OperationId.parse(row.operationId) : undefined;
  },
});

/** Outages of locations: rows beside the locations in the table `inventory`. */
export function dynamoOutages(client: DynamoDBClient, tables: Tables, system: System): OutageStore {
  const TableName = tables.inventory;
  const read = (locationId: LocationId) => readRow(client, TableName, locationId);

  /** An outage goes over into another state only from the one that was read: `data` is compared whole. */
  const write = (row: OutageRow, before: OutageRow | undefined) => ({
    Put: {
      TableName,
      Item: toAttributes({ pk: pk.locations, sk: outageSk(row.locationId), data: JSON.stringify(row) }),
      ...(before
        ? {
            ConditionExpression: '#data = :before',
            ExpressionAttributeNames: { '#data': 'data' },
            ExpressionAttributeValues: { ':before': { S: JSON.stringify(before) } },
          }
        : { ConditionExpression: 'attribute_not_exists(pk)' }),
    },
  });

  return {
    async start(operation, until) {
      const { locationId, reason, startedAt: since, id: operationId } = operation;
      const before = await read(locationId);
      if (before && !isOver(before, isoNow(system))) {
        return {
          outcome: 'out_already',
          operationId: OperationId.parse(before.operationId),
          reason: before.reason,
          until: before.until,
        };
      }
      const row = { reason, since, ...(until !== undefined && { until }), locationId, operationId };
      await client.send(
        new TransactWriteItemsCommand({
          TransactItems: [write(row, before), newOperationPut(tables.orders, operation), versionUpdate(TableName)],
        }),
      );
      return { outcome: 'started' };
    },

    async end(locationId) {
      const before = await read(locationId);
      const now = isoNow(system);
      if (!before || isOver(before, now)) return false;
      const actions = [write({ ...before, endedAt: now }, before), versionUpdate(TableName)];
      await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
      return true;
    },

    ...dynamoCurrentOutage(client, TableName, system),

    async all() {
      const now = isoNow(system);
      return (await queryAll(client, TableName, pk.locations, 'OUTAGE#'))
        .map(({ data }) => OutageRow.parse(JSON.parse(String(data))))
        .map((row) => ({
          locationId: row.locationId,
          operationId: OperationId.parse(row.operationId),
          isOver: isOver(row, now),
        }));
    },

    async forget({ locationId, operationId }) {
      const row = await read(locationId);
      if (row?.operationId !== operationId) return;
      try {
        await client.send(
          new DeleteItemCommand({
            TableName,
            Key: keyOf(locationId),
            ConditionExpression: '#data = :row',
            ExpressionAttributeNames: { '#data': 'data' },
            ExpressionAttributeValues: { ':row': { S: JSON.stringify(row) } },
          }),
        );
      } catch (error) {
        // Out of service again meanwhile.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
