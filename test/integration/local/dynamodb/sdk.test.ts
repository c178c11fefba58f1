import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { startWire, type Wire } from '../../../../local/kernel/wire.ts';
import { key, type World, withThings } from './dynamodb-for-tests.ts';

let wire: Wire;
let made: World;
let client: DynamoDBClient;

beforeAll(async () => {
  made = await withThings();
  wire = await startWire('127.0.0.1', 0, (where, error) => made.kernel.report(where, error));
  wire.serve([made.db], () => operator);
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${wire.port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'any' },
  });
});

afterAll(async () => {
  client.destroy();
  await wire.stop();
  expect(made.kernel.reports).toEqual([]);
});

const TableName = 'Things';

test('the SDK reads back what it wrote, bytes included', async () => {
  const Item = { pk: { S: 'sdk' }, sk: { S: 'a' }, bytes: { B: Uint8Array.of(0, 1, 255) }, n: { N: '1.50' } };
  await client.send(new PutItemCommand({ TableName, Item }));
  const read = await client.send(new GetItemCommand({ TableName, Key: { pk: Item.pk, sk: Item.sk } }));
  expect(read.Item?.bytes?.B).toEqual(Item.bytes.B);
  expect(read.Item?.n).toEqual({ N: '1.5' });
});

test('the SDK sees a failed condition and a canceled transaction as its own exceptions, with the items', async () => {
  const Item = { pk: { S: 'once' }, sk: { S: 'a' } };
  const put = {
    TableName,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  await client.send(new PutItemCommand(put));
  await expect(client.send(new PutItemCommand(put))).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item,
  });
  const transaction = client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }));
  const error = await transaction.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TransactionCanceledException);
  expect(error).toMatchObject({
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item }],
  });
  const nothing = new UpdateItemCommand({ TableName: 'Nothing', Key: { pk: { S: '1' } } });
  await expect(client.send(nothing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the paginators of the SDK walk a whole partition', async () => {
  for (let n = 0; n < 25; n += 1) {
    await made.call('PutItem', { TableName, Item: key('many', `s${String(n).padStart(2, '0')}`) });
  }
  const seen: (string | undefined)[] = [];
  const pages = paginateQuery(
    { client, pageSize: 10 },
    { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'many' } } },
  );
  for await (const page of pages) seen.push(...(page.Items ?? []).map(({ sk }) => sk?.S));
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `s${String(n).padStart(2, '0')}`));
});
