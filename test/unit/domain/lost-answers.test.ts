import { describe, expect, test } from 'vitest';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { type PaymentEffect, type PaymentProvider, PaymentUnavailable } from '../../../shared/ports/payment.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { linesWorld } from './order-lines-world.ts';

/** An order of 2000 in two shipments, by a card of the sandbox. */
async function opened(token: string) {
  const world = linesWorld([
    ['tea', 'dc-1', 1],
    ['cup', 'dc-2', 1],
  ]);
  const lines = ['tea', 'cup'].map((sku) => ({ sku, quantity: 1, unitPrice: 1000 }));
  const id = await world.place(lines, token);
  return {
    ...world,
    id,
    moved: (operation: PaymentEffect['operation']) => sumMoved(moneyMoved(world.book.entries), operation, id),
    /** As a workflow does: again, as long as the provider cannot be asked. */
    async patiently(what: () => Promise<unknown>): Promise<number> {
      for (let failures = 0; failures < 10; failures++) {
        try {
          await what();
          return failures;
        } catch (error) {
          if (!/^Payment(Unavailable|OutcomeUnknown)$/.test((error as Error).name)) throw error;
        }
      }
      throw new Error('never');
    },
  };
}

describe('golden 6: the provider says timeout, and has captured', () => {
  test.each(['tok_timeout_once', 'tok_timeout_before', 'tok_flaky'])(
    '%s: one charge a shipment, one refund',
    async (token) => {
      const world = await opened(token);
      await world.patiently(() => world.run(world.id));
      for (const nth of [0, 1]) {
        for (const verb of ['accept', 'pick', 'pack'] as const)
          expect(await world.verb(world.id, verb, nth)).toBeUndefined();
        await world.patiently(() => world.verb(world.id, 'ship', nth));
      }
      expect([world.moved('authorize'), world.moved('capture')]).toEqual([2000, 2000]);
      expect(world.read(world.id).payments).toMatchObject([
        { captured: 2000, captures: [{ amount: 1000 }, { amount: 1000 }] },
      ]);
      expect(world.read(world.id).invoices).toHaveLength(2);
      expect(world.audit()).toEqual([]);
    },
  );

  test('and cannot be asked what became of it for a while: the order waits, and is charged once', async () => {
    const world = await opened('tok_timeout_once');
    await world.run(world.id);
    const card = world.deps.payments.of('card');
    let outage = 1;
    const deaf: PaymentProvider = {
      ...card,
      query: async (effect) => {
        if (outage-- > 0) throw new PaymentUnavailable('503');
        return card.query(effect);
      },
    };
    Object.assign(world.deps, { payments: { of: () => deaf } });
    for (const verb of ['accept', 'pick', 'pack'] as const) await world.verb(world.id, verb);
    expect(await world.patiently(() => world.verb(world.id, 'ship'))).toBe(1);
    expect(world.moved('capture')).toBe(1000);
    expect(world.read(world.id).payments[0]?.captured).toBe(1000);
    expect(world.audit()).toEqual([]);
  });

  test('and the order is canceled before anybody could ask: what was authorized is found and let go', async () => {
    const world = linesWorld([['tea', 'dc-1', 1]], { capture: 'onPlace' });
    const id = await world.place([{ sku: 'tea', quantity: 1, unitPrice: 1000 }], 'tok_timeout_once');
    const card = world.deps.payments.of('card');
    const deaf: PaymentProvider = { ...card, query: async () => Promise.reject(new PaymentUnavailable('503')) };
    Object.assign(world.deps, { payments: { of: () => deaf } });
    await expect(world.run(id)).rejects.toBeInstanceOf(PaymentUnavailable);
    Object.assign(world.deps, { payments: { of: () => card } });
    await world.issue(id, 'agent', { type: 'cancel', reason: 'customer' });
    await settlePayment(world.deps, id, world.meta('system'));
    const moved = (operation: PaymentEffect['operation']) => sumMoved(moneyMoved(world.book.entries), operation, id);
    expect([moved('authorize'), moved('capture'), moved('void')]).toEqual([1000, 0, 1000]);
    expect(world.read(id).payments).toMatchObject([{ authorized: 1000, voided: 1000 }]);
    expect(world.audit()).toEqual([]);
  });
});
