import type { PrintedDocument } from '../../../shared/documents/printed-document.ts';
import { lineId, Sku } from '../../../shared/domain/ids.ts';
import type { KeptCreditMemo, KeptInvoice } from '../../../shared/domain/invoice.ts';
import type { LegalEntity } from '../../../shared/domain/legal-entity.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { addAmounts, amountsOf } from '../../../shared/domain/pricing/amounts.ts';
import { chargeId, type Discount, type Tax, type TaxMode } from '../../../shared/domain/pricing/priced.ts';

export const seller: LegalEntity = {
  id: 'iberia',
  name: 'Batuta Tienda S.L.',
  address: { line1: 'Calle de la Música 4', city: 'Madrid', region: 'Madrid', postalCode: '28013', country: 'ES' },
  taxId: 'ESB12345674',
  registration: 'R.M. Madrid, tomo 1234, folio 56, hoja M-78901',
  email: 'facturas@batuta.example',
  phone: '+34 910 000 000',
  bank: { iban: 'ES9121000418450200051332', bic: 'CAIXESBB', name: 'CaixaBank' },
  timeZone: 'Europe/Madrid',
  prefixes: { invoice: 'F', creditMemo: 'R' },
  footer: 'Batuta Tienda S.L., inscrita en el Registro Mercantil de Madrid.',
};

export const buyer = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  address: { name: 'Ada Lovelace', line1: 'Gran Vía 1, 2º B', city: 'Madrid', postalCode: '28013', country: 'ES' },
};

export const vat = (rate: string, amount: number, title = 'IVA'): Tax => ({
  title,
  jurisdiction: 'ES',
  rate,
  category: 'S',
  amount,
});

export interface LineForTests {
  sku: string;
  title?: string;
  quantity: number;
  unitPrice: number;
  discounts?: Discount[];
  taxes?: Tax[];
}

export interface ChargeForTests {
  kind: 'shipping' | 'giftWrap' | 'handling' | 'insurance' | 'fee';
  title?: string;
  amount: number;
  taxes?: Tax[];
}

function contentOf(lines: readonly LineForTests[], charges: readonly ChargeForTests[], taxMode: TaxMode) {
  const priced = lines.map(({ sku, title, quantity, unitPrice, discounts, taxes }, index) => ({
    lineId: lineId(index + 1),
    sku: Sku.parse(sku),
    ...(title !== undefined && { title }),
    quantity,
    unitPrice,
    ...amountsOf(quantity * unitPrice, { discounts, taxes }, taxMode),
  }));
  const charged = charges.map(({ kind, title, amount, taxes }, index) => ({
    chargeId: chargeId(index + 1),
    kind,
    ...(title !== undefined && { title }),
    ...amountsOf(amount, { taxes }, taxMode),
  }));
  return { taxMode, lines: priced, charges: charged, total: addAmounts([...priced, ...charged]) };
}

const common = { legalEntityId: 'iberia', issuedAt: '2026-03-14T09:30:00.000Z', issueDate: '2026-03-14' };

const around = {
  parties: { seller, buyer },
  currency: Currency.parse('EUR'),
  orderNumber: 'web-1001',
  orderedAt: '2026-03-12T18:05:00.000Z',
  deliveryCountry: 'ES',
  locale: 'en',
};

type Changes = Partial<Omit<PrintedDocument, 'kind' | 'document' | 'currency'>> & {
  charges?: ChargeForTests[];
  taxMode?: TaxMode;
  currency?: string;
  paid?: (PrintedDocument & { kind: 'invoice' })['paid'];
};

export function invoice(lines: readonly LineForTests[], changes: Changes = {}): PrintedDocument & { kind: 'invoice' } {
  const { charges = [], taxMode = 'inclusive', paid = [], currency = 'EUR', ...rest } = changes;
  const document: KeptInvoice = {
    id: 'inv_1',
    number: 'F-2026-000017',
    series: 'iberia#invoice#2026',
    ...common,
    ...contentOf(lines, charges, taxMode),
  };
  return { ...around, ...rest, currency: Currency.parse(currency), kind: 'invoice', document, paid };
}

export function creditMemo(
  lines: readonly LineForTests[],
  changes: Omit<Changes, 'paid'> & Partial<Pick<KeptCreditMemo, 'reason' | 'note' | 'goodwill' | 'fee'>> = {},
): PrintedDocument & { kind: 'creditMemo' } {
  const {
    charges = [],
    taxMode = 'inclusive',
    currency = 'EUR',
    reason = 'return',
    note,
    goodwill,
    fee,
    ...rest
  } = changes;
  const { total, ...content } = contentOf(lines, charges, taxMode);
  const kept = (goodwill ?? 0) - (fee?.amount ?? 0);
  const document: KeptCreditMemo = {
    id: 'cm_1',
    number: 'R-2026-000003',
    series: 'iberia#creditMemo#2026',
    ...common,
    ...content,
    total: { ...total, net: total.net + kept, gross: total.gross + kept },
    invoiceId: 'inv_1',
    invoiceNumber: 'F-2026-000017',
    reason,
    ...(note !== undefined && { note }),
    ...(goodwill !== undefined && { goodwill }),
    ...(fee && { fee }),
  };
  return { ...around, ...rest, currency: Currency.parse(currency), kind: 'creditMemo', document };
}

/** A line whose price contains a tax, of which it is the part that its rate says. */
export function taxed(sku: string, quantity: number, unitPrice: number, rate = '0.21', title?: string): LineForTests {
  const gross = quantity * unitPrice;
  const tax = Math.round(gross - gross / (1 + Number(rate)));
  return { sku, quantity, unitPrice, taxes: [vat(rate, tax)], ...(title !== undefined && { title }) };
}
