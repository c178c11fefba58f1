import fc from 'fast-check';
import { totalsOf } from '../../../shared/domain/billing.ts';
import type { PlaceOrder } from '../../../shared/domain/commands.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { PaymentMethod } from '../../../shared/domain/payment-method.ts';
import { chargeId } from '../../../shared/domain/pricing/priced.ts';
import { skus } from '../world.ts';

/** What a line is: units of a SKU (all from one site, or with others), engraved ones, a kit of the SKU and its neighbor, an engraved kit, or a code to download. */
export const kinds = [
  ...(['plain', 'plain', 'plain', 'engraved', 'kit', 'kit', 'engraved kit', 'digital', 'whole', 'together'] as const),
] as const;
export interface ModelLine {
  sku: number;
  quantity: number;
  kind: (typeof kinds)[number];
}

const skuAt = (index: number): Sku => skus[index % skus.length] ?? skus[0]!;

export function lineOf({ sku, quantity, kind }: ModelLine) {
  const unitPrice = 100 * (sku + 1);
  const engraved = { customization: { capability: 'engrave', instructions: ['Ada'] } };
  switch (kind) {
    case 'plain':
      return { sku: skuAt(sku), quantity, unitPrice };
    case 'whole':
      return { sku: skuAt(sku), quantity, unitPrice, splittable: false };
    case 'together':
      return { sku: skuAt(sku), quantity: 1 + (quantity % 2), unitPrice, keepTogether: 'set' };
    case 'engraved':
      return { sku: skuAt(sku), quantity, unitPrice, ...engraved };
    case 'digital':
      return { sku: Sku.parse(`code-${sku}`), quantity, unitPrice, kind: 'digital' as const };
    default: {
      const components = [
        { sku: skuAt(sku), perUnit: 1 },
        { sku: skuAt(sku + 1), perUnit: 2 },
      ];
      // Few, so that there are sites that have them.
      const kit = { sku: Sku.parse(`set-${sku}`), quantity: 1 + (quantity % 2), unitPrice: 3 * unitPrice, components };
      return kind === 'kit' ? kit : { ...kit, ...engraved };
    }
  }
}
/** What the order costs besides its list prices. */
export const money = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  taxMode: fc.constantFrom('inclusive' as const, 'exclusive' as const),
  /** Percent, of the goods and of the charges; 0: nobody said any. */
  tax: fc.constantFrom(0, 5, 21),
  /** Percent off; odd ones leave fractions everywhere. */
  discount: fc.constantFrom(0, 0, 7, 33, 100),
  shipping: fc.constantFrom(0, 499, 1000),
  wrap: fc.constantFrom(0, 0, 333),
  /** Percent that another payment pays first. */
  first: fc.constantFrom(0, 0, 30, 100),
  firstBy: fc.constantFrom(
    'card' as const,
    'card' as const,
    'giftCard' as const,
    'storeCredit' as const,
    'terms' as const,
  ),
  restBy: fc.constantFrom(
    'card' as const,
    'card' as const,
    'card' as const,
    'card' as const,
    'terms' as const,
    'cashOnDelivery' as const,
  ),
});
export type ModelMoney = typeof money extends fc.Arbitrary<infer M> ? M : never;

export function priced(lines: PlaceOrder['lines'], token: string, money: ModelMoney) {
  const { currency, taxMode, tax, discount, shipping, wrap, first, firstBy, restBy } = money;
  const price = (goods: number) => {
    const off = Math.floor((goods * discount) / 100);
    const share = taxMode === 'inclusive' ? tax / (100 + tax) : tax / 100;
    const rate = {
      title: 'VAT',
      jurisdiction: 'ES',
      rate: `0.${String(tax).padStart(2, '0')}`,
      category: 'S' as const,
    };
    return {
      ...(off > 0 && { discounts: [{ code: 'SALE', amount: off }] }),
      ...(tax > 0 && { taxes: [{ ...rate, amount: Math.round((goods - off) * share) }] }),
    };
  };
  const charge = (kind: 'shipping' | 'giftWrap', amount: number) =>
    amount > 0 ? [{ kind, amount, ...price(amount) }] : [];
  const costs = {
    taxMode,
    lines: lines.map((line) => ({ ...line, ...price(line.quantity * line.unitPrice) })),
    charges: [...charge('shipping', shipping), ...charge('giftWrap', wrap).map((one) => ({ ...one, line: 0 }))],
  };
  const { gross } = totalsOf({ ...costs, charges: costs.charges.map((one) => ({ ...one, id: chargeId(1) })) });
  const ahead = Math.floor((gross * first) / 100);
  const rest = restBy === 'card' ? { method: restBy, token } : { method: restBy };
  const payments = ahead > 0 ? [{ ...paidBy(firstBy, currency), amount: ahead }, rest] : [rest];
  return { ...costs, currency: Currency.parse(currency), payments };
}

export const customer = 'cus_1';
export const giftCardOf = (currency: string): string => `GIFT-${currency}-0000-0000`;

/** A way to pay that is there: nobody declines it, unless there is not enough on the account. */
export function paidBy(method: PaymentMethod, currency: string) {
  if (method === 'card') return { method, token: 'tok_ok' };
  return method === 'giftCard' ? { method, token: giftCardOf(currency) } : { method };
}
