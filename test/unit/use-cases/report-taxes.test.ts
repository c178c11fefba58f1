import { beforeEach, describe, expect, test } from 'vitest';
import type { Order } from '../../../shared/domain/order.ts';
import type { BusMessage } from '../../../shared/events/bus-message.ts';
import { type TaxDocument, type TaxReport, TaxUnavailable } from '../../../shared/ports/tax.ts';
import { reportTaxes } from '../../../shared/use-cases/report-taxes.ts';
import { approve, invoiceCommand, orderId, placeCommand, reserveCommand, story } from '../domain/orders.ts';

const iva = (amount: number) => [{ title: 'IVA', jurisdiction: 'ES', rate: '0.21', category: 'S' as const, amount }];

/** Packed and invoiced: two mugs and their shipping. */
function invoiced(tax: 'quote' | 'brought' = 'quote') {
  const one = story();
  const place = placeCommand([{ sku: 'mug', quantity: 2, unitPrice: 1210 }], {
    charges: [{ kind: 'shipping', amount: 121, taxClass: 'post' }],
    billing: { taxId: 'ESB12345674' },
    ...(tax === 'quote' && { tax }),
  });
  one.given(place);
  one.given({
    type: 'tax',
    items: [
      { id: 'line_1', taxes: iva(420) },
      { id: 'chg_1', taxes: iva(21) },
    ],
  });
  one.given(reserveCommand([1, 'dc-1', 2]));
  one.given(approve);
  one.given({ type: 'confirm' });
  one.given({ type: 'release' });
  const [fulfillment] = one.order.fulfillments;
  const [payment] = one.order.payments;
  if (!fulfillment || !payment) throw new Error('nothing to ship');
  const { id: fulfillmentId } = fulfillment;
  for (const type of ['accept', 'pick', 'pack'] as const) one.given({ type, fulfillmentId });
  one.given({ type: 'capture', fulfillmentId, paymentId: payment.id, amount: 2541, providerReference: 'cap' });
  one.given(invoiceCommand(fulfillmentId));
  return one.order;
}

const message = (type: string, data: object = {}) =>
  ({ detail: { type, subject: orderId, data } }) as unknown as BusMessage;
const posted = message('invoice.posted', { invoice: { id: 'inv_1' } });

describe('what the tax provider is told', () => {
  let heard: (TaxDocument | { canceled: string })[];
  let answer: () => TaxReport;
  const deps = (order: Order | undefined) => ({
    orders: { load: async () => order },
    taxes: {
      commit: async (document: TaxDocument) => {
        heard.push(document);
        return answer();
      },
      refund: async (document: TaxDocument) => {
        heard.push(document);
        return answer();
      },
      cancel: async ({ orderId: canceled }: { orderId: string }) => {
        heard.push({ canceled });
      },
    },
  });
  beforeEach(() => {
    heard = [];
    answer = () => ({ outcome: 'reported', reference: 'r' });
  });

  test('an invoice, as it was posted: net and tax of each line and charge, by a key of its own', async () => {
    expect(await reportTaxes(deps(invoiced()), posted)).toBe('reported');
    expect(heard).toMatchObject([
      {
        kind: 'invoice',
        key: `${orderId}-inv_1`,
        number: 'INV-2026-000001',
        date: '2026-01-05',
        shipTo: { country: 'ES', postalCode: '28013' },
        items: [
          { id: 'line_1', kind: 'goods', sku: 'mug', quantity: 2, net: 2000, tax: 420 },
          { id: 'chg_1', kind: 'shipping', taxClass: 'post', quantity: 1, net: 100, tax: 21 },
        ],
      },
    ]);
    expect(`${orderId}-inv_1`.length).toBeLessThanOrEqual(50);
  });

  test('a credit memo takes from its invoice, by the rates of the invoice’s day', async () => {
    const order = invoiced();
    const [invoice] = order.invoices;
    if (!invoice) throw new Error('no invoice');
    const creditMemo = {
      ...invoice,
      id: 'cm_1',
      number: 'CM-2026-000001',
      issueDate: '2026-02-01',
      invoiceId: 'inv_1',
      invoiceNumber: invoice.number,
      reason: 'return' as const,
      charges: [],
    };
    await reportTaxes(
      deps({ ...order, creditMemos: [creditMemo] }),
      message('credit_memo.posted', { creditMemo: { id: 'cm_1' } }),
    );
    expect(heard).toMatchObject([
      {
        kind: 'creditMemo',
        key: `${orderId}-cm_1`,
        invoiceNumber: invoice.number,
        date: '2026-02-01',
        taxDate: '2026-01-05',
        items: [{ tax: 420 }],
      },
    ]);
    const goodwill = { ...creditMemo, lines: [], goodwill: 500 };
    expect(
      await reportTaxes(
        deps({ ...order, creditMemos: [goodwill] }),
        message('credit_memo.posted', { creditMemo: { id: 'cm_1' } }),
      ),
    ).toBe('not_ours');
  });

  test('taxes that the caller brought are the caller’s to file', async () => {
    expect(await reportTaxes(deps(invoiced('brought')), posted)).toBe('not_ours');
    expect(await reportTaxes(deps(undefined), posted)).toBe('not_ours');
    expect(heard).toEqual([]);
  });

  test('canceled before anything was invoiced: the quote is given up; after that, credit memos tell it', async () => {
    const order = invoiced();
    expect(await reportTaxes(deps({ ...order, invoices: [] }), message('order.canceled'))).toBe('given_up');
    expect(await reportTaxes(deps(order), message('order.canceled'))).toBe('not_ours');
    expect(heard).toEqual([{ canceled: orderId }]);
  });

  test('refused, away, or not to be read yet: it comes again, and ends where somebody sees it', async () => {
    answer = () => ({ outcome: 'refused', reason: 'AvaTax 400 CompanyNotFoundError' });
    await expect(reportTaxes(deps(invoiced()), posted)).rejects.toThrow('AvaTax 400 CompanyNotFoundError');
    answer = () => {
      throw new TaxUnavailable('away');
    };
    await expect(reportTaxes(deps(invoiced()), posted)).rejects.toBeInstanceOf(TaxUnavailable);
    await expect(reportTaxes(deps({ ...invoiced(), invoices: [] }), posted)).rejects.toThrow('has no inv_1');
  });
});
