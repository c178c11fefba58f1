import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { operator } from '../../local/kernel/kernel.ts';
import { type AvataxServer, startAvatax } from '../integration/tax/avatax-server.ts';
import { hour, second, type WorkflowWorld, workflowWorld } from './fixture.ts';

/** An installation with Avalara: the real workflows and functions, and a server that answers as AvaTax does. */
let world: WorkflowWorld;
let avatax: AvataxServer;
beforeAll(async () => {
  avatax = await startAvatax();
  world = await workflowWorld('avatax', { AvataxApiBase: avatax.url });
  const SecretString = JSON.stringify({ accountId: '2000000000', licenseKey: '1A2B3C', companyCode: 'BATUTA' });
  const secret = { SecretId: 'batuta-dev/avatax', SecretString };
  await world.cloud.services.secretsmanager.call('PutSecretValue', secret, operator);
}, 120_000);
afterAll(async () => {
  await world.stop();
  await avatax.stop();
});

const mug = { sku: 'mug-batuta', quantity: 2, unitPrice: 1210 };
const taxed = (externalId: string, more: object = {}) => ({ ...sampleOrder(externalId, [mug]), tax: 'quote', ...more });
const reported = () => [...avatax.kept.values()].map(({ type, code }) => `${type} ${code}`);
const statesOf = (orderId: string, sequence = 1) => world.statesOf('place-order', `${orderId}-${sequence}`);

test('an order is taxed before anything is reserved, and its invoice is reported with the taxes that it says', async () => {
  const { api, clock } = world;
  const placed = await api.place(taxed('tax-happy'));
  await clock.settle();
  expect(await statesOf(placed.id)).toEqual([
    'ReserveStock',
    'StockReserved?',
    'QuoteTax',
    'ReserveStock',
    'StockReserved?',
    'AuthorizePayment',
    'PaymentAuthorized?',
    'ConfirmOrder',
  ]);
  const order = await api.order(placed.id);
  expect(order).toMatchObject({
    status: 'CONFIRMED',
    total: 2420,
    lines: [{ net: 2000, tax: 420, gross: 2420, taxes: [{ jurisdiction: 'ES SPAIN', rate: '0.21', amount: 420 }] }],
  });
  const types = (await api.events(placed.id)).map(({ type }) => type);
  expect(types.indexOf('order.taxed')).toBeLessThan(types.indexOf('reservation.created'));
  await world.fulfill(order);
  await clock.advance(2 * second);
  expect(reported()).toEqual([`SalesInvoice ${placed.id}-inv_1`]);
  expect([...avatax.kept.values()]).toMatchObject([{ status: 'Committed', totalAmount: 20, totalTax: 4.2 }]);
  expect(world.failures).toEqual([]);
}, 60_000);

test('Avalara is away: tried for a minute, then parked untouched; the operator’s retry taxes it', async () => {
  const { api, clock } = world;
  avatax.faults.push(...Array.from({ length: 7 }, () => 503 as const));
  const placed = await api.place(taxed('tax-away'));
  await clock.settle();
  await clock.advance(120 * second);
  const parked = await api.order(placed.id);
  expect(parked).toMatchObject({
    lifecycle: 'PLACED',
    exceptions: [
      { status: 'OPEN', error: 'TaxUnavailable', category: 'INTEGRATION', suggestedCommands: ['retry', 'cancel'] },
    ],
  });
  const events = (await api.events(placed.id)).map(({ type }) => type);
  expect(events).toEqual(['order.placed', 'exception.opened']);
  await api.must('admin', 'POST', `/v1/orders/${placed.id}/retry`);
  await clock.settle();
  expect(await api.order(placed.id)).toMatchObject({ status: 'CONFIRMED', lines: [{ tax: 420 }] });
}, 60_000);

test('Avalara stutters: the order goes on by itself', async () => {
  const { api, clock } = world;
  avatax.faults.push(429, 'html', 'lose');
  const placed = await api.place(taxed('tax-stutter'));
  await clock.settle();
  await clock.advance(10 * second);
  expect(await api.order(placed.id)).toMatchObject({ status: 'CONFIRMED', exceptions: [], lines: [{ tax: 420 }] });
}, 60_000);

test('nobody knows the taxes there: held, never untaxed; canceled, its quote is given up', async () => {
  const { api, clock } = world;
  const sample = taxed('tax-chad');
  const address = { name: 'Ada', line1: 'Rue 1', city: 'N’Djamena', postalCode: '1', country: 'TD' };
  const placed = await api.place({ ...sample, delivery: { ...sample.delivery, address } });
  await clock.settle();
  expect(await api.order(placed.id)).toMatchObject({
    status: 'ON_HOLD',
    holds: [{ handle: 'tax', reason: 'EXCEPTION' }],
  });
  await api.must('agent', 'DELETE', `/v1/orders/${placed.id}/holds/tax`);
  await clock.settle();
  expect(await api.order(placed.id)).toMatchObject({ status: 'ON_HOLD', holds: [{ handle: 'tax' }] });
  const stock = (await api.events(placed.id)).filter(({ type }) => type.startsWith('reservation.'));
  expect(stock).toEqual([]);

  const taxedOne = await api.place(taxed('tax-canceled'));
  await clock.settle();
  await api.must('admin', 'POST', `/v1/orders/${taxedOne.id}/cancel`, { reason: 'changed mind' });
  await clock.advance(10 * second);
  const voids = avatax.heard.filter(({ path }) => path.includes('/void'));
  expect(voids.map(({ path }) => path)).toEqual([
    `POST /api/v2/companies/BATUTA/transactions/${taxedOne.id}/void?documentType=SalesOrder`,
  ]);
}, 60_000);

test('a report that meets an outage comes again, and stands once', async () => {
  const { api, clock } = world;
  const placed = await api.place(taxed('tax-late-report'));
  await clock.settle();
  avatax.faults.push('lose', 500);
  await world.fulfill(await api.order(placed.id));
  await clock.advance(hour);
  expect(reported().filter((one) => one.includes(placed.id))).toEqual([`SalesInvoice ${placed.id}-inv_1`]);
  expect(avatax.faults).toEqual([]);
}, 60_000);
