import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../local/dynamodb/service.ts';
import { operator } from '../../../local/kernel/kernel.ts';
import { startWire } from '../../../local/kernel/wire.ts';
import { kernelForTests } from '../../integration/local/kernel-for-tests.ts';

/** A client of the one-machine DynamoDB with the table `delivery` in it, over HTTP as in production. */
export async function deliveryTable(): Promise<{
  client: DynamoDBClient;
  table: string;
  items: () => Promise<unknown>;
  stop: () => Promise<void>;
}> {
  const kernel = kernelForTests();
  const dynamo = createDynamoDb(kernel);
  const wire = await startWire('127.0.0.1', 0, (where, error) => kernel.report(where, error));
  wire.serve([dynamo], () => operator);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${wire.port}`,
    region: kernel.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const { ref } = kernel.provision(dynamo, 'AWS::DynamoDB::Table', 'Delivery', {
    TableName: 'delivery',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map(attribute),
    KeySchema: key('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'gsi1', KeySchema: key('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
  return {
    client,
    table: ref,
    items: () => dynamo.call('Scan', { TableName: ref }, operator),
    async stop() {
      client.destroy();
      await wire.stop();
      await dynamo.stop?.();
    },
  };
}
