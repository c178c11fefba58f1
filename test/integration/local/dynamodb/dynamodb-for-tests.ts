import type { AttributeValue, Item } from '../../../../local/dynamodb/attribute-value.ts';
import { createDynamoDb, type DynamoDb } from '../../../../local/dynamodb/service.ts';
import { AwsError } from '../../../../local/kernel/errors.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';

/** What any of the operations may answer. */
export interface Answer {
  Item?: Item;
  Items?: Item[];
  Attributes?: Item;
  Count?: number;
  ScannedCount?: number;
  LastEvaluatedKey?: Item;
  ConsumedCapacity?: unknown;
  Responses?: unknown;
  [member: string]: unknown;
}

export interface World {
  kernel: TestKernel;
  db: DynamoDb;
  call(operation: string, input: Record<string, unknown>): Promise<Answer>;
  /** The error that the call must end with. */
  failure(operation: string, input: Record<string, unknown>): Promise<AwsError>;
  restart(): Promise<World>;
}

export function world(directory?: string, start?: number): World {
  const kernel = kernelForTests(directory, start);
  const db = createDynamoDb(kernel);
  db.start?.();
  const call = async (operation: string, input: Record<string, unknown>) =>
    (await db.call(operation, input, operator)) as Answer;
  return {
    kernel,
    db,
    call,
    async failure(operation, input) {
      try {
        await call(operation, input);
      } catch (error) {
        if (error instanceof AwsError) return error;
        throw error;
      }
      throw new Error(`${operation} was expected to fail`);
    },
    async restart() {
      await db.stop?.();
      await kernel.storage.close();
      return world(directory, kernel.clock.now());
    },
  };
}

export const S = (value: string): AttributeValue => ({ S: value });
export const N = (value: number | string): AttributeValue => ({ N: String(value) });

/** `Things`: pk and sk, an index on `group` and `score`, a stream of both images. */
export const things = {
  TableName: 'Things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'team', AttributeType: 'S' },
    { AttributeName: 'score', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byTeam',
      KeySchema: [
        { AttributeName: 'team', KeyType: 'HASH' },
        { AttributeName: 'score', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['color'] },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

export async function withThings(directory?: string): Promise<World> {
  const made = world(directory);
  await made.call('CreateTable', things);
  return made;
}

export const key = (pk: string, sk = 'a'): Item => ({ pk: S(pk), sk: S(sk) });
