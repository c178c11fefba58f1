import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { ApiClient, sampleOrder } from '../../local/client.ts';
import { auditShop } from './audit.ts';
import { ShopProcess, tablesOf } from './shop-process.ts';

const disk = mkdtempSync(join(tmpdir(), 'batuta-full-'));
const shop = new ShopProcess(join(disk, 'data'));

afterAll(async () => {
  await shop.stop();
  try {
    execFileSync('umount', ['--lazy', disk], { stdio: 'ignore' });
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
});

const mayMount = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(mayMount)(
  'the disk fills up: the shop says so and stops; with more space it goes on, and every acknowledged order is there',
  async () => {
    await bundleAndSynth();
    const at = await shop.start();
    const api = new ApiClient(at.api, at.keys);
    const acknowledged: string[] = [];
    const lines = [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }];
    const client = async (name: string) => {
      // Until the shop is gone: what it answers is acknowledged, what it does not answer is not.
      for (let n = 0; n < 400; n++) {
        const answer = await api
          .call<{ id: string }>('storefront', 'POST', '/v1/orders', sampleOrder(`${name}-${n}`, lines))
          .catch(() => undefined);
        if (!answer) return;
        if (answer.status === 201) acknowledged.push(answer.body.id);
      }
    };
    await Promise.all(['a', 'b', 'c'].map(client));
    expect(await shop.end()).toBe(1);
    expect(shop.errors).toContain(
      `The disk of the data directory ${join(disk, 'data')} is full, so Batuta has stopped`,
    );
    expect(acknowledged.length).toBeGreaterThan(20);

    execFileSync('mount', ['-o', 'remount,size=200m', disk]);
    const again = await shop.start();
    const copy = new ApiClient(again.api, again.keys);
    const tables = await tablesOf(again.aws);
    const found = (await auditShop(again.aws, tables)).orders.map(({ id }) => id);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    for (const id of found) await copy.waitFor(id, ({ status }) => status === 'CONFIRMED', 60_000);
    // Only now: orders and stock are not read at one moment.
    expect((await auditShop(again.aws, tables)).violations).toEqual([]);
  },
  180_000,
);
