import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { nextActionOf } from '../../../shared/domain/next-action.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { statusOf } from '../../../shared/domain/status.ts';
import { deliverDigital } from '../../../shared/use-cases/deliver-digital.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { startsOf } from '../../../shared/workflows/triggers.ts';
import { type LineGiven, type LinesWorld, linesWorld } from './order-lines-world.ts';

const giftCard: LineGiven = { sku: 'gift-card', quantity: 2, unitPrice: 2500, kind: 'digital' };
const cup: LineGiven = { sku: 'cup', quantity: 1, unitPrice: 500 };

const deliver = (world: LinesWorld, id: OrderId) => deliverDigital(world.deps, id, world.meta('system'));
const captures = (world: LinesWorld) =>
  [...world.book.entries.keys()].filter((key) => key.includes(':capture:')).length;
const lastStarts = (world: LinesWorld, id: OrderId, type: string) =>
  world.log
    .get(id)
    ?.filter((event) => event.type === type)
    .flatMap(startsOf);

describe('digital lines', () => {
  test('an order of nothing else asks no site: released, paid for and delivered', async () => {
    const world = linesWorld([]);
    const id = await world.place([giftCard]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.read(id)).toMatchObject({
      fulfillments: [],
      lines: [{ positions: { ASSIGNED: 2 }, reservations: [] }],
    });
    expect(lastStarts(world, id, 'order.released')).toEqual([{ machine: 'deliver-digital' }]);
    expect(nextActionOf(world.read(id), defaultPolicy).action).toBe('DELIVER_DIGITAL');
    expect(await deliver(world, id)).toEqual({ outcome: 'DELIVERED' });
    const order = world.read(id);
    expect(order.lines[0]?.positions).toEqual({ DELIVERED: 2 });
    expect(order).toMatchObject({ deliveredAt: order.updatedAt, payments: [{ captured: 5000, status: 'CAPTURED' }] });
    expect(statusOf(order)).toBe('DELIVERED');
    expect(lastStarts(world, id, 'digital.delivered')).toEqual([]);
    // Again: nothing is taken or delivered twice.
    expect(await deliver(world, id)).toEqual({ outcome: 'NOTHING' });
    expect(captures(world)).toBe(1);
    expect(world.audit()).toEqual([]);
  });

  test('a mixed order: partly delivered at once, each part captured for itself, to the cent', async () => {
    const world = linesWorld([['cup', 'dc-1', 3]]);
    const id = await world.place([giftCard, cup]);
    await world.run(id);
    await deliver(world, id);
    expect(statusOf(world.read(id))).toBe('PARTIALLY_DELIVERED');
    expect(world.read(id).payments[0]?.captured).toBe(5000);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb);
    expect(statusOf(world.read(id))).toBe('DELIVERED');
    expect(world.read(id).payments[0]?.captures.map(({ amount }) => amount)).toEqual([5000, 500]);
    expect(world.audit()).toEqual([]);
  });

  test('shipped first, delivered last: the codes complete the order', async () => {
    const world = linesWorld([['cup', 'dc-1', 3]]);
    const id = await world.place([giftCard, cup]);
    await world.run(id);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb);
    expect(world.read(id).deliveredAt).toBeUndefined();
    await deliver(world, id);
    expect(world.read(id).deliveredAt).toBeDefined();
    expect(world.audit()).toEqual([]);
  });

  test('free ones are delivered, too', async () => {
    const world = linesWorld([]);
    const id = await world.place([{ ...giftCard, unitPrice: 0 }]);
    await world.run(id);
    expect(await deliver(world, id)).toEqual({ outcome: 'DELIVERED' });
    expect(captures(world)).toBe(0);
    expect(world.audit()).toEqual([]);
  });

  test('the goods are short: with "split" the codes go out, with "allow" the whole order waits', async () => {
    for (const [backorder, outcome] of [
      ['split', 'CONFIRMED'],
      ['allow', 'BACKORDERED'],
    ] as const) {
      const world = linesWorld([['cup', 'dc-1', 0]], { backorder });
      const id = await world.place([giftCard, cup]);
      expect(await world.run(id)).toBe(outcome);
    }
  });

  test('before it begins everything can be canceled; once it began nothing can, delivered it never can', async () => {
    const world = linesWorld([]);
    const early = await world.place([giftCard]);
    await world.run(early);
    expect(await world.issue(early, 'agent', { type: 'cancel', reason: 'changed' })).toMatchObject({ outcome: 'done' });
    expect(await deliver(world, early)).toEqual({ outcome: 'NOTHING' });
    expect(captures(world)).toBe(0);

    const late = await world.place([giftCard]);
    await world.run(late);
    await world.issue(late, 'system', { type: 'startDigital' });
    const refused = { outcome: 'rejected', rejection: { code: 'cancel_not_possible' } };
    expect(await world.issue(late, 'agent', { type: 'cancel', reason: 'changed' })).toMatchObject(refused);
    expect(await deliver(world, late)).toEqual({ outcome: 'DELIVERED' });
    expect(await world.issue(late, 'agent', { type: 'cancel', reason: 'changed' })).toMatchObject(refused);
    expect(world.audit()).toEqual([]);
  });

  test('the answer of the provider is lost: asked for by its key, taken once', async () => {
    const world = linesWorld([]);
    const id = await world.place([giftCard], 'tok_timeout_once');
    await world.run(id);
    expect(await deliver(world, id)).toEqual({ outcome: 'DELIVERED' });
    expect(captures(world)).toBe(1);
    expect(world.audit()).toEqual([]);
  });

  test('parked after the money was taken and before that was written down, then canceled: found and given back', async () => {
    const world = linesWorld([]);
    const id = await world.place([giftCard]);
    await world.run(id);
    await world.issue(id, 'system', { type: 'startDigital' });
    const key = `${id}:capture:pay_1:0`;
    const { providerReference: authorization = '' } = world.read(id).payments[0] ?? {};
    await world.deps.payments
      .of('card')
      .capture({ key, amount: 5000, currency: world.read(id).currency, authorization });
    await world.issue(id, 'system', {
      type: 'openException',
      id: 'deliver-digital:order',
      category: 'PAYMENT',
      workflow: 'deliver-digital',
      error: 'PaymentUnavailable',
      cause: 'down',
      suggestedCommands: ['retry', 'cancel'],
    });
    expect(await deliver(world, id)).toEqual({ outcome: 'NOTHING' });
    await world.issue(id, 'agent', { type: 'cancel', reason: 'gave up' });
    await settlePayment(world.deps, id, world.meta('system'));
    expect(world.read(id).payments[0]).toMatchObject({ captured: 5000, refunded: 5000 });
    expect(world.audit()).toEqual([]);
  });

  test('on hold nothing is delivered; the last release starts it again', async () => {
    const world = linesWorld([]);
    const id = await world.place([giftCard]);
    await world.run(id);
    await world.issue(id, 'agent', { type: 'hold', handle: 'fraud', reason: 'FRAUD' });
    expect(await deliver(world, id)).toEqual({ outcome: 'ON_HOLD' });
    await world.issue(id, 'agent', { type: 'releaseHold', handle: 'fraud' });
    expect(lastStarts(world, id, 'order.hold.released')).toContainEqual({ machine: 'deliver-digital' });
    expect(await deliver(world, id)).toEqual({ outcome: 'DELIVERED' });
    expect(world.audit()).toEqual([]);
  });

  test('what is left of an order can be canceled as long as the delivery is parked', async () => {
    const world = linesWorld([['cup', 'dc-1', 3]]);
    const id = await world.place([giftCard, cup]);
    await world.run(id);
    await world.verb(id, 'accept');
    await world.issue(id, 'agent', { type: 'cancelRemainder', reason: 'codes are sold out' });
    expect(world.read(id).lines.map(({ positions }) => positions)).toEqual([{ CANCELED: 2 }, { ASSIGNED: 1 }]);
    expect(await deliver(world, id)).toEqual({ outcome: 'NOTHING' });
    expect(world.audit()).toEqual([]);
  });
});
