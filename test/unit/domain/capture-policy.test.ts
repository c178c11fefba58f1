import { describe, expect, test } from 'vitest';
import type { CapturePolicy } from '../../../shared/domain/policy.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import { executeNumbered } from '../../../shared/use-cases/issue-number.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { type LinesWorld, linesWorld } from './order-lines-world.ts';

/** Two lines of 1001 at two sites, so that there are two shipments. */
async function opened(capture: CapturePolicy) {
  const world = linesWorld(
    [
      ['tea', 'dc-1', 1],
      ['cup', 'dc-2', 1],
    ],
    { capture },
  );
  const id = await world.place([
    { sku: 'tea', quantity: 1, unitPrice: 1001 },
    { sku: 'cup', quantity: 1, unitPrice: 1001 },
  ]);
  return { world, id };
}

const captured = (world: LinesWorld, id: Parameters<LinesWorld['read']>[0]) =>
  world.read(id).payments.reduce((sum, payment) => sum + payment.captured, 0);

describe('when the money is taken', () => {
  test.each([
    ['onPlace', [2002, 2002, 2002, 2002, 2002]],
    ['onRelease', [0, 2002, 2002, 2002, 2002]],
    ['onPack', [0, 0, 1001, 1001, 1001]],
    ['onShip', [0, 0, 0, 1001, 1001]],
    ['onDeliver', [0, 0, 0, 0, 1001]],
    ['manual', [0, 0, 0, 0, 0]],
    ['none', [0, 0, 0, 0, 0]],
  ] as const)('%s: authorized, released, first shipment packed, shipped, delivered', async (capture, expected) => {
    const { world, id } = await opened(capture);
    const settle = () => settlePayment(world.deps, id, world.meta('system'));
    const seen: number[] = [];
    expect(await world.run(id)).toBe('CONFIRMED');
    seen.push(captured(world, id));
    await settle();
    seen.push(captured(world, id));
    for (const verb of ['accept', 'pick', 'pack'] as const) expect(await world.verb(id, verb)).toBeUndefined();
    const packed = world.read(id).fulfillments[0]?.id ?? '';
    expect(await world.verb(id, 'ship')).toBeUndefined();
    // The gate ran between packing and shipping: what it took stands before what shipping caused.
    const gate = world.log.get(id)?.filter(({ type, data }) => type === 'payment.captured' && 'fulfillmentId' in data);
    seen.push(seen[1] === 2002 ? 2002 : gate?.length ? 1001 : 0);
    await settle();
    seen.push(captured(world, id));
    expect(await world.verb(id, 'deliver')).toBeUndefined();
    await settle();
    seen.push(captured(world, id));
    expect(seen).toEqual(expected);
    const invoiced = world.read(id).invoices.map(({ fulfillmentId }) => fulfillmentId);
    expect(invoiced).toEqual(capture === 'none' ? [] : [packed]);
    expect(world.audit()).toEqual([]);
  });

  test('woocommerce-payments #767, woocommerce-paypal-payments #483: manual: somebody asks, all or part; never more than is authorized and owed', async () => {
    const { world, id } = await opened('manual');
    await world.run(id);
    const ask = (amount?: number) => world.issue(id, 'finance', { type: 'requestCapture', amount });
    expect(await ask(2003)).toMatchObject({ rejection: { code: 'amount_exceeds_authorization' } });
    await ask(500);
    await settlePayment(world.deps, id, world.meta('system'));
    expect(captured(world, id)).toBe(500);
    await ask();
    await settlePayment(world.deps, id, world.meta('system'));
    expect(captured(world, id)).toBe(2002);
    expect(await ask()).toMatchObject({ rejection: { code: 'amount_exceeds_authorization' } });
    expect(world.audit()).toEqual([]);
  });

  test('a refund is on its way when the next parcel is packed: the parcel is paid in full, not with what goes back', async () => {
    const { world, id } = await opened('onPack');
    await world.run(id);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb, 0);
    const lines = world.read(id).invoices[0]?.lines.map(({ lineId }) => ({ lineId, quantity: 1 })) ?? [];
    await executeNumbered(
      world.deps,
      world.read(id),
      'creditMemo',
      (issued, parties) => [{ type: 'postCreditMemo', lines, charges: [], reason: 'return', issued, parties }],
      world.meta('finance'),
    );
    const due = settlement(world.read(id)).refunds[0];
    if (!due) throw new Error('nothing to give back');
    await world.issue(id, 'system', { type: 'requestRefund', ...due });
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb, 1);
    await settlePayment(world.deps, id, world.meta('system'));
    expect(world.read(id).payments).toMatchObject([{ captured: 2002, refunded: 1001, voided: 0 }]);
    expect(world.audit()).toEqual([]);
  });

  test('none: nobody asks for money that is not handled here', async () => {
    const { world, id } = await opened('none');
    await world.run(id);
    expect(await world.issue(id, 'finance', { type: 'requestCapture' })).toMatchObject({
      rejection: { code: 'invalid_transition' },
    });
  });

  test('one of two cards is declined: the other one is given back, and nobody takes it meanwhile', async () => {
    const { world } = await opened('manual');
    const payments = [
      { method: 'card' as const, token: 'tok_ok', amount: 500 },
      { method: 'card' as const, token: 'tok_declined' },
    ];
    const id = await world.place([{ sku: 'tea', quantity: 1, unitPrice: 1001 }], '', { payments });
    expect(await world.run(id)).toBe('DECLINED');
    expect(await world.issue(id, 'finance', { type: 'requestCapture', amount: 500 })).toMatchObject({
      rejection: { code: 'invalid_transition' },
    });
    await settlePayment(world.deps, id, world.meta('system'));
    expect(world.read(id).payments).toMatchObject([{ captured: 0, voided: 500 }, { status: 'DECLINED' }]);
  });

  test('paid ahead and canceled: all of it goes back', async () => {
    const { world, id } = await opened('onPlace');
    await world.run(id);
    await world.issue(id, 'agent', { type: 'cancel', reason: 'customer' });
    await settlePayment(world.deps, id, world.meta('system'));
    expect(world.read(id).payments).toMatchObject([{ captured: 2002, refunded: 2002 }]);
    expect(world.audit()).toEqual([]);
  });

  test('shipped before the money came: an authorization that does not cover it stops the parcel', async () => {
    const { world, id } = await opened('onShip');
    await world.run(id);
    for (const nth of [0, 1]) {
      for (const verb of ['accept', 'pick', 'pack', 'ship'] as const) await world.verb(id, verb, nth);
    }
    expect(world.read(id).fulfillments.map(({ status }) => status)).toEqual(['HANDED_OVER', 'HANDED_OVER']);
    await settlePayment(world.deps, id, world.meta('system'));
    expect(captured(world, id)).toBe(2002);
    expect(world.audit()).toEqual([]);
  });
});

describe('which invoice bears the shipping', () => {
  test.each([
    ['firstShipment', [300, 0]],
    ['prorate', [150, 150]],
    ['lastShipment', [0, 300]],
  ] as const)('%s', async (shippingCharge, expected) => {
    const world = linesWorld(
      [
        ['tea', 'dc-1', 1],
        ['cup', 'dc-2', 1],
      ],
      { shippingCharge },
    );
    const lines = [
      { sku: 'tea', quantity: 1, unitPrice: 500 },
      { sku: 'cup', quantity: 1, unitPrice: 500 },
    ];
    const id = await world.place(lines, 'tok_ok', { charges: [{ kind: 'shipping', amount: 300 }] });
    await world.run(id);
    for (const nth of [0, 1]) {
      for (const verb of ['accept', 'pick', 'pack', 'ship'] as const) await world.verb(id, verb, nth);
    }
    const { invoices } = world.read(id);
    expect(invoices.map(({ charges }) => charges.reduce((sum, { gross }) => sum + gross, 0))).toEqual(expected);
    expect(invoices.reduce((sum, { total }) => sum + total.gross, 0)).toBe(1300);
    expect(world.audit()).toEqual([]);
  });
});
