import { describe, expect, test } from 'vitest';
import { totalsOf } from '../../../shared/domain/billing.ts';
import type { PlaceOrder } from '../../../shared/domain/commands.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { placeCommand, story } from './orders.ts';

const vat = (amount: number, rate = '0.21') => ({
  title: 'VAT',
  jurisdiction: 'ES',
  rate,
  category: 'S' as const,
  amount,
});

function placed(changes: Partial<PlaceOrder>) {
  const one = story();
  const rejection = one.issue(placeCommand([{ sku: 'cup', quantity: 3, unitPrice: 999 }], changes));
  return { one, rejection };
}
const lines = (more: Partial<PlaceOrder['lines'][number]>) =>
  placeCommand([{ sku: 'cup', quantity: 3, unitPrice: 999 }]).lines.map((line) => ({ ...line, ...more }));

describe('what an order comes to', () => {
  test('goods less discounts, shipping and a gift wrap, taxes in the prices', () => {
    const { one } = placed({
      lines: lines({ discounts: [{ code: 'SALE', amount: 100 }], taxes: [vat(503)] }),
      charges: [
        { kind: 'shipping', amount: 495, taxes: [vat(86)] },
        { kind: 'giftWrap', amount: 200, line: 0 },
      ],
      total: 2897 + 495 + 200,
    });
    expect(one.order.total).toBe(3592);
    expect(totalsOf(one.order)).toMatchObject({ goods: 3692, discount: 100, tax: 589, gross: 3592, net: 3003 });
    expect(one.order.charges).toMatchObject([{ id: 'chg_1' }, { id: 'chg_2', lineId: 'line_1' }]);
    expect(auditOrder(one.order, one.log)).toEqual([]);
  });

  test('taxes on top of the prices are paid, too', () => {
    const { one } = placed({ taxMode: 'exclusive', lines: lines({ taxes: [vat(629)] }) });
    expect([one.order.total, one.order.payments[0]?.amount]).toEqual([3626, 3626]);
  });

  test.each(['EUR', 'JPY', 'KWD', 'CLF'])('%s: an integer of minor units, whatever their number of digits', (code) => {
    const { one } = placed({ currency: Currency.parse(code), total: 2997 });
    expect([one.order.currency, one.order.total]).toEqual([code, 2997]);
  });

  test('a total that is not ours is refused, and told by how much it differs', () => {
    const { rejection } = placed({ total: 3000 });
    expect(rejection).toMatchObject({ code: 'totals_differ' });
    expect(rejection?.message).toContain('a difference of 3 minor units');
  });

  test.each([
    ['more off than it costs', { lines: lines({ discounts: [{ code: 'SALE', amount: 2998 }] }) }],
    ['more tax in a price than the price', { lines: lines({ taxes: [vat(2998)] }) }],
    [
      'more off a charge than it costs',
      { charges: [{ kind: 'fee', amount: 1, discounts: [{ code: 'X', amount: 2 }] }] },
    ],
  ] as [string, Partial<PlaceOrder>][])('%s is refused', (_, changes) => {
    expect(placed(changes).rejection).toMatchObject({ code: 'totals_differ' });
  });

  test('a sum beyond what integers hold exactly is refused', () => {
    const huge = { amount: Number.MAX_SAFE_INTEGER };
    expect(placed({ charges: [{ kind: 'fee', ...huge }] }).rejection).toMatchObject({ code: 'order_total_too_large' });
    expect(placed({ taxMode: 'exclusive', lines: lines({ taxes: [vat(huge.amount)] }) }).rejection).toMatchObject({
      code: 'order_total_too_large',
    });
  });
});

describe('who pays', () => {
  const card = { method: 'card' as const, token: 'tok_ok' };
  const gift = { method: 'giftCard' as const, token: 'GIFT-1' };

  test('the payment without an amount pays the rest', () => {
    const { one } = placed({ payments: [{ ...gift, amount: 1000 }, card] });
    expect(one.order.payments).toMatchObject([
      { id: 'pay_1', method: 'giftCard', amount: 1000, token: 'GIFT-1' },
      { id: 'pay_2', method: 'card', amount: 1997, token: 'tok_ok' },
    ]);
    expect(JSON.stringify(one.log[0]?.data)).not.toContain('GIFT-1');
  });

  test.each([
    ['too much', [{ ...gift, amount: 3000 }, card]],
    [
      'too little',
      [
        { ...gift, amount: 1000 },
        { ...card, amount: 1996 },
      ],
    ],
    ['two that take the rest', [gift, card]],
    ['nobody', []],
  ])('%s is refused', (_, payments) => {
    expect(placed({ payments }).rejection).toMatchObject({ code: 'payments_differ' });
  });
});
