import { draftInvoice, packedUnits } from '../../../shared/domain/billing.ts';
import type { CreditRequest, PlaceOrder } from '../../../shared/domain/commands.ts';
import { defaultLegalEntity } from '../../../shared/domain/default-legal-entity.ts';
import { type FulfillmentId, lineId, paymentId } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { fundsFor } from '../../../shared/domain/settlement.ts';
import { invoiceCommand, placeCommand, reserveCommand, story } from './orders.ts';

export type Story = ReturnType<typeof story>;

export const issued = { number: 'CN-2026-000001', series: 'c', legalEntityId: 'default', issueDate: '2026-01-06' };
export const parties = { seller: defaultLegalEntity, buyer: { name: 'Ada' } };

export const memo = (request: Partial<CreditRequest>) => ({
  type: 'postCreditMemo' as const,
  lines: [],
  charges: [],
  reason: 'other' as const,
  ...request,
  issued,
  parties,
});

const tax = (amount: number) => ({
  title: 'VAT',
  jurisdiction: 'ES',
  rate: '0.21',
  category: 'S' as const,
  amount,
});

/** Two of a thing at a discount of the whole order, taxed, and sent for a charge with its own tax: by currency, all prices with the taxes. */
export const baskets = {
  EUR: { unitPrice: 1999, discount: 333, tax: 636, shipping: 495, shippingTax: 86 },
  JPY: { unitPrice: 1501, discount: 101, tax: 264, shipping: 601, shippingTax: 55 },
  KWD: { unitPrice: 6_255, discount: 1_001, tax: 548, shipping: 1_333, shippingTax: 63 },
} as const;

export function placeBasket(
  currency: keyof typeof baskets,
  quantity = 2,
  changes: Partial<PlaceOrder> = {},
): PlaceOrder {
  const { unitPrice, discount, tax: amount, shipping, shippingTax } = baskets[currency];
  const place = placeCommand([{ sku: 'tea', quantity, unitPrice }], { currency: Currency.parse(currency), ...changes });
  return {
    ...place,
    lines: place.lines.map((line) => ({
      ...line,
      discounts: [{ code: 'NEWYEAR', amount: discount }],
      taxes: [tax(amount)],
    })),
    charges: [{ kind: 'shipping', amount: shipping, taxes: [tax(shippingTax)] }],
  };
}

export function authorizeAll(one: Story): void {
  for (const [index] of one.order.payments.entries()) {
    one.given({
      type: 'authorize',
      paymentId: paymentId(index + 1),
      outcome: { approved: true, providerReference: `auth_${index + 1}` },
    });
  }
}

/** Reserved at `sites` (units of the only line by site), authorized, confirmed, released. */
export const releaseAt = (place: PlaceOrder, ...sites: [site: string, units: number][]): Story =>
  releaseIn(story(), place, ...sites);

export function releaseIn(one: Story, place: PlaceOrder, ...sites: [site: string, units: number][]): Story {
  one.given(place);
  one.given(reserveCommand(...sites.map(([site, units]) => [1, site, units] as [number, string, number])));
  authorizeAll(one);
  one.given({ type: 'confirm' });
  one.given({ type: 'release' });
  return one;
}

export const siteOrder = ({ order }: Story, index: number): FulfillmentId => {
  const found = order.fulfillments[index];
  if (!found) throw new Error(`no fulfillment ${index}`);
  return found.id;
};

/** Money taken for what is packed, and its invoice posted. */
export function invoice(one: Story, fulfillmentId: FulfillmentId): void {
  const fulfillment = one.order.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!fulfillment) throw new Error('no such fulfillment');
  const { legs } = fundsFor(one.order, draftInvoice(one.order, packedUnits(fulfillment)).total.gross);
  for (const leg of legs) {
    one.given({ type: 'capture', fulfillmentId, ...leg, providerReference: `${fulfillmentId} ${leg.paymentId}` });
  }
  one.given(invoiceCommand(fulfillmentId));
}

/** Accepted, picked (fewer where told), packed and invoiced. */
export function pack(one: Story, index: number, picked?: number): void {
  const fulfillmentId = siteOrder(one, index);
  one.given({ type: 'accept', fulfillmentId });
  const lines = picked === undefined ? undefined : [{ lineId: lineId(1), picked, reason: 'not_found' as const }];
  one.given({ type: 'pick', fulfillmentId, lines });
  one.given({ type: 'pack', fulfillmentId });
  invoice(one, fulfillmentId);
}

export function deliver(one: Story, index: number): void {
  const fulfillmentId = siteOrder(one, index);
  const shipment = { carrier: 'c', service: 'standard', trackingNumber: '1' };
  one.given({ type: 'label', fulfillmentId, shipment });
  for (const type of ['ship', 'deliver'] as const) one.given({ type, fulfillmentId });
}

export const sumOver = <T>(of: readonly T[], pick: (one: T) => number): number =>
  of.reduce((total, one) => total + pick(one), 0);
