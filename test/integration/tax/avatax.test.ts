import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { avataxClient } from '../../../shared/adapters/avatax/client.ts';
import { avataxConnection } from '../../../shared/adapters/avatax/connect.ts';
import { avataxTaxes } from '../../../shared/adapters/avatax/provider.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { type TaxProvider, TaxUnavailable } from '../../../shared/ports/tax.ts';
import { type AvataxServer, type Fault, startAvatax } from './avatax-server.ts';
import { amountsIn, asking, invoice, keepsTheContract, orderId } from './contract.ts';

const secret = { accountId: '2000000000', licenseKey: '1A2B3C', companyCode: 'BATUTA', taxCodes: { food: 'PF050001' } };
const providerOf = ({ url }: AvataxServer): TaxProvider => avataxTaxes(async () => avataxClient(secret, url, 200));

describe('AvaTax', () => {
  keepsTheContract(async () => {
    const server = await startAvatax();
    return { provider: providerOf(server), stop: server.stop };
  });
});

describe('AvaTax, as it is', () => {
  let server: AvataxServer;
  let taxes: TaxProvider;
  beforeEach(async () => {
    server = await startAvatax();
    taxes = providerOf(server);
  });
  afterEach(() => server.stop());

  test('an estimate is a SalesOrder that is not committed, with decimals and the tax codes of Avalara', async () => {
    const items = [
      { id: 'line_1', kind: 'goods', sku: 'bread', taxClass: 'food', quantity: 2, amount: 1999 },
      { id: 'line_2', kind: 'goods', taxClass: 'p0000000', quantity: 1, amount: 1 },
      { id: 'chg_1', kind: 'shipping', quantity: 1, amount: 499 },
    ] as const;
    await taxes.quote(asking({ items, shipFrom: undefined, buyerTaxId: 'ESB12345678' }));
    expect(server.heard).toEqual([
      {
        path: 'POST /api/v2/transactions/create?$include=Lines,Details',
        body: {
          type: 'SalesOrder',
          code: orderId,
          companyCode: 'BATUTA',
          customerCode: 'cust_7',
          date: '2026-03-01',
          currencyCode: 'EUR',
          commit: false,
          addresses: {
            singleLocation: { line1: 'Calle Mayor 1', city: 'Madrid', region: 'M', postalCode: '28001', country: 'ES' },
          },
          businessIdentificationNo: 'ESB12345678',
          lines: [
            {
              number: '1',
              quantity: 2,
              amount: 19.99,
              taxIncluded: true,
              ref1: 'line_1',
              itemCode: 'bread',
              taxCode: 'PF050001',
            },
            { number: '2', quantity: 1, amount: 0.01, taxIncluded: true, ref1: 'line_2', taxCode: 'P0000000' },
            { number: '3', quantity: 1, amount: 4.99, taxIncluded: true, ref1: 'chg_1', taxCode: 'FR020100' },
          ],
        },
      },
    ]);
  });

  test('an invoice is committed with the taxes it says, a credit memo takes them back with the minus sign', async () => {
    await taxes.commit(invoice({ taxDate: '2026-03-01' }));
    const returned = {
      kind: 'creditMemo',
      key: `${orderId}-cm_1`,
      number: 'CM-2026-000001',
      invoiceNumber: 'INV-2026-000001',
    } as const;
    await taxes.refund(
      invoice({ ...returned, items: [{ id: 'line_1', kind: 'goods', quantity: 1, net: 1000, tax: 0 }] }),
    );
    expect(server.heard.map(({ body }) => body)).toMatchObject([
      {
        type: 'SalesInvoice',
        code: `${orderId}-inv_1`,
        commit: true,
        referenceCode: 'INV-2026-000001',
        lines: [
          { amount: 30, taxIncluded: false, taxOverride: { type: 'TaxAmount', taxAmount: 6.3, taxDate: '2026-03-01' } },
          { amount: 4.12, taxOverride: { taxAmount: 0.87, reason: 'As on INV-2026-000001' } },
        ],
      },
      {
        type: 'ReturnInvoice',
        referenceCode: 'INV-2026-000001',
        description: 'CM-2026-000001',
        lines: [{ quantity: 1, amount: -10, taxOverride: { taxAmount: 0 } }],
      },
    ]);
    expect([...server.kept.values()].map(({ totalTax }) => totalTax)).toEqual([7.17, 0]);
  });

  test.each<Fault>(['lose', 'redirect', 'silent', 'html', 'empty', 401, 429, 500, 503])(
    'meets %s: nobody knows the taxes, and asked again they are there',
    async (fault) => {
      server.faults.push(fault);
      await expect(taxes.quote(asking())).rejects.toBeInstanceOf(TaxUnavailable);
      expect(await taxes.quote(asking())).toMatchObject({ outcome: 'quoted' });
    },
  );

  test.each<Fault>(['lose', 'silent', 500])(
    'the answer to a report is lost (%s): sent again, it is reported once',
    async (fault) => {
      server.faults.push(fault);
      await expect(taxes.commit(invoice())).rejects.toBeInstanceOf(TaxUnavailable);
      expect(await taxes.commit(invoice())).toEqual({ outcome: 'reported', reference: `${orderId}-inv_1` });
      expect(server.kept.size).toBe(1);
    },
  );

  test('another document under the same key is not taken for ours', async () => {
    await taxes.commit(invoice());
    const other = invoice({ items: [{ id: 'line_1', kind: 'goods', quantity: 1, net: 1, tax: 0 }] });
    expect(await taxes.commit(other)).toEqual({
      outcome: 'refused',
      reason: `AvaTax has another transaction ${orderId}-inv_1 (Committed)`,
    });
  });

  test('a document that is voided at Avalara is not taken for reported', async () => {
    await taxes.commit(invoice());
    const [there] = server.kept.values();
    if (there) there.status = 'Cancelled';
    server.answers.push({ status: 'Saved' });
    await expect(taxes.commit(invoice())).rejects.toThrow('AvaTax: not committed');
  });

  test.each<[string, object]>([
    ['without lines', { lines: null }],
    ['with a line missing', { lines: [{ lineNumber: '1', tax: 0, details: [] }] }],
    ['in another currency', { currencyCode: 'USD' }],
    [
      'with a negative tax',
      {
        lines: [
          { lineNumber: '1', tax: -1 },
          { lineNumber: '2', tax: 0 },
        ],
      },
    ],
    [
      'with a tax above its price',
      {
        lines: [
          { lineNumber: '1', tax: 36.31, details: [{ tax: 36.31 }] },
          { lineNumber: '2', tax: 0 },
        ],
      },
    ],
    [
      'with a tax and no details',
      {
        lines: [
          { lineNumber: '1', tax: 1 },
          { lineNumber: '2', tax: 0 },
        ],
      },
    ],
    [
      'with details that have none of it',
      {
        lines: [
          { lineNumber: '1', tax: 1, details: [{ tax: 0 }] },
          { lineNumber: '2', tax: 0 },
        ],
      },
    ],
    [
      'with a rate of 2,100 %',
      {
        lines: [
          { lineNumber: '1', tax: 1, details: [{ tax: 1, rate: 21 }] },
          { lineNumber: '2', tax: 0 },
        ],
      },
    ],
    ['with text for a number', { lines: [{ lineNumber: '1', tax: '1.00' }] }],
    ['that is a list', { code: 7 }],
  ])('an answer %s makes no sense: nothing is untaxed for it', async (_, answer) => {
    server.answers.push(answer);
    await expect(taxes.quote(asking())).rejects.toBeInstanceOf(TaxUnavailable);
  });

  test('where nothing is owed, it says so: no registration there', async () => {
    server.answers.push({
      lines: [
        { lineNumber: '1', tax: 0, details: [] },
        { lineNumber: '2', tax: 0, details: null },
      ],
    });
    const quote = await taxes.quote(asking());
    expect(quote).toMatchObject({
      items: [{ taxes: [{ rate: '0', category: 'O', amount: 0 }] }, { taxes: [{ category: 'O' }] }],
    });
  });

  test('roundings of the details that differ from the line’s: the line counts, to the cent', async () => {
    const details = [
      { tax: 0.335, rate: 0.0335 },
      { tax: 0.335, rate: 0.0335 },
      { tax: 0.33, rate: 0.033 },
    ];
    server.answers.push({
      lines: [
        { lineNumber: '1', tax: 1.01, details },
        { lineNumber: '2', tax: 0, details: [] },
      ],
    });
    expect(await amountsIn(taxes, asking())).toMatchObject({ line_1: [34, 34, 33] });
  });

  test('errors quote nothing of what was sent', async () => {
    const failed = taxes.quote(asking({ currency: Currency.parse('EUR'), date: 'yesterday' }));
    await expect(failed).rejects.toThrow(/^AvaTax 400 ValueRequiredError/);
    await expect(failed).rejects.not.toThrow('What was sent');
  });
});

describe('the secret of AvaTax', () => {
  const connecting = (read: () => Promise<string>, now: () => number = () => 0) =>
    avataxConnection({ readSecret: read, base: 'https://rest.avatax.com', now });

  test('is read once in five minutes', async () => {
    let reads = 0;
    let now = 0;
    const connect = connecting(
      async () => {
        reads++;
        return JSON.stringify(secret);
      },
      () => now,
    );
    expect(await connect()).toBe(await connect());
    now = 300_000;
    await connect();
    expect(reads).toBe(2);
  });

  test.each(['x7Fh3', '{"accountId":"x7Fh3"}'])(
    'holds %s: taxes wait, and the reason does not quote it',
    async (text) => {
      const failed = connecting(async () => text)();
      await expect(failed).rejects.toBeInstanceOf(TaxUnavailable);
      await expect(failed).rejects.not.toThrow('x7Fh3');
    },
  );

  test('leaves over https only', async () => {
    const failed = avataxConnection({
      readSecret: async () => JSON.stringify(secret),
      base: 'http://rest.avatax.com',
      now: () => 0,
    })();
    await expect(failed).rejects.toThrow('over https only');
  });
});
