import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentOf } from '../../../shared/documents/en16931.ts';
import { ublOf } from '../../../shared/documents/ubl.ts';
import { digitsOf } from '../../../shared/domain/money.ts';
import type { Tax } from '../../../shared/domain/pricing/priced.ts';
import { buyer, creditMemo, invoice, type LineForTests, seller, taxed, vat } from './documents.ts';
import { brokenRules } from './en16931-rules.ts';
import { schemaFaults } from './ubl-schema.ts';

const runs = process.env.BATUTA_TEST_LONG === '1' ? 5000 : 30;

const noTax = (sku: string, quantity: number, unitPrice: number): LineForTests => ({ sku, quantity, unitPrice });
const as = (category: Tax['category'], sku = 'mug'): LineForTests => ({
  sku,
  quantity: 2,
  unitPrice: 1000,
  taxes: [{ title: 'VAT', jurisdiction: 'ES', rate: '0', category, amount: 0 }],
});

function loweredPrice() {
  const memo = creditMemo([taxed('mug', 1, 665)], { reason: 'price' });
  memo.document.lines = memo.document.lines.map((line) => ({ ...line, quantity: 0, unitPrice: 1999 }));
  return memo;
}

const documents = {
  'three lines, paid by card': invoice([taxed('mug', 3, 1250), taxed('tea', 1, 499, '0.1'), taxed('cup', 2, 800)], {
    charges: [{ kind: 'shipping', amount: 490, taxes: [vat('0.21', 85)] }],
    paid: [{ method: 'card', reference: 'pi_1', amount: 6339 }],
  }),
  'nothing paid yet': invoice([taxed('mug', 1, 1250)], { purchaseOrderNumber: 'PO-7' }),
  'two ways of payment, and some is due': invoice([taxed('mug', 1, 1250)], {
    paid: [
      { method: 'giftCard', amount: 500 },
      { method: 'card', reference: 'pi_2', amount: 250 },
    ],
  }),
  'discounts, price without tax': invoice(
    [
      {
        sku: 'mug',
        quantity: 3,
        unitPrice: 1000,
        discounts: [{ code: 'MAY', amount: 100 }],
        taxes: [vat('0.21', 609)],
      },
    ],
    { taxMode: 'exclusive' },
  ),
  'a company elsewhere in the EU': invoice([as('K')], {
    taxMode: 'exclusive',
    deliveryCountry: 'DE',
    parties: {
      seller,
      buyer: { ...buyer, company: 'Ada GmbH', taxId: 'DE123456789', address: { ...buyer.address, country: 'DE' } },
    },
  }),
  'reverse charge': invoice([as('AE')], {
    taxMode: 'exclusive',
    parties: { seller, buyer: { ...buyer, company: 'Ada S.A.', taxId: 'FR40303265045' } },
  }),
  'an export': invoice([as('G')], { taxMode: 'exclusive', deliveryCountry: 'US' }),
  'taxed, zero rated and untaxed side by side': invoice([
    taxed('mug', 1, 1250),
    as('Z', 'book'),
    noTax('card', 1, 100),
  ]),
  'a shop without a tax number': invoice([noTax('mug', 2, 700)], {
    parties: { seller: { ...seller, taxId: undefined }, buyer },
  }),
  'a buyer of whom only the name is known': invoice([taxed('mug', 1, 1250)], {
    parties: { seller, buyer: { name: 'Ada' } },
  }),
  'a return': creditMemo([taxed('mug', 1, 1250)], { note: 'Chipped', locale: 'es' }),
  'shipping given back': creditMemo([], {
    reason: 'shipping',
    charges: [{ kind: 'shipping', amount: 490, taxes: [vat('0.21', 85)] }],
  }),
  goodwill: creditMemo([], { reason: 'goodwill', goodwill: 500 }),
  'a return and goodwill besides': creditMemo([taxed('mug', 1, 1250)], { goodwill: 500 }),
  'a return of which a fee is kept back': creditMemo([taxed('mug', 2, 1250)], {
    charges: [{ kind: 'shipping', amount: 490, taxes: [vat('0.21', 85)] }],
    fee: { title: 'Restocking', amount: 500 },
  }),
  'a fee kept back by a shop without a tax number': creditMemo([noTax('mug', 2, 700)], {
    fee: { amount: 150 },
    parties: { seller: { ...seller, taxId: undefined }, buyer },
  }),
  'a lower price: an amount, and no units': loweredPrice(),
  'a return in yen': creditMemo([taxed('mug', 3, 1250, '0.1')], { currency: 'JPY', fee: { amount: 500 } }),
  'an invoice in dinars': invoice([taxed('mug', 3, 1_255, '0.05')], { currency: 'KWD' }),
  'a return in dinars': creditMemo([taxed('mug', 3, 1_255, '0.05')], { currency: 'KWD', goodwill: 7 }),
};

test.each(Object.entries(documents))(
  '%s: valid by the schema of UBL 2.1 and by the arithmetic of EN 16931',
  (_, one) => {
    const xml = ublOf(one);
    expect(schemaFaults(xml)).toEqual([]);
    expect(brokenRules(xml, digitsOf(one.currency))).toEqual([]);
  },
);

test('amounts keep all their digits; with more than two the document does not call itself one of EN 16931', () => {
  const dinars = ublOf(documents['a return in dinars']);
  expect(dinars).toContain('<cbc:PayableAmount currencyID="KWD">3.772</cbc:PayableAmount>');
  expect(dinars).not.toContain('urn:cen.eu:en16931');
  const claimed = dinars.replace(
    '<cbc:ID>',
    '<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>',
  );
  expect(brokenRules(claimed, 3).join()).toContain('BR-DEC');
  expect(ublOf(documents['a return in yen'])).toContain('<cbc:CustomizationID>urn:cen.eu:en16931:2017#');
});

test('the schema finds what is wrong: an element out of its place, an amount without a currency', () => {
  const xml = ublOf(documents.goodwill);
  expect(schemaFaults(xml.replace('<cbc:ID>', '<cbc:Name>x</cbc:Name><cbc:ID>'))).not.toEqual([]);
  expect(schemaFaults(xml.replace(' currencyID="EUR"', ''))).not.toEqual([]);
});

test('the rules find a cent', () => {
  const xml = ublOf(documents['three lines, paid by card']);
  const off = xml.replace('<cbc:TaxExclusiveAmount currencyID="EUR">', '<cbc:TaxExclusiveAmount currencyID="EUR">1');
  expect(brokenRules(off).join()).toMatch(/BR-CO-13.*BR-CO-15/);
});

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((one) => one.trim() !== '');
const rates = ['0', '0.04', '0.055', '0.1', '0.21', '0.27'];
const anyLine = fc.record({
  title: text,
  quantity: fc.integer({ min: 1, max: 97 }),
  unitPrice: fc.integer({ min: 0, max: 100_000 }),
  off: fc.double({ min: 0, max: 1, noNaN: true }),
  rate: fc.constantFrom(...rates),
});
const mode = fc.constantFrom('inclusive' as const, 'exclusive' as const);

/** As tax engines do it: line by line, rounded. */
function lineOf(
  {
    title,
    quantity,
    unitPrice,
    off,
    rate,
  }: Record<'title' | 'rate', string> & Record<'quantity' | 'unitPrice' | 'off', number>,
  taxMode: 'inclusive' | 'exclusive',
): LineForTests {
  const discount = Math.floor(quantity * unitPrice * off);
  const after = quantity * unitPrice - discount;
  const tax = taxMode === 'inclusive' ? after - after / (1 + Number(rate)) : after * Number(rate);
  const category = rate === '0' ? 'Z' : 'S';
  return {
    sku: 'any',
    title,
    quantity,
    unitPrice,
    ...(discount > 0 && { discounts: [{ code: 'X', amount: discount }] }),
    taxes: [{ ...vat(rate, Math.round(tax)), category }],
  };
}

test.each([
  ['JPY', 0],
  ['EUR', 2],
  ['KWD', 3],
])(
  '%s: whatever was sold, at whatever rates, discounts and rounding: the sums hold to the minor unit',
  (currency, digits) => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 12 }), mode, text, (lines, taxMode, name) => {
        const parties = { seller, buyer: { ...buyer, name } };
        const changes = {
          taxMode,
          currency,
          parties,
          charges: [{ kind: 'shipping' as const, title: name, amount: 490 }],
        };
        const priced = lines.map((line) => lineOf(line, taxMode));
        expect(brokenRules(ublOf(invoice(priced, changes)), digits)).toEqual([]);
        expect(brokenRules(ublOf(creditMemo(priced, changes)), digits)).toEqual([]);
      }),
      { numRuns: runs },
    );
  },
  300_000,
);

test('whatever a customer or a shop writes is text', () => {
  fc.assert(
    fc.property(text, text, (title, name) => {
      const one = invoice([{ ...taxed('mug', 1, 1250), title }], { parties: { seller: { ...seller, name }, buyer } });
      expect(ublOf(one)).not.toMatch(/<(?!\/?(cbc:|cac:|Invoice|\?xml))/);
      expect(brokenRules(ublOf(one))).toEqual([]);
    }),
    { numRuns: runs },
  );
  const script = invoice([{ ...taxed('mug', 1, 1), title: `<a href="x">&'` }]);
  expect(ublOf(script)).toContain('<cbc:Name>&lt;a href=&quot;x&quot;&gt;&amp;&apos;</cbc:Name>');
}, 300_000);

test('one way to pay is named: of what is due the bank account, else how most of it was paid', () => {
  const some = ublOf(documents['two ways of payment, and some is due']);
  expect(some.match(/<cac:PaymentMeans>/g)).toHaveLength(1);
  expect(some).toContain('<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>F-2026-000017<');
  expect(some).toContain('<cbc:ID>ES9121000418450200051332</cbc:ID>');
  const paid = ublOf(documents['three lines, paid by card']);
  expect(paid).toContain('<cbc:PaymentMeansCode name="card">48</cbc:PaymentMeansCode><cbc:PaymentID>pi_1<');
});

test('rates are percentages without a double’s noise, several on one thing count as one', () => {
  expect(['0.21', '0.055', '0', '1', '0.07', '0.1', '0.000001'].map((rate) => percentOf([rate]))).toEqual([
    '21',
    '5.5',
    '0',
    '100',
    '7',
    '10',
    '0.0001',
  ]);
  expect(percentOf(['0.0725', '0.01'])).toBe('8.25');
});

test('a price with tax that is no whole number of cents without one is given for all units at once', () => {
  const xml = ublOf(invoice([taxed('tea', 3, 499)]));
  expect(xml).toContain('<cbc:PriceAmount currencyID="EUR">12.37</cbc:PriceAmount><cbc:BaseQuantity unitCode="C62">3<');
});
