import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvoiceResource } from '../../../shared/api/document-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { schemaFaults } from '../../unit/documents/ubl-schema.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
let packed: { id: string; path: string };
beforeAll(async () => {
  api = await startApi();
  packed = await packedOrder();
});
afterAll(() => api.stop());

/** What leaves a location is invoiced before it does. */
async function packedOrder() {
  const { id } = await api.place();
  const [fulfillment = ''] = await api.confirm(id);
  for (const verb of ['accept', 'pick', 'pack', 'ship']) {
    const answer = await api.ask('POST', `/v1/fulfillments/${fulfillment}/${verb}`, { as: 'warehouse' });
    expect(answer.status, answer.text).toBe(200);
  }
  return { id, path: `/v1/orders/${id}/invoices` };
}

const get = (path: string, accept?: string) =>
  api.ask('GET', path, accept === undefined ? {} : { headers: { accept } });

describe('invoices of an order', () => {
  test('an order that is packed has one: who sells and buys, what it is for, how it was paid', async () => {
    const answer = await get(packed.path);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: [
          {
            id: 'inv_1',
            orderId: packed.id,
            currency: 'EUR',
            total: { gross: 900 },
            seller: { id: 'default' },
            buyer: { name: 'Ada Lovelace', address: { city: 'Madrid' } },
            paid: [{ method: 'card', amount: 900 }],
            due: 0,
          },
        ],
      },
    });
    expect(answer.text).not.toContain('series');
    const one = InvoiceResource.parse((await get(`${packed.path}/inv_1`)).body);
    expect(one.number).toMatch(/^INV-\d{4}-0{5}\d$/);
    expect(await get(`/v1/orders/${packed.id}/credit-memos`)).toMatchObject({ status: 200, body: { data: [] } });
  });

  test('as PDF: bytes of a PDF, the same each time, under the number of the invoice', async () => {
    const answer = await get(`${packed.path}/inv_1.pdf`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf' } });
    expect(answer.headers['content-disposition']).toMatch(/^inline; filename="INV-\d{4}-\d{6}\.pdf"$/);
    const bytes = Buffer.from(answer.text, 'base64');
    expect(bytes.subarray(0, 8).toString('latin1')).toMatch(/^%PDF-1\.\d/);
    expect(bytes.subarray(-6).toString('latin1')).toContain('%%EOF');
    expect((await get(`${packed.path}/inv_1`, 'application/pdf')).text).toBe(answer.text);
  });

  test('as XML: valid UBL', async () => {
    const answer = await get(`${packed.path}/inv_1.xml`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' } });
    expect(schemaFaults(answer.text)).toEqual([]);
    expect((await get(`${packed.path}/inv_1`, 'application/xml;q=0.9, */*;q=0.1')).text).toBe(answer.text);
  });

  test.each([
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['application/json;q=0.1, application/pdf', 'pdf'],
    ['application/json;q=0, application/*', 'pdf'],
    ['text/html, application/xml;q=0.9, */*;q=0.8', 'xml'],
  ])('who accepts %s gets %s', async (accept, format) => {
    const answer = await get(`${packed.path}/inv_1`, accept);
    expect(answer.headers).toMatchObject({ 'content-type': expect.stringContaining(format), vary: 'accept' });
  });

  test('who accepts none of them is told so; a suffix is taken at its word', async () => {
    expect(await get(`${packed.path}/inv_1`, 'text/html')).toMatchObject({
      status: 406,
      body: { code: 'not_acceptable' },
    });
    expect(await get(`${packed.path}/inv_1.json`, 'text/html')).toMatchObject({ status: 200 });
  });

  test.each(['inv_2', 'inv_1.txt', 'inv_0', 'cm_1', 'inv_1.pdf.pdf'])('there is no %s', async (name) => {
    expect(await get(`${packed.path}/${name}`)).toMatchObject({ status: 404, body: { code: 'invoice_not_found' } });
  });

  test('of an order that is not there, and to who has no key, nothing is told', async () => {
    const other = '/v1/orders/ord_01JZZZZZZZZZZZZZZZZZZZZZZZ/invoices';
    expect(await get(`${other}/inv_1.pdf`)).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    expect(await api.ask('GET', `${packed.path}/inv_1.pdf`, { as: 'nobody' })).toMatchObject({ status: 401 });
  });

  test('when the customer is erased from the order, the invoice still names who bought', async () => {
    const order = await api.orders.load(OrderId.parse(packed.id));
    if (!order) throw new Error('no order');
    const { contact: _, billing: __, ...rest } = order;
    const { address: ___, ...delivery } = order.delivery;
    const erased = await documentsOf({ ...rest, delivery });
    expect(erased).toContain('Ada Lovelace');
    expect(erased).toContain('Calle Mayor 1');
  });
});

async function documentsOf(order: NonNullable<Awaited<ReturnType<ApiForTests['orders']['load']>>>): Promise<string> {
  const { documentRoutes } = await import('../../../functions/api/documents/routes.ts');
  const { renderPdf } = await import('../../../functions/api/documents/render-pdf.ts');
  const handler = documentRoutes({ ...api.deps, orders: { load: async () => order }, renderPdf });
  return (await api.ask('GET', `/v1/orders/${order.id}/invoices/inv_1.xml`, { handler })).text;
}
