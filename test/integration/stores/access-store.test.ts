import { expect, test } from 'vitest';
import { dynamoAccessStore } from '../../../shared/adapters/dynamodb/access-store.ts';
import { newApiKey } from '../../../shared/runtime/authentication.ts';
import { dynamoStores } from './stores-for-tests.ts';

test('API keys are kept by id; the cursor secret is made once, whoever asks first', async () => {
  const stores = await dynamoStores([]);
  try {
    // Any table with these keys will do.
    const open = () => dynamoAccessStore(stores.client, 'inventory');
    const { record } = newApiKey({ role: 'agent', name: 'x' }, Date.parse('2026-01-05T09:00:00Z'));
    await open().putApiKey(record);
    expect(await open().apiKey(record.id)).toEqual(record);
    expect(await open().apiKey('nobody')).toBeUndefined();
    await expect(open().putApiKey(record)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const secrets = await Promise.all(Array.from({ length: 5 }, () => open().cursorSecret()));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(secrets[0]).toHaveLength(32);
  } finally {
    await stores.stop();
  }
});
