import type { CreditMemo, Invoice, InvoiceLine } from '../domain/invoice.ts';
import type { Amounts } from '../domain/pricing/amounts.ts';
import type { Tax } from '../domain/pricing/priced.ts';
import type { DocumentLanguage } from './messages.ts';

/**
 * A document in the terms of EN 16931: net amounts, one tax category and rate for each line, subtotals by category and rate. All amounts are the
 * document's own, in minor units, so that the sums of BR-CO-10 to BR-CO-16 hold to the cent. The tax of a rate is the sum of what its lines bear,
 * each rounded: BR-CO-17 holds within the tolerance that the norm's validators grant.
 */
export interface NetDocument {
  lines: NetLine[];
  charges: NetCharge[];
  /** What is kept back of a credit memo. */
  allowances: NetCharge[];
  subtotals: NetSubtotal[];
  /** BT-106, BT-107, BT-108, BT-109, BT-110, BT-112. */
  lineTotal: number;
  allowanceTotal: number;
  chargeTotal: number;
  net: number;
  tax: number;
  gross: number;
}

export interface NetCategory {
  /** UNCL5305. */
  category: Tax['category'];
  /** `21`, `5.5`. Absent: outside of the scope of VAT, where there is no rate. */
  percent?: string;
  /** Why there is no tax (BT-120), where there is none. */
  reason?: string;
}

export interface NetLine {
  name: string;
  sku?: string;
  lineId?: string;
  quantity: number;
  /** Of `baseQuantity` units: where a price contained the tax, it is no whole number of cents for one without. */
  price: number;
  baseQuantity: number;
  discount: number;
  net: number;
  category: NetCategory;
}

export interface NetCharge {
  name: string;
  net: number;
  category: NetCategory;
}

export interface NetSubtotal extends NetCategory {
  net: number;
  tax: number;
}

/**
 * @param say what things without a name of their own are called
 * @param isOfVat whether somebody has a VAT number: without one, where nothing bears a tax all is outside of the scope of VAT
 */
export function netDocument(
  document: Invoice | CreditMemo,
  say: DocumentLanguage['say'],
  isOfVat: boolean,
): NetDocument {
  const untaxed = untaxedCategory(document, isOfVat);
  const categoryOf = (taxes: readonly Tax[]) => (taxes.length === 0 ? untaxed : taxedCategory(taxes));
  const goods = document.lines.map((line) => netLine(line, document.taxMode, categoryOf(line.taxes)));
  const goodwill = 'goodwill' in document ? (document.goodwill ?? 0) : 0;
  const given: NetLine[] =
    goodwill > 0
      ? [
          {
            name: say('goodwill'),
            quantity: 1,
            price: goodwill,
            baseQuantity: 1,
            discount: 0,
            net: goodwill,
            category: untaxed,
          },
        ]
      : [];
  const fee = 'fee' in document ? document.fee : undefined;
  const allowances = fee ? [{ name: fee.title ?? say('fee'), net: fee.amount, category: untaxed }] : [];
  const priced = document.charges.map((charge) => ({
    name: charge.title ?? say(charge.kind),
    net: charge.net,
    category: categoryOf(charge.taxes),
  }));
  const own = [...goods, ...given];
  // A document has a line (BR-16): where there are none but charges, these are the lines.
  const lines = own.length > 0 ? own : priced.map((charge) => ({ ...single(charge), ...charge }));
  const charges = own.length > 0 ? priced : [];
  const { net, tax, gross } = document.total;
  const taxed: Taxed[] = [
    ...document.lines.map((line) => ({ ...line, category: categoryOf(line.taxes) })),
    ...document.charges.map((charge) => ({ ...charge, category: categoryOf(charge.taxes) })),
    ...given.map((line) => ({ net: line.net, tax: 0, category: line.category })),
    ...allowances.map((kept) => ({ net: -kept.net, tax: 0, category: kept.category })),
  ];
  return {
    lines,
    charges,
    allowances,
    subtotals: subtotalsOf(taxed),
    lineTotal: sum(lines),
    allowanceTotal: sum(allowances),
    chargeTotal: sum(charges),
    net,
    tax,
    gross,
  };
}

const sum = (all: readonly { net: number }[]): number => all.reduce((total, { net }) => total + net, 0);

const single = ({ net }: NetCharge) => ({ quantity: 1, price: net, baseQuantity: 1, discount: 0 });

function netLine(line: InvoiceLine, mode: Invoice['taxMode'], category: NetCategory): NetLine {
  const discount = mode === 'exclusive' ? line.discount : netDiscount(line);
  const goods = line.net + discount;
  // An amount of a line, and none of its units: one of that price.
  const quantity = line.quantity === 0 ? 1 : line.quantity;
  const isWhole = goods % quantity === 0;
  return {
    name: line.title ?? line.sku,
    sku: line.sku,
    lineId: line.lineId,
    quantity,
    price: isWhole ? goods / quantity : goods,
    baseQuantity: isWhole ? 1 : quantity,
    discount,
    net: line.net,
    category,
  };
}

/** The discount without the tax in it, rounded half up: in proportion to what the whole line has of it. */
function netDiscount({ goods, discount, net }: Amounts): number {
  const after = goods - discount;
  if (after === 0 || discount === 0) return discount;
  const [scaled, whole] = [2n * BigInt(discount) * BigInt(net), BigInt(after)];
  return Number((scaled + whole) / (2n * whole));
}

type Taxed = { net: number; tax: number; category: NetCategory };

function subtotalsOf(parts: readonly Taxed[]): NetSubtotal[] {
  const found = new Map<string, NetSubtotal>();
  for (const { net, tax, category } of parts) {
    const key = `${category.category} ${category.percent ?? ''}`;
    const before = found.get(key) ?? { ...category, net: 0, tax: 0 };
    found.set(key, { ...before, net: before.net + net, tax: before.tax + tax });
  }
  return [...found.values()];
}

/** Several taxes on one thing (a state's, a county's) count as one with the sum of their rates: the norm knows one. */
function taxedCategory(taxes: readonly Tax[]): NetCategory {
  const category = taxes.find((tax) => tax.category === 'S')?.category ?? taxes[0]?.category ?? 'S';
  if (category === 'O') return { category, reason: taxes[0]?.title ?? 'Not subject to VAT' };
  const percent = percentOf(taxes.map(({ rate }) => rate));
  const reason = category === 'E' ? taxes[0]?.title : reasons[category];
  return { category, percent, ...(reason !== undefined && { reason }) };
}

/** In words of the norm (VATEX codes AE, IC, G, O). */
const reasons: Partial<Record<Tax['category'], string>> = {
  AE: 'Reverse charge',
  K: 'Intra-Community supply',
  G: 'Export outside the EU',
  O: 'Not subject to VAT',
};

/** Something outside of the scope of VAT may not stand beside something within (BR-O-11), nor below a VAT number (BR-O-02). */
function untaxedCategory({ lines, charges }: Invoice | CreditMemo, isOfVat: boolean): NetCategory {
  const isTaxed = [...lines, ...charges].some(({ taxes }) => taxes.length > 0);
  return isTaxed || isOfVat
    ? { category: 'E', percent: '0', reason: 'No tax was charged' }
    : { category: 'O', reason: 'Not subject to VAT' };
}

/** Of decimal fractions: `0.21` is `21`, `0.055` is `5.5`. In millionths, where they are exact. */
export function percentOf(rates: readonly string[]): string {
  const millionths = rates.reduce((total, rate) => {
    const [whole = '0', fraction = ''] = rate.split('.');
    return total + Number(`${whole}${fraction.padEnd(6, '0')}`);
  }, 0);
  const text = String(millionths).padStart(5, '0');
  return `${text.slice(0, -4)}.${text.slice(-4)}`.replace(/\.?0+$/, '');
}
