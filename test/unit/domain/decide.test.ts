import { describe, expect, test } from 'vitest';
import type { Role } from '../../../shared/domain/actor.ts';
import type { CommandType } from '../../../shared/domain/commands.ts';
import { allowedRoles } from '../../../shared/domain/decide.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { nextActionOf, timersOf } from '../../../shared/domain/next-action.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { moves } from '../../../shared/domain/positions.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import { fulfillmentStatusOf, paymentStatusOf, statusOf } from '../../../shared/domain/status.ts';
import { approve, decline, invoiceCommand, placeCommand, releasedStory, reserveCommand, story } from './orders.ts';

const cup = { sku: 'cup', quantity: 3, unitPrice: 500 };

describe('placing', () => {
  test('the total is the sum of the lines and every unit is open', () => {
    const one = story();
    one.given(placeCommand([cup, { sku: 'pot', quantity: 1, unitPrice: 2500 }]));
    expect(one.order).toMatchObject({ total: 4000, lifecycle: 'PLACED', version: 1, sequence: 1 });
    expect(one.order.lines[0]?.positions).toEqual({ OPEN: 3 });
    expect([statusOf(one.order), fulfillmentStatusOf(one.order), paymentStatusOf(one.order)]).toEqual([
      'PLACED',
      'OPEN',
      'PENDING',
    ]);
  });

  test('a total beyond 2^53 - 1 is refused, not rounded', () => {
    const line = { sku: 'cup', quantity: 1_000_000, unitPrice: Number.MAX_SAFE_INTEGER };
    expect(story().issue(placeCommand([line]))?.code).toBe('order_total_too_large');
  });

  test('1,000 lines with long titles are placed; with titles that no event can hold they are refused', () => {
    const order = (title: string) =>
      placeCommand(Array.from({ length: 1000 }, (_, n) => ({ sku: `sku-${n}`, title, quantity: 1, unitPrice: 1 })));
    expect(story().issue(order('t'.repeat(200)))).toBeUndefined();
    expect(story().issue(order('漢'.repeat(200)))?.code).toBe('order_too_large');
  });

  test('personal data and the token are the secret of the event, not its data', () => {
    const one = story();
    one.given(placeCommand([cup]));
    const text = JSON.stringify(one.log[0]?.data);
    for (const secret of ['ada@example.com', 'Calle Mayor', 'tok_ok', '28013']) expect(text).not.toContain(secret);
  });
});

describe('stock before money', () => {
  test('an order is not confirmed without stock, nor without money', () => {
    const one = story();
    one.given(placeCommand([cup]));
    expect(one.issue({ type: 'confirm' })?.code).toBe('stock_not_reserved');
    one.given(reserveCommand([1, 'dc-1', 3]));
    expect(one.issue({ type: 'confirm' })?.code).toBe('payment_not_secured');
    one.given(approve);
    expect(one.issue({ type: 'confirm' })).toBeUndefined();
  });

  test('more units than the line has cannot be reserved, in one command or in two', () => {
    const one = story();
    one.given(placeCommand([cup]));
    expect(one.issue(reserveCommand([1, 'dc-1', 2], [1, 'dc-2', 2]))?.code).toBe('overallocated');
    one.given(reserveCommand([1, 'dc-1', 2]));
    expect(one.issue(reserveCommand([1, 'dc-2', 2]))?.code).toBe('overallocated');
  });

  test('a declined card: the stock is given back, the order waits for another card until its deadline', () => {
    const one = story();
    one.given(placeCommand([cup]));
    one.given(reserveCommand([1, 'dc-1', 3]));
    one.given(decline);
    expect(one.order.lines[0]?.positions).toEqual({ OPEN: 3 });
    expect([statusOf(one.order), paymentStatusOf(one.order)]).toEqual(['ON_HOLD', 'FAILED']);
    expect(nextActionOf(one.order, defaultPolicy)).toEqual({
      action: 'PROVIDE_PAYMENT',
      dueAt: '2026-01-06T09:00:00.000Z',
    });
    expect(timersOf(one.order, defaultPolicy)[0]?.command).toEqual({ type: 'cancel', reason: 'payment_deadline' });
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });

  test('the provider approved although the order was canceled meanwhile: recorded, and owed back', () => {
    const one = story();
    one.given(placeCommand([cup]));
    one.given(reserveCommand([1, 'dc-1', 3]));
    one.given({ type: 'cancel', reason: 'customer' });
    one.given(approve);
    expect(settlement(one.order).voids).toEqual([{ paymentId: 'pay_1', amount: 1500 }]);
  });
});

describe('a location works', () => {
  const pack = () => {
    const one = releasedStory([cup]);
    const fulfillmentId = one.order.fulfillments[0]?.id;
    if (!fulfillmentId) throw new Error('no fulfillment');
    return { one, fulfillmentId };
  };

  test('pack before pick is refused, and says what is possible', () => {
    const { one, fulfillmentId } = pack();
    one.given({ type: 'accept', fulfillmentId });
    expect(one.issue({ type: 'pack', fulfillmentId })).toMatchObject({
      code: 'invalid_transition',
      possible: ['pick', 'reject'],
    });
  });

  test('the same verb again does nothing', () => {
    const { one, fulfillmentId } = pack();
    one.given({ type: 'accept', fulfillmentId });
    const { version } = one.order;
    one.given({ type: 'accept', fulfillmentId });
    expect(one.order.version).toBe(version);
  });

  test('units leave only when their money is captured', () => {
    const { one, fulfillmentId } = pack();
    for (const type of ['accept', 'pick', 'pack'] as const) one.given({ type, fulfillmentId });
    const shipment = { carrier: 'own van', service: 'standard', trackingNumber: '1' };
    expect(one.issue({ type: 'ship', fulfillmentId, shipment })?.code).toBe('funds_not_secured');
    const paymentId = one.order.payments[0]!.id;
    expect(one.issue({ type: 'capture', fulfillmentId, paymentId, amount: 1501, providerReference: 'c' })?.code).toBe(
      'amount_exceeds_authorization',
    );
    expect(one.issue(invoiceCommand(fulfillmentId))?.code).toBe('funds_not_secured');
    one.given({ type: 'capture', fulfillmentId, paymentId, amount: 1500, providerReference: 'c' });
    expect(one.issue({ type: 'ship', fulfillmentId, shipment })?.code).toBe('funds_not_secured');
    one.given(invoiceCommand(fulfillmentId));
    one.given({ type: 'ship', fulfillmentId, shipment });
    one.given({ type: 'deliver', fulfillmentId });
    expect([statusOf(one.order), paymentStatusOf(one.order)]).toEqual(['DELIVERED', 'PAID']);
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });

  test('a line that was reserved in two goes at one location packs as one', () => {
    const one = story();
    one.given(placeCommand([cup]));
    one.given(reserveCommand([1, 'dc-1', 2]));
    one.given(reserveCommand([1, 'dc-1', 1]));
    one.given(approve);
    one.given({ type: 'confirm' });
    one.given({ type: 'release' });
    const fulfillmentId = one.order.fulfillments[0]!.id;
    for (const type of ['accept', 'pick', 'pack'] as const) one.given({ type, fulfillmentId });
    expect(one.order.fulfillments[0]?.parcels).toEqual([
      { id: 'parcel_1', contents: [{ lineId: 'line_1', quantity: 3 }] },
    ]);
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });

  test('a free order is authorized, invoiced and paid with nothing', () => {
    const one = releasedStory([{ sku: 'sample', quantity: 1, unitPrice: 0 }]);
    expect(paymentStatusOf(one.order)).toBe('AUTHORIZED');
    const fulfillmentId = one.order.fulfillments[0]!.id;
    for (const type of ['accept', 'pick', 'pack'] as const) one.given({ type, fulfillmentId });
    one.given(invoiceCommand(fulfillmentId));
    expect(paymentStatusOf(one.order)).toBe('PAID');
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });

  test('an accepted fulfillment cannot be canceled at once', () => {
    const { one, fulfillmentId } = pack();
    one.given({ type: 'accept', fulfillmentId });
    expect(one.issue({ type: 'cancel', reason: 'late' })).toMatchObject({
      code: 'cancel_not_possible',
      possible: ['pick', 'reject'],
    });
  });

  test('an order on hold is not accepted by a location', () => {
    const { one, fulfillmentId } = pack();
    one.given({ type: 'hold', handle: 'check', reason: 'ADDRESS' });
    expect(one.issue({ type: 'accept', fulfillmentId })?.code).toBe('order_on_hold');
    one.given({ type: 'releaseHold', handle: 'check' });
    expect(one.issue({ type: 'accept', fulfillmentId })).toBeUndefined();
  });
});

describe('canceling', () => {
  test('medusa #5158: canceling again and again changes nothing more', () => {
    const one = releasedStory([cup]);
    one.given({ type: 'cancel', reason: 'customer' });
    const after = one.order;
    for (let n = 0; n < 1000; n++) one.given({ type: 'cancel', reason: 'again' });
    expect(one.order).toEqual(after);
    expect(one.order.lines[0]?.positions).toEqual({ CANCELED: 3 });
  });

  test('a thousand lines over many buckets are canceled in several transactions of at most 60 buckets', () => {
    const lines = Array.from({ length: 1000 }, (_, n) => ({ sku: `sku-${n}`, quantity: 1, unitPrice: 1 }));
    const one = story();
    one.given(placeCommand(lines));
    for (let start = 0; start < lines.length; start += 60) {
      const chunk = lines
        .slice(start, start + 60)
        .map((_, n) => [start + n + 1, 'dc-1', 1] as [number, string, number]);
      one.given(reserveCommand(...chunk));
    }
    one.given(approve);
    one.given({ type: 'confirm' });
    while (one.order.lines.some(({ positions }) => positions.RESERVED)) one.given({ type: 'release' });
    expect(Math.max(...one.order.fulfillments.map(({ lines: inOne }) => inOne.length))).toBe(40);
    let transactions = 0;
    do {
      one.given({ type: 'cancel', reason: 'customer' });
      transactions += 1;
      expect(one.issue({ type: 'confirmReceipt' })).toBeDefined();
    } while (one.order.canceling);
    expect(transactions).toBeGreaterThan(10);
    expect(statusOf(one.order)).toBe('CANCELED');
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });
});

describe('holds and exceptions', () => {
  test('releasing a hold that is not there is an error, never a creation', () => {
    const one = releasedStory([cup]);
    expect(one.issue({ type: 'releaseHold', handle: 'ghost' })?.code).toBe('hold_not_found');
    expect(one.issue({ type: 'resolveException', exceptionId: 'ghost', retry: true })?.code).toBe(
      'exception_not_found',
    );
  });

  test('an exception is opened once and resolved once', () => {
    const one = releasedStory([cup]);
    const exception = {
      type: 'openException',
      id: 'ship-fulfillment:1',
      category: 'INTEGRATION',
      workflow: 'ship-fulfillment',
      error: 'CarrierUnavailable',
      cause: 'down',
      suggestedCommands: ['retry'],
    } as const;
    const command = { ...exception, suggestedCommands: ['retry'] };
    one.given(command);
    one.given(command);
    expect(one.order.exceptions).toHaveLength(1);
    expect(nextActionOf(one.order, defaultPolicy).action).toBe('RESOLVE_EXCEPTION');
    one.given({ type: 'resolveException', exceptionId: exception.id, retry: true });
    expect(one.issue({ type: 'resolveException', exceptionId: exception.id, retry: true })?.code).toBe(
      'exception_not_found',
    );
  });
});

describe('who may do what', () => {
  const commands = Object.keys(allowedRoles) as CommandType[];
  test.each<Role>(['storefront', 'agent', 'warehouse', 'admin'])(
    'a %s is refused what its role does not allow',
    (role) => {
      const one = releasedStory([cup]);
      const forbidden = commands.filter((type) => !allowedRoles[type].includes(role));
      expect(forbidden.length).toBeGreaterThan(0);
      for (const type of forbidden) {
        // The role is checked before anything of the command is read.
        expect(one.issue({ type } as Parameters<typeof one.issue>[0], role)?.code, type).toBe('forbidden');
      }
    },
  );
});

describe('the table of moves', () => {
  test('every position is reachable from OPEN, and only the ends have no way out', () => {
    const reached = new Set(['OPEN']);
    for (const from of reached) for (const to of moves[from as keyof typeof moves]) reached.add(to);
    expect([...reached].sort()).toEqual(Object.keys(moves).sort());
    const ends = Object.entries(moves).filter(([, to]) => to.length === 0);
    expect(ends.map(([position]) => position).sort()).toEqual(['CANCELED', 'LOST', 'RETURNED']);
  });
});
