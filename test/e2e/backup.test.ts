import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { ApiClient, type OrderView, sampleOrder } from '../../local/client.ts';
import { auditShop } from './audit.ts';
import { until } from './fixture.ts';
import { ShopProcess, tablesOf } from './shop-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'batuta-backup-'));
const original = new ShopProcess(join(scratch, 'original'));
const restored = new ShopProcess(join(scratch, 'restored'));

afterAll(async () => {
  await original.stop();
  await restored.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The command itself, as `npm run` runs it. */
const command = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/backup.ts', ...args]);

/** What a warehouse does; what was done already is answered as it was then. */
async function deliver(api: ApiClient, { fulfillments }: OrderView): Promise<void> {
  for (const { id } of fulfillments) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      const key = { 'idempotency-key': `${id}-${verb}` };
      await api.must('warehouse', 'POST', `/v1/fulfillments/${id}/${verb}`, undefined, key);
    }
  }
}

test('a backup of a busy shop, restored elsewhere: every order acknowledged before it is there and goes to its end', async () => {
  await bundleAndSynth();
  const at = await original.start();
  const api = new ApiClient(at.api, at.keys);
  const acknowledged: string[] = [];
  let [next, closing] = [0, false];
  const client = async () => {
    while (!closing) {
      const lines = [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }];
      const { id } = await api.place(sampleOrder(`backup-${next++}`, lines));
      acknowledged.push(id);
      // Every other order is left where it is, so that the copy has them in all states.
      if (next % 2) await deliver(api, await api.waitFor(id, ({ status }) => status === 'CONFIRMED'));
    }
  };
  const clients = Promise.all([client(), client(), client()]);
  await until(() => acknowledged.length >= 20, 'some orders', 60_000);

  const before = [...acknowledged];
  const file = join(scratch, 'shop.backup');
  await command('backup', '--data', join(scratch, 'original'), '--to', file);
  closing = true;
  await clients;
  await original.stop();
  await command('restore', '--from', file, '--data', join(scratch, 'restored'));

  const again = await restored.start();
  expect(again.keys).toEqual(at.keys);
  const copy = new ApiClient(again.api, again.keys);
  const tables = await tablesOf(again.aws);
  const found = (await auditShop(again.aws, tables)).orders.map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(before));
  for (const id of found) {
    await deliver(copy, await copy.waitFor(id, ({ fulfillments }) => fulfillments.length > 0));
    await copy.waitFor(id, ({ status, paymentStatus }) => status === 'DELIVERED' && paymentStatus === 'PAID');
  }
  const { violations } = await auditShop(again.aws, tables);
  expect(violations).toEqual([]);
  const { id } = await copy.place(sampleOrder('after', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }]));
  await copy.waitFor(id, ({ status }) => status === 'CONFIRMED');
}, 180_000);
