import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { bundleAndSynth } from '../infra/bundle.ts';
import { ApiClient } from '../local/client.ts';
import { startCloud } from '../local/cloud.ts';
import { operator } from '../local/kernel/kernel.ts';
import { seed } from '../local/seed.ts';
import { localParameters } from '../local/template-parameters.ts';
import { bulkLoad, type CallDynamoDb } from './scale/bulk-load.ts';
import { isCenter, type Scale } from './scale/distribution.ts';
import { makeNetwork, measure } from './scale/measure.ts';

const help = `Usage: npm run seed:scale -- [options]

Fills a shop with many SKUs at many locations, and measures it. Cut off, it goes on where it stood.

  --skus N         default 100000
  --locations N    default 200
  --density D      share of SKUs that a location has, 0 to 1 (default 0.05; --full is 1)
  --full           every SKU in every location
  --data DIR       data directory to fill (default .batuta-scale); no shop may be running on it
  --requests N     availability requests to measure (default 200; 0 = none)
  --orders N       orders to measure (default 20; 0 = none)

Or a shop that runs, on this machine or on AWS:
  --endpoint URL   AWS endpoint ("aws" = AWS itself), with --api URL, --table NAME (inventory), --admin-key KEY, --storefront-key KEY
`;

/** What this needs of a shop. */
interface Shop {
  call: CallDynamoDb;
  table: string;
  api: ApiClient;
  size(): number | undefined;
  stop(): Promise<void>;
}

async function ownShop(directory: string): Promise<Shop> {
  mkdirSync(directory, { recursive: true });
  const { assembly } = await bundleAndSynth();
  const options = { assembly, dataDirectory: directory, apiPort: 0, awsPort: 0, parameters: localParameters };
  const cloud = await startCloud(options);
  const keys = await seed(cloud);
  return {
    call: async (operation, input) =>
      (await cloud.kernel.call('dynamodb', operation, { ...input }, operator)) as Record<string, unknown>,
    table: cloud.outputs.InventoryTable ?? '',
    api: new ApiClient(cloud.apiUrl, keys),
    size: () => readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0),
    stop: () => cloud.stop(),
  };
}

function runningShop(values: Record<string, string | boolean | undefined>): Shop {
  const given = (name: string): string => {
    const value = values[name];
    if (typeof value !== 'string') throw new Error(`--endpoint goes with --${name}`);
    return value;
  };
  const endpoint = given('endpoint');
  const local = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  };
  const client = new DynamoDB(endpoint === 'aws' ? {} : local);
  const [admin, storefront] = [given('admin-key'), given('storefront-key')];
  return {
    call: async (operation, input) =>
      operation === 'GetItem'
        ? { ...(await client.getItem(input as Parameters<DynamoDB['getItem']>[0])) }
        : { ...(await client.batchWriteItem(input as Parameters<DynamoDB['batchWriteItem']>[0])) },
    table: given('table'),
    api: new ApiClient(given('api'), { admin, storefront, agent: admin, warehouse: admin, finance: admin }),
    size: () => undefined,
    stop: async () => client.destroy(),
  };
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    skus: { ...text, default: '100000' },
    locations: { ...text, default: '200' },
    density: { ...text, default: '0.05' },
    full: { type: 'boolean', default: false },
    data: { ...text, default: '.batuta-scale' },
    requests: { ...text, default: '200' },
    orders: { ...text, default: '20' },
    ...{ endpoint: text, api: text, table: text, 'admin-key': text, 'storefront-key': text },
    help: { type: 'boolean', default: false },
  },
});

function number(name: 'skus' | 'locations' | 'requests' | 'orders', least: number, most: number): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${name} is a whole number from ${least} to ${most}`);
  }
  return value;
}

function scaleOf(): Scale {
  const density = values.full ? 1 : Number(values.density);
  if (!(density > 0 && density <= 1)) throw new Error('--density is more than 0, and 1 at most');
  return { skus: number('skus', 1, 1_000_000), locations: number('locations', 1, 1000), density };
}

async function main(): Promise<void> {
  const scale = scaleOf();
  const [requests, orders] = [number('requests', 0, 100_000), number('orders', 0, 10_000)];
  const shop = values.endpoint === undefined ? await ownShop(values.data) : runningShop(values);
  try {
    await makeNetwork(shop.api, scale, isCenter);
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const progress = (skus: number, rows: number) => {
      if (skus % 1000 === 0 || skus === scale.skus) {
        process.stderr.write(`${skus} of ${scale.skus} SKUs, ${rows} rows, ${(rows / seconds()).toFixed(0)} rows/s\n`);
      }
    };
    const rows = await bulkLoad({ call: shop.call, table: shop.table, scale, progress });
    const size = shop.size();
    const loaded = {
      rows,
      seconds: Number(seconds().toFixed(1)),
      rowsPerSecond: Math.round(rows / seconds()),
      peakMemoryMegabytes: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
      ...(size !== undefined && { megabytesOnDisk: Math.round(size / 1e6) }),
    };
    const measured = requests + orders > 0 ? await measure(shop.api, scale, requests, orders) : undefined;
    console.log(JSON.stringify({ ...scale, loaded, milliseconds: measured }, null, 2));
  } finally {
    await shop.stop();
  }
}

if (values.help) process.stdout.write(help);
else await main();
