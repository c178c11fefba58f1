import { describe, expect, test } from 'vitest';
import type { PlaceOrder } from '../../../../shared/domain/commands.ts';
import type { FulfillmentId } from '../../../../shared/domain/ids.ts';
import type { Invoice } from '../../../../shared/domain/invoice.ts';
import { Currency } from '../../../../shared/domain/money.ts';
import { quoteTaxes } from '../../../../shared/domain/pricing/tax/quote-taxes.ts';
import { itemsOf, shipToOf } from '../../../../shared/use-cases/quote-tax.ts';
import { approve, invoiceCommand, placeCommand, reserveCommand, story } from '../orders.ts';
import { table } from './tax-tables.ts';

interface Golden {
  currency: string;
  taxMode: 'inclusive' | 'exclusive';
  country: string;
  /** Of three pieces of the standard class and two of the reduced one. */
  prices: [number, number];
  discount?: number;
  shipping: number;
}

/** Three pieces and two, sent from two sites: two and one first, then one and one. Shipping is charged in parts. */
function taxedAndShipped({ currency, taxMode, country, prices, discount, shipping }: Golden) {
  const one = story();
  const place: PlaceOrder = placeCommand(
    [
      { sku: 'mug', quantity: 3, unitPrice: prices[0] },
      { sku: 'book', quantity: 2, unitPrice: prices[1] },
    ],
    { currency: Currency.parse(currency), taxMode, tax: 'quote', charges: [{ kind: 'shipping', amount: shipping }] },
  );
  place.delivery.address.country = country;
  const [mug, book] = place.lines;
  if (!mug || !book) throw new Error('two lines');
  book.taxClass = 'reduced';
  if (discount) mug.discounts = [{ code: 'SPRING', amount: discount }];
  one.given(place);
  const { order } = one;
  const of = { currency: order.currency, taxMode, date: '2026-03-01', shipTo: shipToOf(order), items: itemsOf(order) };
  const quote = quoteTaxes(table, of);
  if (quote.outcome !== 'quoted') throw new Error(quote.detail);
  one.given({ type: 'tax', items: quote.items });
  one.given(reserveCommand([1, 'dc-1', 2], [2, 'dc-1', 1], [1, 'dc-2', 1], [2, 'dc-2', 1]));
  one.given(approve);
  one.given({ type: 'confirm' });
  one.given({ type: 'release' });
  for (const { id } of one.order.fulfillments) ship(one, id);
  return one.order;
}

function ship(one: ReturnType<typeof story>, fulfillmentId: FulfillmentId): void {
  one.given({ type: 'accept', fulfillmentId });
  one.given({ type: 'pick', fulfillmentId });
  one.given({ type: 'pack', fulfillmentId });
  const rejection = one.issue(invoiceCommand(fulfillmentId));
  expect(rejection?.code).toBe('funds_not_secured');
  const due = one.order.total - one.order.invoices.reduce((sum, { total }) => sum + total.gross, 0);
  const amount = one.order.invoices.length === 0 ? firstDue(one) : due;
  const paymentId = one.order.payments[0]?.id;
  if (!paymentId) throw new Error('no payment');
  one.given({ type: 'capture', fulfillmentId, paymentId, amount, providerReference: `cap ${fulfillmentId}` });
  one.given(invoiceCommand(fulfillmentId));
}

/** What the capture gate finds to be due: no more is accepted. */
function firstDue(one: ReturnType<typeof story>): number {
  const [fulfillment] = one.order.fulfillments;
  const refused = { type: 'capture', fulfillmentId: fulfillment?.id, paymentId: one.order.payments[0]?.id } as const;
  const rejection = one.issue({ ...refused, amount: one.order.total, providerReference: 'too much' } as never);
  return Number(/Only (\d+) is/.exec(rejection?.message ?? '')?.[1]);
}

/** Gross and taxes of each line and charge, then of the whole. */
const told = ({ lines, charges, total }: Invoice) => [
  ...[...lines, ...charges].map(({ gross, tax }) => `${gross} (${tax})`),
  `= ${total.gross} (${total.tax})`,
];

describe('golden orders, to the minor unit', () => {
  test('EUR, prices contain 21 % and 10 %, a discount', () => {
    const order = taxedAndShipped({
      currency: 'EUR',
      taxMode: 'inclusive',
      country: 'ES',
      prices: [1210, 555],
      discount: 300,
      shipping: 499,
    });
    // 33.30 / 1.21 = 27.52, 11.10 / 1.10 = 10.09, 4.99 / 1.21 = 4.12.
    expect(order.lines.map(({ taxes }) => taxes?.map(({ amount }) => amount))).toEqual([[578], [101]]);
    expect(order.charges[0]?.taxes?.map(({ amount }) => amount)).toEqual([87]);
    expect(order.total).toBe(4939);
    expect(order.invoices.map(told)).toEqual([
      ['2220 (385)', '555 (51)', '313 (55)', '= 3088 (491)'],
      ['1110 (193)', '555 (50)', '186 (32)', '= 1851 (275)'],
    ]);
    expect(order.invoices[0]?.total).toMatchObject({ goods: 3288, discount: 200, net: 2597 });
    // One tax for 21 %, one for 10 %: as the summary of an invoice has them.
    expect(order.invoices[0]?.total.taxes.map(({ rate, amount }) => `${rate} ${amount}`)).toEqual([
      '0.21 440',
      '0.10 51',
    ]);
  });

  test('JPY, 10 % and 8 % on top', () => {
    const order = taxedAndShipped({
      currency: 'JPY',
      taxMode: 'exclusive',
      country: 'JP',
      prices: [333, 125],
      shipping: 550,
    });
    expect(order.lines.map(({ taxes }) => taxes?.map(({ amount }) => amount))).toEqual([[100], [20]]);
    expect(order.total).toBe(1974);
    expect(order.invoices.map(told)).toEqual([
      ['733 (67)', '135 (10)', '383 (35)', '= 1251 (112)'],
      ['366 (33)', '135 (10)', '222 (20)', '= 723 (63)'],
    ]);
  });

  test('KWD, 5 % on top, three digits', () => {
    const order = taxedAndShipped({
      currency: 'KWD',
      taxMode: 'exclusive',
      country: 'KW',
      prices: [1333, 75],
      shipping: 2500,
    });
    expect(order.lines.map(({ taxes }) => taxes?.map(({ amount }) => amount))).toEqual([[200], [8]]);
    expect(order.total).toBe(6982);
    expect(order.invoices.map(told)).toEqual([
      ['2799 (133)', '79 (4)', '1735 (83)', '= 4613 (220)'],
      ['1400 (67)', '79 (4)', '890 (42)', '= 2369 (113)'],
    ]);
  });
});

describe('an order whose taxes are to be found', () => {
  const items = (amount: number) =>
    ['line_1'].map((id) => ({
      id,
      taxes: [{ title: 'IVA', jurisdiction: 'ES', rate: '0.21', category: 'S' as const, amount }],
    }));
  const placed = (more: Partial<PlaceOrder> = {}) => {
    const one = story();
    one.given(placeCommand([{ sku: 'mug', quantity: 1, unitPrice: 1000 }], { tax: 'quote', ...more }));
    return one;
  };

  test('it is not confirmed before they are known', () => {
    const one = placed();
    one.given(reserveCommand([1, 'dc-1', 1]));
    one.given(approve);
    expect(one.issue({ type: 'confirm' })).toMatchObject({ code: 'invalid_transition' });
    one.given({ type: 'tax', items: items(174) });
    expect(one.issue({ type: 'confirm' })).toBeUndefined();
  });

  test('taxes on top: the total grows, and the payment that takes the rest with it; twice is once', () => {
    const one = placed({ taxMode: 'exclusive' });
    one.given({ type: 'tax', items: items(210), reference: 'q_1' });
    one.given({ type: 'tax', items: items(999) });
    expect(one.order).toMatchObject({
      total: 1210,
      tax: { status: 'QUOTED', reference: 'q_1' },
      payments: [{ amount: 1210 }],
    });
    expect(one.log.map(({ type }) => type)).toEqual(['order.placed', 'order.taxed']);
  });

  test.each<[string, ReturnType<typeof items>, string]>([
    ['a line is missing', [], 'totals_differ'],
    ['a line is not its own', items(1).map((one) => ({ ...one, id: 'line_2' })), 'totals_differ'],
    ['more tax than price', items(1001), 'totals_differ'],
    ['beyond what is exact', items(Number.MAX_SAFE_INTEGER), 'order_total_too_large'],
  ])('%s: refused, and nothing is changed', (_, given, code) => {
    const one = placed();
    expect(one.issue({ type: 'tax', items: given })).toMatchObject({ code });
    expect(one.order).toMatchObject({ total: 1000, tax: { status: 'PENDING' } });
  });

  test('taxes of more bytes than an event holds are refused', () => {
    const lines = Array.from({ length: 400 }, (_, n) => ({ sku: `sku-${n}`, quantity: 1, unitPrice: 1000 }));
    const one = story();
    one.given(placeCommand(lines, { tax: 'quote' }));
    const many = Array.from({ length: 8 }, () => items(1)[0]?.taxes[0]).flatMap((tax) =>
      tax ? [{ ...tax, title: 'x'.repeat(64) }] : [],
    );
    const given = one.order.lines.map(({ id }) => ({ id, taxes: many }));
    expect(one.issue({ type: 'tax', items: given })).toMatchObject({ code: 'order_too_large' });
  });

  test('canceled meanwhile: refused', () => {
    const one = placed();
    one.given({ type: 'cancel', reason: 'changed mind' });
    expect(one.issue({ type: 'tax', items: items(174) })).toMatchObject({ code: 'invalid_transition' });
  });
});
