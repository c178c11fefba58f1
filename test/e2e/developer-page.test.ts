import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startShop } from './fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
  const order = sampleOrder('page-1', [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }], { token: 'tok_declined' });
  order.customer.name = '<script>alert(1)</script>';
  const { id } = await shop.api.place(order);
  await shop.api.waitFor(id, ({ status }) => status === 'ON_HOLD');
}, 120_000);
afterAll(() => shop?.cloud.stop());

const open = async (path: string, headers: Record<string, string> = { accept: 'text/html' }) => {
  const response = await fetch(shop.cloud.awsUrl + path, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const linksIn = (text: string) =>
  [...text.matchAll(/href="(\/_local[^"]*)"/g)].map(([, path]) => String(path).replaceAll('&amp;', '&'));

describe('the page of the AWS port', () => {
  test('shows every table, machine, queue, function and schedule, and every link on it leads somewhere', async () => {
    const { status, text } = await open('/');
    expect(status).toBe(200);
    for (const shown of ['batuta-dev-place-order', 'Orders', 'webhook-deliveries', 'due-timers', 'rate(1 minute)']) {
      expect(text).toContain(shown);
    }
    const seen = new Set<string>();
    for (const path of linksIn(text)) {
      const page = await open(path);
      expect([path, page.status]).toEqual([path, 200]);
      for (const inner of linksIn(page.text)) seen.add(inner);
    }
    for (const path of [...seen].slice(0, 20)) expect([path, (await open(path)).status]).toEqual([path, 200]);
  }, 60_000);

  test('an execution is drawn: its states in order, with input and output', async () => {
    const machine = linksIn((await open('/')).text).find((path) => decodeURIComponent(path).includes('place-order'));
    const execution = linksIn((await open(machine ?? '')).text).find((path) => path.startsWith('/_local/execution?'));
    const { text } = await open(execution ?? '');
    const names = [...text.matchAll(/class="name">([^<]+)/g)].map(([, name]) => name);
    expect(names.slice(0, 4)).toEqual(['ReserveStock', 'StockReserved?', 'AuthorizePayment', 'PaymentAuthorized?']);
    expect(text).toContain('&quot;orderId&quot;');
  });

  test('what customers typed is text, nothing runs and nothing is fetched', async () => {
    const { OrdersTable = '' } = shop.cloud.outputs;
    let path: string | undefined = `/_local/table?name=${OrdersTable}`;
    let all = '';
    while (path) {
      const page = await open(path);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      all += page.text;
      path = linksIn(page.text).find((one) => one.includes('start='));
    }
    expect(all).toContain('&lt;script&gt;alert(1)');
    expect(all).not.toContain('<script');
  });

  test('only for this machine: another host name, another origin and a role are refused; what is not there is 404', async () => {
    const { port } = new URL(shop.cloud.awsUrl);
    // fetch does not let a test set Host.
    const rebound = await new Promise((resolve) => {
      const headers = { host: 'evil.example', accept: 'text/html' };
      request({ host: '127.0.0.1', port, path: '/', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(rebound).toBe(403);
    expect((await open('/', { accept: 'text/html', origin: 'https://evil.example' })).status).toBe(403);
    expect((await open('/_local/nothing')).status).toBe(404);
    expect((await open('/_local/table?name=nothing')).status).toBe(404);
    const posted = await fetch(`${shop.cloud.awsUrl}/_local/table`, { method: 'POST', body: '' });
    expect(posted.status).toBe(405);
  });

  test('calls of AWS are guarded as before: unsigned ones are refused', async () => {
    expect((await open('/', { accept: 'application/json' })).status).toBe(403);
    const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const response = await fetch(shop.cloud.awsUrl, { method: 'POST', body: '{}', headers: target });
    expect(response.status).not.toBe(200);
    expect(await response.text()).toContain('MissingAuthenticationToken');
  });
});
