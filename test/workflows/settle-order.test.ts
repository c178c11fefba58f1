import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
beforeAll(async () => {
  world = await workflowWorld();
}, 120_000);
afterAll(() => world?.stop());

const mug = { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 };
const executionsOf = async (orderId: string) =>
  (await world.executions('settle-order')).filter(({ name }) => name.startsWith(orderId));

interface MoneyView {
  payments: {
    method: string;
    captured: number;
    refunded: number;
    captures: { id: string; amount: number }[];
    refunds: { captureId: string; amount: number; status: string; reason?: string }[];
  }[];
  balance: { invoiced: number; credited: number; captured: number; refunded: number; due: number };
  nextAction: { action: string };
  exceptions: { category: string; status: string; cause: string; suggestedCommands: string[] }[];
  possibleCommands: string[];
}
const moneyOf = (id: string) => world.api.must<MoneyView>('agent', 'GET', `/v1/orders/${id}`);

describe('credit memos', () => {
  test('13: part of a shipped order over a gift card and two captures, one leg fails: the rest goes back, that leg is parked, seen and tried again', async () => {
    const { api, clock } = world;
    for (const [site, onHand] of [
      ['dc-north', 3],
      ['dc-south', 2],
    ] as const) {
      await api.must('warehouse', 'PUT', `/v1/inventory/wf-returned/locations/${site}`, { onHand });
    }
    await clock.settle();
    const card = { amount: 1000, currency: 'EUR' };
    const { id: cardId, code } = await api.must<{ id: string; code: string }>('agent', 'POST', '/v1/gift-cards', card);
    const { payment: _, ...order } = sampleOrder('wf-credit', [{ sku: 'wf-returned', quantity: 5, unitPrice: 500 }]);
    const { id } = await api.place({
      ...order,
      charges: [{ kind: 'shipping', amount: 495 }],
      payments: [
        { method: 'giftCard', token: code, amount: 1000 },
        { method: 'card', token: 'tok_refund_fails_twice' },
      ],
    });
    await clock.settle();
    await world.fulfill(await api.order(id));
    // 3 units and 297 of the shipping, then 2 and 198: the gift card first.
    expect(await moneyOf(id)).toMatchObject({
      payments: [
        { method: 'giftCard', captures: [{ amount: 1000 }] },
        { method: 'card', captures: [{ amount: 797 }, { amount: 1198 }] },
      ],
      balance: { invoiced: 2995, captured: 2995, due: 0 },
    });
    expect(await executionsOf(id)).toEqual([]);

    const credit = async (invoiceId: string, quantity: number) => {
      const body = { invoiceId, lines: [{ lineId: 'line_1', quantity }], reason: 'return' };
      await api.must('agent', 'POST', `/v1/orders/${id}/credit-memos`, body);
      await clock.settle();
    };
    // The newest capture refuses, and the others have enough for it.
    await credit('inv_1', 3);
    expect(await moneyOf(id)).toMatchObject({
      payments: [{ refunded: 703 }, { refunded: 797, refunds: [{ amount: 1198, status: 'FAILED' }, { amount: 797 }] }],
      balance: { credited: 1500, refunded: 1500, due: 0 },
      nextAction: { action: expect.not.stringMatching('RESOLVE_EXCEPTION') },
    });
    // Now they have not: it is asked once more, and refuses again.
    await credit('inv_2', 2);
    const parked = await moneyOf(id);
    expect(parked).toMatchObject({
      payments: [
        { method: 'giftCard', captured: 1000, refunded: 1000 },
        {
          method: 'card',
          refunded: 797,
          refunds: [
            { captureId: 'cap_2', amount: 1198, status: 'FAILED', reason: 'refund_failed' },
            { captureId: 'cap_1', amount: 797, status: 'SUCCEEDED' },
            { captureId: 'cap_2', amount: 703, status: 'FAILED', reason: 'refund_failed' },
          ],
        },
      ],
      balance: { credited: 2500, refunded: 1797, due: -703 },
      nextAction: { action: 'RESOLVE_EXCEPTION' },
      exceptions: [{ category: 'PAYMENT', status: 'OPEN', suggestedCommands: ['retry', 'recordRefund'] }],
    });
    expect(parked.exceptions[0]?.cause).toContain('703 EUR');
    expect(parked.possibleCommands).toEqual(expect.arrayContaining(['retry', 'recordRefund']));
    const runs = await executionsOf(id);
    expect(runs.map(({ status }) => status).sort()).toEqual(['FAILED', 'SUCCEEDED']);
    const failed = runs.find(({ status }) => status === 'FAILED');
    expect(await world.statesOf('settle-order', String(failed?.name))).toEqual([
      'SettlePayment',
      'ParkOrder',
      'Parked',
    ]);

    await api.must('agent', 'POST', `/v1/orders/${id}/retry`);
    await clock.settle();
    expect(await moneyOf(id)).toMatchObject({
      payments: [{ refunded: 1000 }, { refunded: 1500 }],
      balance: { invoiced: 2995, credited: 2500, captured: 2995, refunded: 2500, due: 0 },
      exceptions: [{ status: 'RESOLVED' }],
    });

    // The books say the same: the card is worth what it was, the provider keeps 495, the customer and we owe nothing.
    await clock.advance(60 * second);
    const { data } = await api.must<{ data: { lines: { account: string; debit: number; credit: number }[] }[] }>(
      'finance',
      'GET',
      `/v1/ledger/entries?orderId=${id}`,
    );
    const closing: Record<string, number> = {};
    for (const { account, debit, credit: credited } of data.flatMap(({ lines }) => lines)) {
      closing[account] = (closing[account] ?? 0) + debit - credited;
    }
    expect(closing).toEqual({
      ...{ PSP_CLEARING: 495, STORE_CREDIT: 0, DEPOSITS: 0, REVENUE: 0, SHIPPING_REVENUE: -495 },
    });
    expect(await api.must('agent', 'GET', `/v1/gift-cards/${cardId}`)).toMatchObject({ available: 1000, spent: 0 });
    // What was issued came to the books by the bus: the liability is what the card holds.
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const { balances } = await api.must<{
      balances: { balanced: boolean; accounts: { account: string; closing: number }[] }[];
    }>('finance', 'GET', `/v1/ledger/trial-balance?from=2000-01-01&to=${today}`);
    expect(balances.map(({ balanced }) => balanced)).toEqual([true]);
    const ofCredit = balances[0]?.accounts.filter(({ account }) => /CREDIT/.test(account));
    expect(ofCredit?.map(({ account, closing: left }) => `${account} ${left}`).sort()).toEqual([
      'CREDIT_CLEARING 1000',
      'STORE_CREDIT -1000',
    ]);
    expect(world.failures).toEqual([]);
  }, 120_000);
});

describe('settle-order', () => {
  test('the delivery of what is left of an order starts it: the rest of the authorization is voided', async () => {
    const { api, clock } = world;
    await api.must('warehouse', 'PUT', '/v1/inventory/wf-rare/locations/dc-north', { onHand: 2 });
    await clock.settle();
    const placed = await api.place(sampleOrder('wf-remainder', [{ sku: 'wf-rare', quantity: 2, unitPrice: 500 }]));
    await clock.settle();
    const [fulfillment] = (await api.order(placed.id)).fulfillments;
    await api.verb(fulfillment!.id, 'accept');
    const lines = [{ lineId: 'line_1', picked: 1, reason: 'not_found' }];
    await api.must('warehouse', 'POST', `/v1/fulfillments/${fulfillment!.id}/pick`, { lines });
    await clock.settle();
    await api.must('agent', 'POST', `/v1/orders/${placed.id}/cancel-remainder`, { reason: 'not to be had' });
    await clock.settle();
    // What is packed is not captured yet: until then nothing is voided.
    expect((await api.order(placed.id)).balance).toMatchObject({ voided: 0 });
    for (const verb of ['pack', 'ship', 'deliver'] as const) {
      await api.verb(fulfillment!.id, verb);
      await clock.settle();
    }
    expect(await api.order(placed.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 500, voided: 500 } });
    expect(await executionsOf(placed.id)).toHaveLength(2);
  }, 60_000);

  test('its execution is lost before the void is done: the next sweep starts it again', async () => {
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-lost-settlement', [mug], { token: 'tok_flaky' }));
    await clock.settle();
    await clock.advance(4 * second);
    await api.must('agent', 'POST', `/v1/orders/${placed.id}/cancel`, { reason: 'changed my mind' });
    await clock.settle();
    // The provider answers 503 to the first two voids: the execution is waiting to try again when somebody stops it.
    await world.stopExecutions('settle-order');
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'CANCELED', nextAction: { action: 'SETTLE' } });
    await clock.advance(11 * 60 * second);
    expect(await api.order(placed.id)).toMatchObject({ balance: { voided: 1200 }, nextAction: { action: 'NONE' } });
  }, 60_000);
});
