import { describe, expect, test } from 'vitest';
import { documentLanguages } from '../../../shared/documents/messages.ts';
import { paidParts } from '../../../shared/documents/paid-parts.ts';
import { documentContent } from '../../../shared/documents/pdf/content.ts';
import { pdfOf } from '../../../shared/documents/pdf/pdf.ts';
import { buyer, creditMemo, invoice, seller, taxed, vat } from './documents.ts';

const mugs = [taxed('mug', 3, 1250, '0.21', 'Mug'), taxed('tea', 1, 499, '0.1', 'Tea')];
const shipping = { charges: [{ kind: 'shipping' as const, amount: 490, taxes: [vat('0.21', 85)] }] };
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('what a document says', () => {
  test('lines with price, net, rate and amount; charges; taxes by rate; what was paid and what is due', () => {
    const paid = [{ method: 'card' as const, reference: 'pi_1', amount: 4000 }];
    const content = documentContent(invoice(mugs, { ...shipping, paid, purchaseOrderNumber: 'PO-7' }));
    expect(content.columns.map(({ label }) => label)).toEqual(['Item', 'Qty', 'Unit price', 'Net', 'Tax', 'Amount']);
    expect(content.rows).toMatchObject([
      { item: 'Mug', detail: 'mug', quantity: '3', unitPrice: '€12.50', net: '€30.99', tax: '21%', amount: '€37.50' },
      { item: 'Tea', net: '€4.54', tax: '10%', amount: '€4.99' },
      { item: 'Shipping', quantity: '', net: '€4.05', amount: '€4.90' },
    ]);
    expect(content.taxSummary?.rows).toEqual([
      ['IVA', '21%', '€35.04', '€7.36'],
      ['IVA', '10%', '€4.54', '€0.45'],
    ]);
    expect(content.totals.map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Total without tax €39.58',
      'Tax €7.81',
      'Total €47.39',
      'Paid by card -€40.00',
      'Amount due €7.39',
    ]);
    expect(content.bank?.facts).toContainEqual({ label: 'IBAN', value: 'ES91 2100 0418 4502 0005 1332' });
    expect(content.facts).toContainEqual({ label: 'Your reference', value: 'PO-7' });
    expect(content.notes).toContain('Card: Reference pi_1');
  });

  test('what is paid in full asks for no money and shows no account', () => {
    const paid = [{ method: 'card' as const, amount: 4249 }];
    const content = documentContent(invoice(mugs, { paid }));
    expect(content.bank).toBeUndefined();
    expect(content.notes).toEqual(['Paid in full. Thank you.']);
  });

  test('a credit memo in Spanish names the invoice, the reason and what is given back', () => {
    const content = documentContent(
      creditMemo([taxed('mug', 1, 1250)], { locale: 'es-ES', goodwill: 300, note: 'Rota' }),
    );
    expect(content).toMatchObject({ title: 'Factura rectificativa', locale: 'es-ES' });
    expect(content.facts).toContainEqual({ label: 'Rectifica la factura', value: 'F-2026-000017' });
    expect(content.facts).toContainEqual({ label: 'Motivo', value: 'Devolución' });
    expect(content.totals.at(-1)).toMatchObject({ label: 'Total abonado', isSum: true });
    expect(plain(content.totals.at(-1)?.value ?? '')).toBe('15,50 €');
    expect(content.notes[0]).toBe('Rota');
  });

  test('a fee that is kept back is a row below zero, and an amount of a line has no units', () => {
    const memo = creditMemo([taxed('mug', 1, 1250)], { fee: { title: 'Restocking', amount: 500 } });
    memo.document.lines = memo.document.lines.map((line) => ({ ...line, quantity: 0 }));
    const { rows, totals } = documentContent(memo);
    expect(rows.map(({ item, quantity, unitPrice, amount }) => [item, quantity, unitPrice, amount])).toEqual([
      ['mug', '', '', '€12.50'],
      ['Restocking', '', '', '-€5.00'],
    ]);
    expect(totals.at(-1)?.value).toBe('€7.50');
  });

  test.each([
    ['JPY', 'ja-JP', 125000, '¥375,000'],
    ['KWD', 'en', 1250, 'KWD 3.750'],
    ['EUR', 'de', 1250, '37,50 €'],
    ['USD', 'fr-FR', 1250, '37,50 $US'],
  ])('amounts in %s have its digits, in the customer’s way of writing (%s)', (currency, locale, unitPrice, total) => {
    const content = documentContent(invoice([{ sku: 'mug', quantity: 3, unitPrice }], { currency, locale }));
    expect(plain(content.rows[0]?.amount ?? '')).toBe(total);
  });

  test('every language says all of it, and nothing it was not given', () => {
    for (const locale of Object.keys(documentLanguages)) {
      for (const one of [invoice(mugs, { ...shipping, locale }), creditMemo(mugs, { locale, reason: 'other' })]) {
        expect(JSON.stringify(documentContent(one))).not.toMatch(/[{}]\w+[}]|undefined|""title/);
        expect(documentContent(one).locale).toBe(locale);
      }
    }
  });

  test('what steers a terminal or the direction of writing is not printed', () => {
    const content = documentContent(invoice([{ ...taxed('mug', 1, 100), title: 'a\u202Eb\u0007c' }]));
    expect(content.rows[0]?.item).toBe('a b c');
  });
});

const pages = (pdf: Uint8Array) => Number(/\/Count (\d+)/.exec(Buffer.from(pdf).toString('latin1'))?.[1]);

describe('as PDF', () => {
  test('the same document is the same bytes, in every alphabet', async () => {
    const name = '山田 花子 Ελληνικά Кириллица 한국어 محمد דוד สมชาย';
    const one = invoice(mugs, { parties: { seller, buyer: { ...buyer, name } } });
    const [first, again] = [await pdfOf(one, undefined), await pdfOf(one, undefined)];
    expect(Buffer.from(first).equals(Buffer.from(again))).toBe(true);
    expect(pages(first)).toBe(1);
    const fonts = Buffer.from(first)
      .toString('latin1')
      .match(/\/BaseFont \/[A-Z]+\+(\S+)/g)
      ?.join();
    expect(fonts).toMatch(/NotoSans-Bold/);
    for (const font of [/DroidSansFallback/, /NotoSansArabic/, /NotoSansHebrew/, /NotoSansThai/])
      expect(fonts).toMatch(font);
  });

  test('sixty lines go over several pages; a word without end and an image that is none do not stop it', async () => {
    const lines = Array.from({ length: 60 }, (_, n) =>
      taxed(`sku-${n}`, 1, 100, '0.21', n === 0 ? 'x'.repeat(400) : `Item ${n}`),
    );
    const damaged = { type: 'image/png' as const, bytes: Buffer.from('89504e470d0a1a0a', 'hex') };
    expect(pages(await pdfOf(invoice(lines), damaged))).toBeGreaterThan(2);
  });
});

describe('how an invoice was paid', () => {
  const invoices = [
    { id: 'inv_1', fulfillmentId: 'ful_1', total: { gross: 1000 } },
    { id: 'inv_2', fulfillmentId: 'ful_2', total: { gross: 500 } },
  ];
  const capture = (id: string, amount: number, fulfillmentId?: string) => ({
    id,
    amount,
    providerReference: `ref-${id}`,
    ...(fulfillmentId && { fulfillmentId }),
  });
  const paid = (payments: object[], id: string) =>
    paidParts({ invoices, payments } as unknown as Parameters<typeof paidParts>[0], { id });

  test('a deposit pays the older invoice first, what was captured for a parcel pays its invoice', () => {
    const payments = [
      { method: 'giftCard', captures: [capture('a', 700)] },
      { method: 'card', captures: [capture('b', 500, 'ful_1'), capture('c', 300, 'ful_2')] },
    ];
    expect(paid(payments, 'inv_1')).toEqual([
      { method: 'card', reference: 'ref-b', amount: 500 },
      { method: 'giftCard', reference: 'ref-a', amount: 500 },
    ]);
    expect(paid(payments, 'inv_2')).toEqual([
      { method: 'card', reference: 'ref-c', amount: 300 },
      { method: 'giftCard', reference: 'ref-a', amount: 200 },
    ]);
  });

  test('what nobody has paid is due as a whole; more than is owed is not on the invoice', () => {
    expect(paid([], 'inv_1')).toEqual([]);
    expect(paid([{ method: 'card', captures: [capture('a', 9000)] }], 'inv_1')).toEqual([
      { method: 'card', reference: 'ref-a', amount: 1000 },
    ]);
  });
});
