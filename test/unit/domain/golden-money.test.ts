import { describe, expect, test } from 'vitest';
import type { Command } from '../../../shared/domain/commands.ts';
import { type FulfillmentId, lineId, paymentId, Sku } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { ledgerEntriesOf } from '../../../shared/domain/ledger.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { outstanding, settlement } from '../../../shared/domain/settlement.ts';
import {
  authorizeAll,
  baskets,
  deliver,
  memo,
  pack,
  placeBasket,
  releaseAt,
  releaseIn,
  type Story,
  siteOrder,
  sumOver,
} from './credit-memo-world.ts';
import { placeCommand, reserveCommand, story } from './orders.ts';

const line = lineId(1);
const audit = ({ order, log }: Story) => expect(auditOrder(order, log)).toEqual([]);
const nothing = { authorizations: [], captures: [], voids: [], refunds: [], unplaced: 0 };
const moneyEvents = ({ log }: Story) =>
  log.filter(({ type }) => type.startsWith('payment.') || type.startsWith('invoice.')).length;

/** Gives back what is due, one leg after the other; the legs of `refusing` captures are refused. */
function giveBack(one: Story, refusing: readonly string[] = []): void {
  for (let leg = settlement(one.order).refunds[0]; leg; leg = settlement(one.order).refunds[0]) {
    one.given({ type: 'requestRefund', ...leg });
    const asked = settlement(one.order).refunds[0];
    const { paymentId, refundId = '', captureId } = asked ?? leg;
    if (refusing.includes(captureId)) one.given({ type: 'failRefund', paymentId, refundId, reason: 'refund_failed' });
    else one.given({ ...leg, type: 'refund', refundId, providerReference: `back ${refundId}` });
  }
}

/** What each account of the books came to, debits less credits. */
function closing({ log }: Story): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { lines } of log.flatMap(ledgerEntriesOf)) {
    for (const { account, debit, credit } of lines) sums[account] = (sums[account] ?? 0) + debit - credit;
  }
  return sums;
}

describe.each(['EUR', 'JPY', 'KWD'] as const)('golden scenarios of money in %s', (currency) => {
  const { unitPrice } = baskets[currency];

  /**
   * There are no change orders yet: the order is put into the states that one leaves it in (a line added, then taken down to none of it), and the
   * pure function is asked what should become of the money.
   */
  test.each(['onPack', 'onPlace'] as const)(
    '9: edited up, then down before the rest is paid (%s): nothing goes back; what was paid of it does (vendure #4013)',
    (capture) => {
      const one = story({ ...defaultPolicy, capture });
      one.given(placeBasket(currency));
      one.given(reserveCommand([1, 'dc-1', 2]));
      authorizeAll(one);
      one.given({ type: 'confirm' });
      for (const leg of settlement(one.order).captures) {
        one.given({ type: 'capture', ...leg, providerReference: 'ahead' });
      }
      const { order } = one;
      const [first] = order.lines;
      const [payment] = order.payments;
      if (!first || !payment) throw new Error('no line, or no payment');
      expect(payment.captured).toBe(capture === 'onPlace' ? order.total : 0);
      expect(settlement(order)).toEqual(nothing);
      const added = { ...first, id: lineId(2), sku: Sku.parse('cup'), discounts: [], taxes: [] };
      const withLine = (quantity: number, more: Partial<Order> = {}): Order => ({
        ...order,
        ...more,
        lines: [...order.lines, { ...added, quantity, positions: quantity > 0 ? { OPEN: quantity } : {} }],
      });
      // Up: more may be invoiced, and nobody has paid for it.
      expect(settlement(withLine(1))).toEqual(nothing);
      // Down: as if it had never been.
      expect(settlement(withLine(0))).toEqual(nothing);
      expect(outstanding(withLine(0))).toBe(0);

      const paidUp = {
        ...{ ...payment, id: paymentId(2), providerReference: 'more', authorized: unitPrice, captured: unitPrice },
        captures: [{ id: 'cap_up', amount: unitPrice, refunded: 0, providerReference: 'more', refundReferences: [] }],
      };
      const payments = [payment, paidUp];
      expect(settlement(withLine(1, { payments }))).toMatchObject({ refunds: [], unplaced: 0 });
      const back = settlement(withLine(0, { payments })).refunds;
      // While the rest is only authorized, what was paid pays for that first.
      expect(back).toEqual(
        capture === 'onPlace' ? [{ paymentId: paymentId(2), captureId: 'cap_up', amount: unitPrice }] : [],
      );
    },
  );

  test('13: over a gift card and two captures, one leg fails: what is left is parked, and given back when it is tried again', () => {
    const gift = Math.floor(unitPrice / 2);
    const payments = [
      { method: 'giftCard' as const, token: 'gift', amount: gift },
      { method: 'card' as const, token: 'tok_ok' },
    ];
    const one = releaseAt(placeBasket(currency, 2, { payments }), ['dc-1', 1], ['dc-2', 1]);
    pack(one, 0);
    pack(one, 1);
    deliver(one, 0);
    deliver(one, 1);
    const [first, second] = one.order.invoices.map(({ total }) => total.gross) as [number, number];
    expect(one.order.payments.map(({ captures }) => captures.map(({ amount }) => amount))).toEqual([
      [gift],
      [first - gift, second],
    ]);
    for (const invoiceId of ['inv_1', 'inv_2']) {
      one.given(
        memo({ invoiceId, lines: [{ lineId: line, quantity: 1 }], charges: [{ chargeId: 'chg_1' }], reason: 'return' }),
      );
    }
    giveBack(one, ['cap_2']);
    expect(one.order.payments.map(({ refunded }) => refunded)).toEqual([gift, first - gift]);
    expect(settlement(one.order)).toEqual({ ...nothing, unplaced: second });
    audit(one);

    one.given({
      ...{ type: 'openException', id: 'settle', category: 'PAYMENT', workflow: 'settle-order' },
      ...{ error: 'SettlementRefused', cause: `${second} could not be given back`, suggestedCommands: ['retry'] },
    });
    one.given({ type: 'resolveException', exceptionId: 'settle', retry: true });
    giveBack(one);
    expect(settlement(one.order)).toEqual(nothing);
    expect(one.order.payments.map(({ captured, refunded }) => captured - refunded)).toEqual([0, 0]);
    expect(Object.values(closing(one)).every((balance) => balance === 0)).toBe(true);
    audit(one);
  });

  test.each(['onPack', 'onShip', 'onDeliver'] as const)(
    '18: what the carrier tells comes reversed and twice (%s): taken once, invoiced once, nothing back',
    (capture) => {
      const parcel = (fulfillmentId: FulfillmentId): Record<'label' | 'ship' | 'deliver', Command> => ({
        label: { type: 'label', fulfillmentId, shipment: { carrier: 'c', service: 's', trackingNumber: '1' } },
        ship: { type: 'ship', fulfillmentId },
        deliver: { type: 'deliver', fulfillmentId },
      });
      const told = [
        ['label', 'ship', 'deliver'],
        ['deliver', 'ship', 'label', 'ship', 'deliver', 'deliver'],
        ['ship', 'label', 'label', 'deliver', 'ship', 'ship', 'deliver', 'ship', 'label', 'deliver'],
        ['label', 'deliver', 'ship', 'ship', 'deliver', 'label', 'ship', 'deliver'],
      ] as const;
      const ends = told.map((verbs) => {
        const one = releaseIn(story({ ...defaultPolicy, capture }), placeBasket(currency), ['dc-1', 2]);
        pack(one, 0);
        const commands = parcel(siteOrder(one, 0));
        for (const verb of verbs) {
          // What does not come next is refused, or changes nothing; the money follows where the units are.
          one.issue(commands[verb]);
          for (const leg of settlement(one.order).captures) {
            one.given({ type: 'capture', ...leg, providerReference: verb });
          }
          expect(settlement(one.order)).toEqual(nothing);
        }
        expect(one.order.fulfillments.map(({ status }) => status)).toEqual(['COMPLETED']);
        const [payment] = one.order.payments;
        expect(payment).toMatchObject({ captured: one.order.total, refunded: 0, captures: [{ id: 'cap_1' }] });
        audit(one);
        const before = moneyEvents(one);
        for (const command of Object.values(commands)) one.issue(command);
        expect(moneyEvents(one)).toBe(before);
        return closing(one);
      });
      for (const end of ends) expect(end).toEqual(ends[0]);
    },
  );
});

/** Ten of 33.33, 101 or 3.333 at 8.25 % on top: no unit’s tax is a whole number of minor units. */
const uneven = {
  EUR: { unitPrice: 3333, tax: 2750, discount: 100, shipping: 799, shippingTax: 66 },
  JPY: { unitPrice: 101, tax: 83, discount: 7, shipping: 331, shippingTax: 27 },
  KWD: { unitPrice: 3_333, tax: 2_745, discount: 55, shipping: 1_001, shippingTax: 83 },
  CLP: { unitPrice: 1_990, tax: 1_634, discount: 99, shipping: 3_501, shippingTax: 289 },
} as const;

describe.each(['EUR', 'JPY', 'KWD', 'CLP'] as const)('29: the rounding of %s', (code) => {
  test.each(['inclusive', 'exclusive'] as const)(
    'taxes %s: three shipments and ten returns sum to the order, each amount a whole number of its minor units',
    (taxMode) => {
      const { unitPrice, tax, discount, shipping, shippingTax } = uneven[code];
      const vat = (amount: number) => ({ title: 'Tax', jurisdiction: 'X', rate: '0.0825', amount });
      const place = placeCommand([{ sku: 'tea', quantity: 10, unitPrice }], {
        currency: Currency.parse(code),
        taxMode,
      });
      const one = releaseAt(
        {
          ...place,
          lines: place.lines.map((each) => ({
            ...each,
            discounts: [{ code: 'OFF', amount: discount }],
            taxes: [{ ...vat(tax), category: 'S' as const }],
          })),
          charges: [{ kind: 'shipping', amount: shipping, taxes: [{ ...vat(shippingTax), category: 'S' as const }] }],
        },
        ['dc-1', 3],
        ['dc-2', 3],
        ['dc-3', 4],
      );
      const onTop = taxMode === 'exclusive' ? tax + shippingTax : 0;
      const total = 10 * unitPrice - discount + shipping + onTop;
      expect(one.order.total).toBe(total);
      for (const index of [0, 1, 2]) {
        pack(one, index);
        deliver(one, index);
      }
      const { invoices, payments } = one.order;
      const parts = invoices.map(({ total: { gross } }) => gross);
      expect(parts.every(Number.isSafeInteger)).toBe(true);
      // No part is off its exact share by more than a minor unit for each amount that was cut.
      for (const [index, units] of [3, 3, 4].entries()) {
        expect(Math.abs((parts[index] ?? 0) - (total * units) / 10)).toBeLessThanOrEqual(4);
      }
      expect(sumOver(invoices, (each) => each.total.gross)).toBe(total);
      expect(sumOver(invoices, (each) => each.total.tax)).toBe(tax + shippingTax);
      expect(sumOver(invoices, (each) => each.total.discount)).toBe(discount);
      expect(payments[0]?.captures.map(({ amount }) => amount)).toEqual(parts);

      for (const [index, units] of [3, 3, 4].entries()) {
        const invoiceId = `inv_${index + 1}`;
        for (let n = 0; n < units; n++) {
          const isLast = n === units - 1;
          const charges = isLast ? [{ chargeId: 'chg_1' }] : [];
          one.given(memo({ invoiceId, lines: [{ lineId: line, quantity: 1 }], charges, reason: 'return' }));
          giveBack(one);
        }
      }
      const { creditMemos } = one.order;
      expect(creditMemos).toHaveLength(10);
      expect(sumOver(creditMemos, (each) => each.total.gross)).toBe(total);
      expect(sumOver(creditMemos, (each) => each.total.tax)).toBe(tax + shippingTax);
      expect(one.order.payments[0]).toMatchObject({ captured: total, refunded: total });
      expect(Object.values(closing(one)).every((balance) => balance === 0)).toBe(true);
      audit(one);
    },
  );
});
