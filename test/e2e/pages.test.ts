import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startShop, until } from './fixture.ts';

const browser = '/usr/bin/chromium';
const isThere = existsSync(browser);

let shop: Shop;
beforeAll(async () => {
  if (isThere) shop = await startShop();
}, 120_000);
afterAll(() => shop?.cloud.stop());

/** What the page is after its scripts ran, as HTML. */
async function rendered(path: string): Promise<string> {
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--dump-dom'];
  const { stdout } = await promisify(execFile)(browser, [...options, `${shop.cloud.apiUrl}${path}`], {
    timeout: 60_000,
    maxBuffer: 20_000_000,
  });
  return stdout;
}

describe.skipIf(!isThere)(`pages in a browser${isThere ? '' : `: skipped, there is no ${browser}`}`, () => {
  test('the documentation shows every operation', async () => {
    const page = await rendered('/docs');
    expect(page).toContain('<h1>Batuta API</h1>');
    for (const id of ['placeOrder', 'shipFulfillment', 'putStock', 'createWebhookEndpoint', 'getHealth']) {
      expect(page).toContain(`id="${id}"`);
    }
  }, 90_000);

  test('the mailbox shows what a customer got, and what he typed stays text', async () => {
    const title = '<script>document.title = "taken"</script>';
    const order = sampleOrder('pages', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }], { locale: 'es' });
    await shop.api.place({ ...order, lines: order.lines.map((line) => ({ ...line, title })) });
    const mails = async () =>
      (await fetch(`${shop.cloud.apiUrl}/local/mailbox`, { headers: { accept: 'application/json' } })).json();
    await until(async () => JSON.stringify(await mails()).includes('pages'), 'a mail');
    const page = await rendered('/local/mailbox');
    expect(page).toContain('<title>Mailbox</title>');
    expect(page).toContain('Tu pedido pages está confirmado');
    expect(page).toContain('&lt;script&gt;document.title');
    expect(page).not.toContain(title);
  }, 90_000);
});
