import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** What the sandbox providers remember: effects by key, and the faults a test has scripted. */
export interface SandboxBook {
  get(key: string): Promise<string | undefined>;
  /** Keeps `value` unless the key has one; returns what is kept then, and whether it is new. */
  keep(key: string, value: string): Promise<{ value: string; isNew: boolean }>;
  /** Adds 1 and returns the new count. */
  count(key: string): Promise<number>;
  /** Takes 1 off the counter `key` if it is above 0. */
  take(key: string): Promise<boolean>;
}

export function memorySandboxBook(): SandboxBook & { entries: Map<string, string>; counters: Map<string, number> } {
  const entries = new Map<string, string>();
  const counters = new Map<string, number>();
  return {
    entries,
    counters,
    get: async (key) => entries.get(key),
    async keep(key, value) {
      const kept = entries.get(key);
      if (kept === undefined) entries.set(key, value);
      return { value: kept ?? value, isNew: kept === undefined };
    },
    async count(key) {
      const next = (counters.get(key) ?? 0) + 1;
      counters.set(key, next);
      return next;
    },
    async take(key) {
      const left = counters.get(key) ?? 0;
      if (left > 0) counters.set(key, left - 1);
      return left > 0;
    },
  };
}

/** Table `sandbox`: `pk` the key, `data` the value, `counter` the count. A test scripts a fault by writing `FAULT#<provider>` with a counter. */
export function dynamoSandboxBook(client: DynamoDBClient, table: string): SandboxBook {
  const keyOf = (key: string) => ({ pk: { S: key }, sk: { S: '-' } });
  const get = async (key: string) =>
    (await client.send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }))).Item;
  return {
    get: async (key) => (await get(key))?.data?.S,
    async keep(key, value) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...keyOf(key), data: { S: value } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
        return { value, isNew: true };
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        return { value: (await get(key))?.data?.S ?? value, isNew: false };
      }
    },
    async count(key) {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(key),
          UpdateExpression: 'ADD #counter :one',
          ExpressionAttributeNames: { '#counter': 'counter' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.counter?.N);
    },
    async take(key) {
      // Read first: nearly always there is no fault, and a read costs a fraction of a refused write.
      if (Number((await get(key))?.counter?.N ?? 0) <= 0) return false;
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(key),
            UpdateExpression: 'ADD #counter :minus',
            ConditionExpression: '#counter > :zero',
            ExpressionAttributeNames: { '#counter': 'counter' },
            ExpressionAttributeValues: { ':minus': { N: '-1' }, ':zero': { N: '0' } },
          }),
        );
        return true;
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        return false;
      }
    },
  };
}
