import { afterEach, beforeEach, expect, test } from 'vitest';
import { Currency } from '../../../shared/domain/money.ts';
import type { TaxDocument, TaxProvider, TaxQuoteRequest } from '../../../shared/ports/tax.ts';

export interface ProviderUnderTest {
  provider: TaxProvider;
  stop(): Promise<void>;
}

export const orderId = 'ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D1';

export const asking = (more: Partial<TaxQuoteRequest> = {}): TaxQuoteRequest => ({
  orderId,
  customerId: 'cust_7',
  currency: Currency.parse('EUR'),
  taxMode: 'inclusive',
  date: '2026-03-01',
  shipFrom: { country: 'ES', region: 'ES-B', postalCode: '08001', city: 'Barcelona', line1: 'Carrer Gran 1' },
  shipTo: { country: 'ES', region: 'M', postalCode: '28001', city: 'Madrid', line1: 'Calle Mayor 1' },
  items: [
    { id: 'line_1', kind: 'goods', sku: 'mug', quantity: 3, amount: 3630 },
    { id: 'chg_1', kind: 'shipping', quantity: 1, amount: 499 },
  ],
  ...more,
});

export const invoice = (more: Partial<TaxDocument> = {}): TaxDocument => ({
  kind: 'invoice',
  key: `${orderId}-inv_1`,
  number: 'INV-2026-000001',
  orderId,
  customerId: 'cust_7',
  currency: Currency.parse('EUR'),
  date: '2026-03-02',
  shipTo: { country: 'ES', postalCode: '28001' },
  items: [
    { id: 'line_1', kind: 'goods', sku: 'mug', quantity: 3, net: 3000, tax: 630 },
    { id: 'chg_1', kind: 'shipping', quantity: 1, net: 412, tax: 87 },
  ],
  ...more,
});

/** Amounts of each item's taxes. @throws if there is no quote */
export async function amountsIn(provider: TaxProvider, request: TaxQuoteRequest): Promise<Record<string, number[]>> {
  const quote = await provider.quote(request);
  if (quote.outcome !== 'quoted') throw new Error(quote.detail);
  return Object.fromEntries(quote.items.map(({ id, taxes }) => [id, taxes.map(({ amount }) => amount)]));
}

/** What every provider of taxes does, whoever calculates. Rates: Spain 21 %, Japan 10 %, Kuwait 5 %, Los Angeles 6 % + 1.25 %; nothing is known of Chad. */
export function keepsTheContract(start: () => Promise<ProviderUnderTest>): void {
  let one: ProviderUnderTest;
  beforeEach(async () => {
    one = await start();
  });
  afterEach(() => one.stop());

  test('the taxes in prices that contain them: items in their order, each with its own', async () => {
    const quote = await one.provider.quote(asking());
    expect(quote).toMatchObject({
      outcome: 'quoted',
      items: [
        {
          id: 'line_1',
          taxes: [{ jurisdiction: expect.stringMatching(/^ES/), rate: '0.21', category: 'S', amount: 630 }],
        },
        { id: 'chg_1', taxes: [{ rate: '0.21', category: 'S', amount: 87 }] },
      ],
    });
  });

  test('the taxes on top of prices: several of one place', async () => {
    const request = asking({
      taxMode: 'exclusive',
      currency: Currency.parse('USD'),
      shipFrom: { country: 'US', region: 'CA', postalCode: '90012' },
      shipTo: { country: 'US', region: 'US-CA', postalCode: '90012' },
      items: [{ id: 'line_1', kind: 'goods', quantity: 1, amount: 9999 }],
    });
    const quote = await one.provider.quote(request);
    expect(quote).toMatchObject({
      items: [
        {
          taxes: [
            { rate: '0.06', amount: 600 },
            { rate: '0.0125', amount: 125 },
          ],
        },
      ],
    });
  });

  test('yen have no digits after the point, Kuwaiti dinars three', async () => {
    const japan = {
      currency: Currency.parse('JPY'),
      shipTo: { country: 'JP', postalCode: '100-0001' },
      shipFrom: undefined,
    };
    const items = [{ id: 'line_1', kind: 'goods', quantity: 1, amount: 1995 }] as const;
    expect(await amountsIn(one.provider, asking({ ...japan, items, taxMode: 'exclusive' }))).toEqual({ line_1: [200] });
    const kuwait = {
      currency: Currency.parse('KWD'),
      shipTo: { country: 'KW', postalCode: '13001' },
      shipFrom: undefined,
    };
    expect(await amountsIn(one.provider, asking({ ...kuwait, items, taxMode: 'exclusive' }))).toEqual({
      line_1: [100],
    });
    expect(await amountsIn(one.provider, asking({ ...kuwait, items }))).toEqual({ line_1: [95] });
  });

  test('a business in another country of the union owes the tax itself', async () => {
    const abroad = { shipFrom: { country: 'DE', postalCode: '10115' }, buyerTaxId: 'ESB12345678' };
    const quote = await one.provider.quote(asking(abroad));
    expect(quote).toMatchObject({
      items: [{ taxes: [{ rate: '0', category: 'AE', amount: 0 }] }, { taxes: [{ category: 'AE' }] }],
    });
  });

  test('asked again, the answer is the same', async () => {
    expect(await one.provider.quote(asking())).toEqual(await one.provider.quote(asking()));
  });

  test('an item that costs nothing is taxed with nothing', async () => {
    const items = [{ id: 'line_1', kind: 'goods', quantity: 1, amount: 0 }] as const;
    expect(await amountsIn(one.provider, asking({ items }))).toEqual({ line_1: [0] });
  });

  test('where nobody knows the taxes, there is no quote', async () => {
    const quote = await one.provider.quote(asking({ shipTo: { country: 'TD', postalCode: '1' } }));
    expect(quote).toMatchObject({ outcome: 'no_tax_rate', detail: expect.any(String) });
  });

  test('documents are reported, once each, and a quote is given up, known or not', async () => {
    const { provider } = one;
    const first = await provider.commit(invoice());
    expect(first).toMatchObject({ outcome: 'reported' });
    expect(await provider.commit(invoice())).toEqual(first);
    const creditMemo = invoice({
      kind: 'creditMemo',
      key: `${orderId}-cm_1`,
      number: 'CM-2026-000001',
      invoiceNumber: 'INV-2026-000001',
    });
    expect(await provider.refund(creditMemo)).toMatchObject({ outcome: 'reported' });
    await provider.quote(asking());
    await provider.cancel({ orderId, reference: orderId });
    await provider.cancel({ orderId: 'ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D2' });
  });
}
