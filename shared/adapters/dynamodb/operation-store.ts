import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { FulfillmentId } from '../../domain/ids.ts';
import {
  EvacuationOutcome,
  type Finished,
  Operation,
  type OperationId,
  type OperationStore,
} from '../../ports/operations.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { commitStep } from './commit-step.ts';
import { indexKeys, indexPartitions, onlySk, pk } from './keys.ts';

/** Listed, and what became of it: one row each, so that what is done twice counts once. */
const toDoSk = (id: string): string => `TODO#${id}`;
const doneSk = (id: string): string => `DONE#${id}`;
const keptForDays = 30;

const zeros = { total: 0, done: 0, failed: 0, ...Object.fromEntries(EvacuationOutcome.options.map((one) => [one, 0])) };

/** The first row of an operation: written with what it is about. */
export const newOperationPut = (table: string, operation: Operation): TransactWriteItem => ({
  Put: {
    TableName: table,
    ConditionExpression: 'attribute_not_exists(pk)',
    Item: toAttributes({
      pk: pk.operation(operation.id),
      sk: onlySk,
      data: JSON.stringify(operation),
      version: 1,
      updatedAt: operation.startedAt,
      ...zeros,
      ...indexKeys.runningOperation(operation.startedAt, operation.id),
    }),
  },
});

/** Operations and their lists, in the table `orders`. */
export function dynamoOperations(client: DynamoDBClient, table: string, system: System): OperationStore {
  const expiresAt = () => Math.floor(system.now() / 1000) + keptForDays * 24 * 3600;

  const committed = (actions: TransactWriteItem[]): Promise<boolean> => commitStep(client, actions);

  const finishing = (id: OperationId, done: readonly Finished[]): TransactWriteItem[] => {
    const key = pk.operation(id);
    const counts = new Map<string, number>();
    for (const { result } of done) {
      const names = 'outcome' in result ? ['done', result.outcome] : ['failed'];
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const counted = [...counts];
    return [
      ...done.flatMap(({ fulfillmentId, result }): TransactWriteItem[] => [
        {
          Delete: {
            TableName: table,
            Key: toAttributes({ pk: key, sk: toDoSk(fulfillmentId) }),
            // Somebody else has counted it.
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
        {
          Put: {
            TableName: table,
            Item: toAttributes({
              pk: key,
              sk: doneSk(fulfillmentId),
              data: JSON.stringify(result),
              expiresAt: expiresAt(),
            }),
          },
        },
      ]),
      {
        Update: {
          TableName: table,
          Key: toAttributes({ pk: key, sk: onlySk }),
          UpdateExpression: `SET #at = :at ADD ${counted.map((_, n) => `#c${n} :c${n}`).join(', ')}`,
          ExpressionAttributeNames: {
            '#at': 'updatedAt',
            ...Object.fromEntries(counted.map(([name], n) => [`#c${n}`, name])),
          },
          ExpressionAttributeValues: {
            ':at': { S: isoNow(system) },
            ...Object.fromEntries(counted.map(([, count], n) => [`:c${n}`, { N: String(count) }])),
          },
        },
      },
    ];
  };

  return {
    async load(id) {
      const Key = toAttributes({ pk: pk.operation(id), sk: onlySk });
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (!Item) return undefined;
      const row = fromAttributes(Item);
      const count = (name: string) => Number(row[name] ?? 0);
      return {
        ...Operation.parse(JSON.parse(String(row.data))),
        version: count('version'),
        total: count('total'),
        done: count('done'),
        failed: count('failed'),
        outcomes: {
          rerouted: count('rerouted'),
          backordered: count('backordered'),
          parked: count('parked'),
          onHold: count('onHold'),
          gone: count('gone'),
        },
        updatedAt: String(row.updatedAt),
      };
    },

    save(before, after, found) {
      const isRunning = after.state === 'RUNNING';
      const running = indexKeys.runningOperation(after.startedAt, after.id);
      return committed([
        {
          Update: {
            TableName: table,
            Key: toAttributes({ pk: pk.operation(after.id), sk: onlySk }),
            UpdateExpression: `SET #data = :data, #at = :at${isRunning ? ', gsi1pk = :pk, gsi1sk = :sk' : ''} ADD #version :one, #total :found${isRunning ? '' : ' REMOVE gsi1pk, gsi1sk'}`,
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#data': 'data', '#at': 'updatedAt', '#version': 'version', '#total': 'total' },
            ExpressionAttributeValues: {
              ':data': { S: JSON.stringify(after) },
              ':at': { S: isoNow(system) },
              ':one': { N: '1' },
              ':found': { N: String(found.length) },
              ':version': { N: String(before.version) },
              ...(isRunning && { ':pk': { S: running.gsi1pk }, ':sk': { S: running.gsi1sk } }),
            },
          },
        },
        ...found.map((id) => ({
          Put: {
            TableName: table,
            Item: toAttributes({ pk: pk.operation(after.id), sk: toDoSk(id), expiresAt: expiresAt() }),
          },
        })),
      ]);
    },

    async listed(id, among) {
      const listed = new Set<FulfillmentId>();
      const keysOf = (one: FulfillmentId) => [toDoSk(one), doneSk(one)].map((sk) => ({ pk: pk.operation(id), sk }));
      let left = among.flatMap(keysOf).map(toAttributes);
      for (let incomplete = 0; left.length > 0; ) {
        if (incomplete > 0) await system.sleep(system.random() * Math.min(1000, 20 * 2 ** incomplete));
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left.slice(0, 100), ConsistentRead: true } } }),
        );
        for (const { sk } of Responses?.[table] ?? []) {
          listed.add(FulfillmentId.parse(String(sk?.S).slice(toDoSk('').length)));
        }
        const again = (UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
        incomplete = again.length > 0 ? incomplete + 1 : 0;
        left = [...again, ...left.slice(100)];
      }
      return listed;
    },

    async toDo(id, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :todo)',
          ExpressionAttributeValues: { ':pk': { S: pk.operation(id) }, ':todo': { S: toDoSk('') } },
          Limit: limit,
        }),
      );
      return Items.map(({ sk }) => FulfillmentId.parse(String(sk?.S).slice(toDoSk('').length)));
    },

    async finish(id, done) {
      if (done.length === 0 || (await committed(finishing(id, done)))) return;
      // Somebody else has counted one of them: which one, each tells for itself.
      if (done.length > 1) for (const one of done) await committed(finishing(id, [one]));
    },

    async fulfillmentsAt(locationId, after, limit) {
      // Two ranges, one after the other: what is accepted, then what is offered. `after` is a sort key in either.
      const status = after?.startsWith('OPEN#') ? 'OPEN' : 'ACCEPTED';
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :location AND gsi1sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':location': { S: indexPartitions.location(locationId) },
            // The least that is greater than `after`: its own key is not read again.
            ':from': { S: after === undefined || after === `${status}#` ? `${status}#` : `${after} ` },
            ':to': { S: `${status}#~` },
          },
          Limit: limit,
        }),
      );
      const found = Items.map(({ sk }) => FulfillmentId.parse(String(sk?.S).slice('STATE#FO#'.length)));
      const last = Items.at(-1)?.gsi1sk?.S;
      if (LastEvaluatedKey && last !== undefined) return { found, next: last };
      return status === 'ACCEPTED' ? { found, next: 'OPEN#' } : { found };
    },

    async running(limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :running',
          ExpressionAttributeValues: { ':running': { S: indexPartitions.runningOperations } },
          Limit: limit,
        }),
      );
      return Items.map((item) => String(item.pk?.S).slice('OPERATION#'.length) as OperationId);
    },
  };
}
