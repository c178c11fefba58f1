import { type KeyRole, newApiKey } from '../shared/runtime/authentication.ts';
import type { Cloud } from './cloud.ts';
import { operator } from './kernel/kernel.ts';
import { localParameters } from './template-parameters.ts';

export type ApiKeys = Record<KeyRole, string>;

const roles: KeyRole[] = ['storefront', 'agent', 'warehouse', 'finance', 'admin'];

export const seedLocations = [
  {
    id: 'dc-north',
    name: 'North distribution center',
    kind: 'distribution_center',
    timeZone: 'Europe/Madrid',
    country: 'ES',
    priority: 20,
  },
  {
    id: 'dc-south',
    name: 'South distribution center',
    kind: 'distribution_center',
    timeZone: 'Europe/Madrid',
    country: 'ES',
    priority: 10,
  },
  {
    id: 'store-center',
    name: 'Store in the center',
    kind: 'store',
    timeZone: 'Europe/Madrid',
    country: 'ES',
    priority: 0,
  },
] as const;

/** Units on hand by SKU and location: enough for a first look, with one article at two sites and one that is scarce. */
export const seedStock: Record<string, Record<string, number>> = {
  'donut-glazed': { 'dc-north': 1000, 'dc-south': 500, 'store-center': 40 },
  'donut-chocolate': { 'dc-north': 1000, 'dc-south': 500, 'store-center': 40 },
  'coffee-beans-1kg': { 'dc-north': 300, 'store-center': 12 },
  'mug-batuta': { 'dc-south': 200 },
  'apron-baker': { 'dc-north': 60, 'dc-south': 60 },
  'cake-stand': { 'store-center': 3 },
};

/**
 * Makes a fresh data directory usable: one API key for each role, three locations, a small stock. The keys of this machine are kept beside the
 * data, so that every start shows the same ones; the product's own table holds only their hashes. A seeding that was cut off is done again.
 */
export async function seed(cloud: Cloud): Promise<ApiKeys> {
  const { storage } = cloud.kernel;
  await storage.write(() =>
    storage.db.exec('CREATE TABLE IF NOT EXISTS local_seed (name TEXT PRIMARY KEY, value TEXT NOT NULL)'),
  );
  const kept = storage.db.prepare("SELECT value FROM local_seed WHERE name = 'keys'").get();
  if (kept) return JSON.parse(String(kept.value)) as ApiKeys;

  // Mails have a verified sender, as on AWS.
  await cloud.kernel.call('ses', 'CreateEmailIdentity', { EmailIdentity: localParameters.SenderAddress }, operator);
  const keys = await makeKeys(cloud);
  await stockUp(cloud.apiUrl, keys.admin);
  await storage.write(() => {
    storage.db.prepare("INSERT INTO local_seed (name, value) VALUES ('keys', ?)").run(JSON.stringify(keys));
  });
  return keys;
}

async function makeKeys(cloud: Cloud): Promise<ApiKeys> {
  const table = cloud.outputs.AccessTable;
  if (!table) throw new Error('the template has no output AccessTable');
  // Only here: most starts find the keys made, and the SDK takes 10 MB.
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { dynamoAccessStore } = await import('../shared/adapters/dynamodb/access-store.ts');
  const client = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.kernel.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  const store = dynamoAccessStore(client, table);
  const made = await Promise.all(
    roles.map(async (role) => {
      const { key, record } = newApiKey({ role, name: `${role} of this machine` }, Date.now());
      await store.putApiKey(record);
      return [role, key] as const;
    }),
  );
  client.destroy();
  return Object.fromEntries(made) as ApiKeys;
}

async function stockUp(api: string, adminKey: string): Promise<void> {
  const put = async (path: string, body: unknown) => {
    const response = await fetch(`${api}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`seeding ${path}: ${response.status} ${await response.text()}`);
  };
  await Promise.all(seedLocations.map(({ id, ...location }) => put(`/v1/locations/${id}`, location)));
  await Promise.all(
    Object.entries(seedStock).map(async ([sku, byLocation]) => {
      // One after the other: counts of one SKU share its event number.
      for (const [location, onHand] of Object.entries(byLocation)) {
        await put(`/v1/inventory/${sku}/locations/${location}`, { onHand });
      }
    }),
  );
}
