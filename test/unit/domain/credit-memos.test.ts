import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { creditLeft } from '../../../shared/domain/credit.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { lineId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { ledgerEntriesOf } from '../../../shared/domain/ledger.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Tax, TaxMode } from '../../../shared/domain/pricing/priced.ts';
import { outstanding, settlement } from '../../../shared/domain/settlement.ts';
import {
  baskets,
  deliver,
  issued,
  memo,
  pack,
  parties,
  placeBasket,
  releaseAt,
  type Story,
  siteOrder,
  sumOver,
} from './credit-memo-world.ts';
import { now, placeCommand, reserveCommand } from './orders.ts';

const delivered = (currency: keyof typeof baskets = 'EUR', quantity = 2) => {
  const one = releaseAt(placeBasket(currency, quantity), ['dc-1', quantity]);
  pack(one, 0);
  deliver(one, 0);
  return one;
};
const line = lineId(1);
const audit = ({ order, log }: Story) => expect(auditOrder(order, log)).toEqual([]);
const refundsDue = ({ order }: Story) => settlement(order).refunds.map(({ captureId, amount }) => [captureId, amount]);

describe.each(['EUR', 'JPY', 'KWD'] as const)('golden scenarios in %s', (currency) => {
  test('5: one of three is not there: two shipped, one re-routed, two invoices sum to the order', () => {
    const one = releaseAt(placeBasket(currency, 3), ['dc-1', 3]);
    pack(one, 0, 2);
    one.given(reserveCommand([1, 'dc-2', 1]));
    one.given({ type: 'release' });
    pack(one, 1);
    const { order } = one;
    expect(order.invoices.map(({ lines }) => lines[0]?.quantity)).toEqual([2, 1]);
    expect(sumOver(order.invoices, ({ total }) => total.gross)).toBe(order.total);
    expect(sumOver(order.invoices, ({ total }) => total.tax)).toBe(
      baskets[currency].tax + baskets[currency].shippingTax,
    );
    expect(sumOver(order.invoices, ({ total }) => total.discount)).toBe(baskets[currency].discount);
    expect(settlement(order)).toEqual({ authorizations: [], captures: [], voids: [], refunds: [], unplaced: 0 });
    audit(one);
  });

  test('12: one of two comes back, with its part of the discount, the tax and the shipping; then the other: to the cent', () => {
    const one = delivered(currency);
    const { unitPrice, discount, shipping } = baskets[currency];
    const total = one.order.total;
    const half = Math.floor(shipping / 2);
    one.given(
      memo({
        lines: [{ lineId: line, quantity: 1 }],
        charges: [{ chargeId: 'chg_1', amount: half }],
        reason: 'return',
      }),
    );
    const first = one.order.creditMemos[0]!;
    // A half rounded half up: of the goods, and of what is taken off them.
    const goods = unitPrice;
    expect(first.lines).toMatchObject([{ quantity: 1, goods, discount: Math.round(discount / 2) }]);
    expect(first.total.gross).toBe(goods - Math.round(discount / 2) + half);
    expect(first.total.net + first.total.tax).toBe(first.total.gross);
    expect(refundsDue(one)).toEqual([['cap_1', first.total.gross]]);

    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], charges: [{ chargeId: 'chg_1' }], reason: 'return' }));
    const { invoices, creditMemos } = one.order;
    for (const pick of ['goods', 'discount', 'net', 'tax', 'gross'] as const) {
      expect(sumOver(creditMemos, (each) => each.total[pick])).toBe(invoices[0]?.total[pick]);
    }
    expect(refundsDue(one)).toEqual([['cap_1', total]]);
    audit(one);
  });
});

describe('what a credit memo says', () => {
  test('saleor #12382, #12831, #15217: a refund of a shipped line is that line’s, with the tax invoiced for its units', () => {
    const one = delivered('EUR', 3);
    one.given(memo({ lines: [{ lineId: line, quantity: 3 }], reason: 'return' }));
    const [invoiced] = one.order.invoices[0]!.lines;
    const { lines, charges } = one.order.creditMemos[0]!;
    expect(lines).toEqual([invoiced]);
    expect(charges).toEqual([]);
    // Who reads the event knows which units went back.
    const posted = one.log.find(({ type }) => type === 'credit_memo.posted');
    expect(posted?.data).toMatchObject({ creditMemo: { lines: [{ lineId: line, quantity: 3 }], charges: [] } });
    expect(one.issue(memo({ lines: [{ lineId: line, quantity: 1 }] }))).toMatchObject({
      code: 'credit_exceeds_invoice',
    });
    audit(one);
  });

  test('medusajs/admin #522: shipping goes back with its tax', () => {
    const one = delivered();
    one.given(memo({ charges: [{ chargeId: 'chg_1' }], reason: 'shipping' }));
    expect(one.order.creditMemos[0]?.total).toMatchObject({ gross: 495, tax: 86, net: 409 });
    expect(refundsDue(one)).toEqual([['cap_1', 495]]);
    audit(one);
  });

  test('medusa #13066, #9261, #10453, #10491: an amount for nothing in particular, and shipping, when nothing else is owed', () => {
    const one = delivered();
    one.given(memo({ goodwill: 250, reason: 'goodwill', note: 'late' }));
    one.given(memo({ charges: [{ chargeId: 'chg_1', amount: 100 }], reason: 'shipping' }));
    expect(one.order.creditMemos.map(({ total: { gross, tax } }) => [gross, tax])).toEqual([
      [250, 0],
      [100, 17],
    ]);
    expect(refundsDue(one)).toEqual([['cap_1', 350]]);
    const entries = one.log.filter(({ type }) => type === 'credit_memo.posted').flatMap(ledgerEntriesOf);
    expect(entries[0]?.lines).toEqual([
      { account: 'DEPOSITS', debit: 0, credit: 250 },
      { account: 'GOODWILL', debit: 250, credit: 0 },
    ]);
    audit(one);
  });

  test('a lower price of a line takes its share of the tax, and units that come back later are worth what is left', () => {
    const one = delivered();
    const gross = 2 * 1999 - 333;
    one.given(memo({ lines: [{ lineId: line, amount: 665 }], reason: 'price' }));
    const [lowered] = one.order.creditMemos[0]!.lines;
    expect(lowered).toMatchObject({ quantity: 0, gross: 665, tax: 115, net: 550 });
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], reason: 'return' }));
    expect(one.order.creditMemos[1]?.total.gross).toBe((gross - 665) / 2);
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], reason: 'return' }));
    expect(sumOver(one.order.creditMemos, ({ total }) => total.gross)).toBe(gross);
    expect(sumOver(one.order.creditMemos, ({ total }) => total.tax)).toBe(636);
    audit(one);
  });

  test('a fee is kept back, without tax, and can be given back later as goodwill', () => {
    const one = delivered();
    one.given(
      memo({ lines: [{ lineId: line, quantity: 2 }], fee: { title: 'Restocking', amount: 500 }, reason: 'return' }),
    );
    const { total, fee } = one.order.creditMemos[0]!;
    expect([total.gross, total.tax, fee]).toEqual([3665 - 500, 636, { title: 'Restocking', amount: 500 }]);
    audit(one);
    one.given(memo({ goodwill: 500, reason: 'goodwill' }));
    expect(creditLeft(one.order, one.order.invoices[0]!)).toBe(495);
    audit(one);
  });

  test.each([
    [
      'more units than there are',
      { lines: [{ lineId: line, quantity: 3 }] },
      'credit_exceeds_invoice',
      '/lines/0/quantity',
    ],
    ['more than a line', { lines: [{ lineId: line, amount: 3666 }] }, 'credit_exceeds_invoice', '/lines/0/amount'],
    [
      'units and an amount that are more together',
      {
        lines: [
          { lineId: line, quantity: 2 },
          { lineId: line, amount: 1 },
        ],
      },
      'credit_exceeds_invoice',
      '/lines/1/amount',
    ],
    ['more than a charge', { charges: [{ chargeId: 'chg_1', amount: 496 }] }, 'credit_exceeds_invoice', '/charges/0'],
    ['more than the invoice', { goodwill: 4161 }, 'credit_exceeds_invoice', '/goodwill'],
    ['a line that is not on it', { lines: [{ lineId: lineId(9), quantity: 1 }] }, 'not_on_invoice', '/lines/0/lineId'],
    ['a charge that is not on it', { charges: [{ chargeId: 'chg_9' }] }, 'not_on_invoice', '/charges/0/chargeId'],
    ['another invoice', { invoiceId: 'inv_9', goodwill: 1 }, 'unknown_invoice', '/invoiceId'],
    ['a fee above the credit', { goodwill: 100, fee: { amount: 101 } }, 'fee_exceeds_credit', '/fee/amount'],
  ])('%s is refused, with what it is about', (_, request, code, pointer) => {
    const one = delivered();
    expect(one.issue(memo(request))).toMatchObject({ code, pointer });
    expect(one.order.creditMemos).toEqual([]);
  });

  test('what was credited before counts: units, amounts, and goodwill against the whole', () => {
    const one = delivered();
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }] }));
    expect(one.issue(memo({ lines: [{ lineId: line, quantity: 2 }] }))).toMatchObject({
      code: 'credit_exceeds_invoice',
    });
    one.given(memo({ goodwill: 1900 }));
    const rest = memo({ lines: [{ lineId: line, quantity: 1 }], charges: [{ chargeId: 'chg_1' }] });
    expect(one.issue(rest)).toMatchObject({ code: 'credit_exceeds_invoice', pointer: '' });
    one.given({ ...rest, fee: { amount: 1900 } });
    expect(creditLeft(one.order, one.order.invoices[0]!)).toBe(0);
    audit(one);
  });

  test('nothing is credited of what is not invoiced, and of several invoices the one that is meant', () => {
    const one = releaseAt(placeBasket('EUR'), ['dc-1', 1], ['dc-2', 1]);
    expect(one.issue(memo({ goodwill: 1 }))).toMatchObject({ code: 'not_invoiced' });
    pack(one, 0);
    pack(one, 1);
    expect(one.issue(memo({ goodwill: 1 }))).toMatchObject({ code: 'invoice_required', pointer: '/invoiceId' });
    one.given(memo({ goodwill: 1, invoiceId: 'inv_2' }));
    expect(one.order.creditMemos[0]).toMatchObject({ id: 'cm_1', invoiceId: 'inv_2' });
    audit(one);
  });

  test('an agent credits up to the limit of the order as a whole; finance beyond it', () => {
    const one = delivered();
    const policy = { ...defaultPolicy, refundLimits: { EUR: 1000 } };
    const as = (role: 'agent' | 'finance', goodwill: number) =>
      decide(one.order, memo({ goodwill }), { now, actor: { id: role, role }, policy });
    expect(as('agent', 1000)).toMatchObject({ ok: true });
    expect(as('agent', 1001)).toMatchObject({ ok: false, rejection: { code: 'refund_limit_exceeded' } });
    one.given(memo({ goodwill: 400 }));
    expect(as('agent', 601)).toMatchObject({ ok: false });
    expect(as('agent', 600)).toMatchObject({ ok: true });
    expect(as('finance', 3000)).toMatchObject({ ok: true });
    expect(one.issue(memo({ goodwill: 1 }), 'warehouse')).toMatchObject({ code: 'forbidden' });
    expect(one.issue(memo({ goodwill: 1, force: true }), 'agent')).toMatchObject({ code: 'forbidden' });
  });
});

describe('however an invoice is credited', () => {
  const taxOf = (amount: number, jurisdiction: string): Tax => ({
    ...{ title: 'VAT', rate: '0.21', category: 'S', jurisdiction, amount },
  });

  test('memos sum to it to the last unit, tax by tax, and never beyond (M7)', () => {
    fc.assert(
      fc.property(
        fc.record({
          mode: fc.constantFrom<TaxMode>('inclusive', 'exclusive'),
          quantity: fc.integer({ min: 1, max: 9 }),
          unitPrice: fc.integer({ min: 0, max: 4000 }),
          off: fc.integer({ min: 0, max: 100 }),
          taxes: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }),
        }),
        fc.array(fc.record({ units: fc.integer({ min: 0, max: 3 }), percent: fc.integer({ min: 1, max: 100 }) }), {
          maxLength: 8,
        }),
        ({ mode, quantity, unitPrice, off, taxes }, cuts) => {
          const goods = quantity * unitPrice;
          const discount = Math.floor((goods * off) / 100);
          const left = goods - discount;
          const place = placeCommand([{ sku: 'tea', quantity, unitPrice }], {
            taxMode: mode,
            currency: Currency.parse('EUR'),
          });
          const one = releaseAt(
            {
              ...place,
              lines: place.lines.map((each) => ({
                ...each,
                discounts: discount > 0 ? [{ code: 'OFF', amount: discount }] : [],
                taxes: taxes.map((percent, index) => taxOf(Math.floor((left * percent) / 100), `J-${index}`)),
              })),
            },
            ['dc-1', quantity],
          );
          pack(one, 0);
          const invoiced = one.order.invoices[0]!;
          for (const { units, percent } of cuts) {
            const room = creditLeft(one.order, invoiced);
            const request =
              units > 0
                ? { lineId: line, quantity: units }
                : { lineId: line, amount: Math.ceil((room * percent) / 100) };
            if ('amount' in request && request.amount === 0) continue;
            one.issue(memo({ lines: [request] }));
            expect(auditOrder(one.order, one.log)).toEqual([]);
          }
          const credited = sumOver(one.order.creditMemos, ({ lines }) => lines[0]?.quantity ?? 0);
          if (credited < quantity) one.given(memo({ lines: [{ lineId: line, quantity: quantity - credited }] }));
          const { creditMemos } = one.order;
          expect(sumOver(creditMemos, ({ total }) => total.gross)).toBe(invoiced.total.gross);
          expect(sumOver(creditMemos, ({ total }) => total.tax)).toBe(invoiced.total.tax);
          for (const [index, each] of invoiced.lines[0]!.taxes.entries()) {
            expect(sumOver(creditMemos, ({ lines }) => lines[0]?.taxes[index]?.amount ?? 0)).toBe(each.amount);
          }
          expect(auditOrder(one.order, one.log)).toEqual([]);
        },
      ),
      { seed: 7, numRuns: process.env.BATUTA_TEST_LONG ? 5000 : 150 },
    );
  });
});

describe('the customer owes on the same order', () => {
  /** Two sites, captured when shipped: the first is paid, the second invoiced and not paid. */
  function halfPaid() {
    const one = releaseAt(placeBasket('EUR'), ['dc-1', 1], ['dc-2', 1]);
    pack(one, 0);
    pack(one, 1);
    return one;
  }

  test('vendure #4013: nothing goes back while as much is owed; what is owed gets less', () => {
    const one = releaseAt(placeBasket('EUR', 2, { payments: [{ method: 'terms' }] }), ['dc-1', 2]);
    pack(one, 0);
    deliver(one, 0);
    expect(outstanding(one.order)).toBe(4160);
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], reason: 'return' }));
    expect(refundsDue(one)).toEqual([]);
    expect(outstanding(one.order)).toBe(4160 - 1832);
    audit(one);
  });

  test('units that are still to come are paid by their authorization: what is credited does not wait for them', () => {
    const one = releaseAt(placeBasket('EUR'), ['dc-1', 1], ['dc-2', 1]);
    pack(one, 0);
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], reason: 'return' }));
    const gross = one.order.creditMemos[0]!.total.gross;
    expect(refundsDue(one)).toEqual([['cap_1', gross]]);
    one.given({ type: 'requestRefund', ...settlement(one.order).refunds[0]! });
    one.given({ type: 'refund', ...settlement(one.order).refunds[0]!, providerReference: 'r1' });
    pack(one, 1);
    expect(settlement(one.order)).toMatchObject({ refunds: [], captures: [] });
    audit(one);
  });

  test('finance forces it: recorded, given back once, and then the customer owes it', () => {
    const place = placeBasket('EUR', 2, {
      payments: [{ method: 'card', token: 'tok_ok', amount: 1000 }, { method: 'terms' }],
    });
    const one = releaseAt(place, ['dc-1', 2]);
    pack(one, 0);
    deliver(one, 0);
    one.given(memo({ goodwill: 300, reason: 'goodwill' }));
    expect(refundsDue(one)).toEqual([]);
    expect(one.issue(memo({ goodwill: 200, force: true, reason: 'goodwill' }), 'finance')).toBeUndefined();
    expect(one.order.creditMemos[1]?.forced).toEqual({ refundUpTo: 200 });
    expect(refundsDue(one)).toEqual([['cap_1', 200]]);
    one.given({ type: 'requestRefund', ...settlement(one.order).refunds[0]! });
    one.given({ type: 'refund', ...settlement(one.order).refunds[0]!, providerReference: 'r1' });
    expect(settlement(one.order)).toMatchObject({ captures: [], refunds: [], unplaced: 0 });
    expect(outstanding(one.order)).toBe(4160 - 500 - 1000 + 200);
    audit(one);
  });

  test('forced before anything has come in: it is no longer owed, and what comes in for the rest stays', () => {
    const one = releaseAt(placeBasket('EUR', 2, { payments: [{ method: 'terms' }] }), ['dc-1', 2]);
    pack(one, 0);
    deliver(one, 0);
    const half = memo({ lines: [{ lineId: line, quantity: 1 }], force: true, reason: 'goodwill' });
    expect(one.issue(half, 'finance')).toBeUndefined();
    expect(one.order.creditMemos[0]?.forced).toEqual({ refundUpTo: 0 });
    const amount = outstanding(one.order);
    const paymentId = one.order.payments[0]!.id;
    one.given({ type: 'receivePayment', paymentId, amount, receipt: 'SEPA 1', providerReference: 'r1' });
    expect(settlement(one.order)).toMatchObject({ captures: [], refunds: [], unplaced: 0 });
    expect(outstanding(one.order)).toBe(0);
    audit(one);
  });

  test('a refund that is not due is refused, whoever asks', () => {
    const one = halfPaid();
    const leg = { paymentId: one.order.payments[0]!.id, captureId: 'cap_1', amount: 1 };
    expect(one.issue({ type: 'requestRefund', ...leg })).toMatchObject({ code: 'refund_not_due' });
    expect(one.issue({ type: 'recordRefund', amount: 1, reference: 'x' }, 'finance')).toMatchObject({
      code: 'refund_not_due',
    });
  });
});

test('numbers and parties stand on the document; parties are in no event', () => {
  const one = delivered();
  one.given(memo({ goodwill: 5 }));
  const posted = one.log.at(-1);
  expect(posted).toMatchObject({ type: 'credit_memo.posted', data: { creditMemo: issued } });
  expect(JSON.stringify(posted?.data)).not.toContain('Ada');
  expect(one.order.creditMemos[0]?.parties).toEqual(parties);
  expect(siteOrder(one, 0)).toBe(one.order.invoices[0]?.fulfillmentId);
});
