import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ApiKeyRecord, type ApiKeyStore } from '../../runtime/authentication.ts';
import type { CursorSecret } from '../../runtime/cursor.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { accessPk, onlySk } from './keys.ts';
import type { Item } from './order-items.ts';

/**
 * Rows of expiring keys have the table's time to live (`expiresAt`, epoch seconds) a month after their end, so that the end can be explained.
 */
const keys = {
  apiKey: (id: string) => ({ pk: accessPk.apiKey(id), sk: onlySk }),
  cursorSecret: { pk: accessPk.cursorSecret, sk: onlySk },
};

const secretLength = 32;
const keptAfterExpiry = 30 * 24 * 3600;

export interface AccessStore extends ApiKeyStore, CursorSecret {
  /** Keeps a new API key. Throws when the id is taken. */
  putApiKey(record: ApiKeyRecord): Promise<void>;
}

export function dynamoAccessStore(client: DynamoDBClient, table: string): AccessStore {
  let secret: Promise<Buffer> | undefined;

  const get = async (key: Item): Promise<Item | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
    );
    return Item && fromAttributes(Item);
  };
  const putNew = (item: Item) =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: toAttributes(item),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );

  /** Made on first use; whoever comes second takes the first one's. */
  async function loadOrMakeSecret(): Promise<Buffer> {
    const known = await get(keys.cursorSecret);
    if (known) return Buffer.from(String(known.secret), 'base64');
    try {
      await putNew({ ...keys.cursorSecret, secret: randomBytes(secretLength).toString('base64') });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
    const made = await get(keys.cursorSecret);
    if (!made) throw new Error('the cursor secret vanished');
    return Buffer.from(String(made.secret), 'base64');
  }

  return {
    async apiKey(id) {
      const row = await get(keys.apiKey(id));
      return row && ApiKeyRecord.parse(JSON.parse(String(row.data)));
    },
    async putApiKey(record) {
      const { expiresAt } = record;
      await putNew({
        ...keys.apiKey(record.id),
        data: JSON.stringify(record),
        ...(expiresAt && { expiresAt: Math.floor(Date.parse(expiresAt) / 1000) + keptAfterExpiry }),
      });
    },
    cursorSecret() {
      // A failed read is not kept: the next request tries again.
      secret ??= loadOrMakeSecret().catch((error: unknown) => {
        secret = undefined;
        throw error;
      });
      return secret;
    },
  };
}
