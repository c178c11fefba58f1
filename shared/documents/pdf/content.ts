import type { Tax } from '../../domain/pricing/priced.ts';
import { addressLines, dateOf, formatMoney, printable } from '../../notifications/formats.ts';
import { percentOf } from '../en16931.ts';
import { type DocumentKey, type DocumentLanguage, documentLanguage } from '../messages.ts';
import { dueOf, type PrintedDocument } from '../printed-document.ts';

/** What a document says, in the customer's language, before it has a shape. */
export interface DocumentContent {
  locale: string;
  title: string;
  number: string;
  sellerName: string;
  /** Title and lines of who sells and who pays. */
  seller: string[];
  buyer: { title: string; lines: string[] };
  facts: { label: string; value: string }[];
  columns: { label: string; of: keyof Row }[];
  rows: Row[];
  /** What the prices above contain. */
  remark: string;
  taxSummary: { title: string; head: string[]; rows: string[][] } | undefined;
  totals: Total[];
  notes: string[];
  bank: { title: string; facts: { label: string; value: string }[] } | undefined;
  footer: string[];
  page(page: number, pages: number): string;
}

export interface Row {
  item: string;
  detail: string;
  quantity: string;
  unitPrice: string;
  discount: string;
  net: string;
  tax: string;
  amount: string;
}

export interface Total {
  label: string;
  value: string;
  /** Sums stand out. */
  isSum: boolean;
}

export function documentContent(printed: PrintedDocument): DocumentContent {
  const language = documentLanguage(printed.locale);
  const { say, locale } = language;
  const { document, parties, currency } = printed;
  const money = (amount: number) => formatMoney(amount, currency, locale);
  const hasDiscounts = [...document.lines, ...document.charges].some(({ discount }) => discount > 0);
  const columns: DocumentContent['columns'] = [
    { label: say('item'), of: 'item' },
    { label: say('quantity'), of: 'quantity' },
    { label: say('unitPrice'), of: 'unitPrice' },
    ...(hasDiscounts ? [{ label: say('discount'), of: 'discount' } as const] : []),
    { label: say('net'), of: 'net' },
    { label: say('taxRate'), of: 'tax' },
    { label: say('amount'), of: 'amount' },
  ];
  return {
    locale,
    title: say(printed.kind),
    number: document.number,
    sellerName: printable(parties.seller.name),
    seller: sellerLines(printed, language),
    buyer: { title: say('billTo'), lines: buyerLines(printed, language) },
    facts: factsOf(printed, language),
    columns,
    rows: rowsOf(printed, language, money),
    remark: say(document.taxMode === 'inclusive' ? 'withTax' : 'withoutTax'),
    taxSummary: taxSummary(printed, language, money),
    totals: totalsOf(printed, language, money),
    notes: notesOf(printed, language),
    bank: bankOf(printed, language),
    footer: footerOf(printed, say),
    page: (page, pages) => say('page', { page, pages }),
  };
}

type Say = DocumentLanguage['say'];
type FormatMoney = (amount: number) => string;

function sellerLines({ parties: { seller } }: PrintedDocument, { say, locale }: DocumentLanguage): string[] {
  const lines = addressLines({ name: seller.name, ...seller.address }, locale);
  const more = [seller.taxId && `${say('taxId')} ${seller.taxId}`, seller.email, seller.phone];
  return [...lines, ...more.flatMap((line) => (line ? [printable(line)] : []))];
}

function buyerLines({ parties: { buyer } }: PrintedDocument, { say, locale }: DocumentLanguage): string[] {
  const { name, company, address, taxId, email } = buyer;
  const people = [company, name, address && address.name !== name ? address.name : undefined];
  const place = address ? addressLines({ ...address, name: '' }, locale) : [];
  return [...people, ...place, taxId && `${say('taxId')} ${taxId}`, email].flatMap((line) =>
    line ? [printable(line)] : [],
  );
}

function factsOf(printed: PrintedDocument, { say, locale }: DocumentLanguage): DocumentContent['facts'] {
  const { document } = printed;
  const isMemo = printed.kind === 'creditMemo';
  const facts: [DocumentKey, string | undefined][] = [
    ['number', document.number],
    ['issueDate', dateOf(`${document.issueDate}T00:00:00Z`, locale)],
    ['ofInvoice', isMemo ? printed.document.invoiceNumber : undefined],
    ['reason', isMemo ? say(`reason.${printed.document.reason}`) : undefined],
    ['order', printable(printed.orderNumber)],
    ['orderDate', dateOf(printed.orderedAt, locale)],
    ['purchaseOrder', printed.purchaseOrderNumber && printable(printed.purchaseOrderNumber)],
  ];
  return facts.flatMap(([key, value]) => (value ? [{ label: say(key), value }] : []));
}

function rowsOf({ document, kind }: PrintedDocument, language: DocumentLanguage, money: FormatMoney): Row[] {
  const { say } = language;
  const off = (discount: number) => (discount === 0 ? '' : money(-discount));
  const lines = document.lines.map(
    (line): Row => ({
      item: printable(line.title ?? line.sku),
      detail: line.title === undefined ? '' : line.sku,
      // An amount of a line, and none of its units.
      quantity: line.quantity === 0 ? '' : new Intl.NumberFormat(language.locale).format(line.quantity),
      unitPrice: line.quantity === 0 ? '' : money(line.unitPrice),
      discount: off(line.discount),
      net: money(line.net),
      tax: ratesOf(line.taxes, language),
      amount: money(line.gross),
    }),
  );
  const charges = document.charges.map(
    (charge): Row => ({
      item: printable(charge.title ?? say(charge.kind)),
      detail: '',
      quantity: '',
      unitPrice: money(charge.goods),
      discount: off(charge.discount),
      net: money(charge.net),
      tax: ratesOf(charge.taxes, language),
      amount: money(charge.gross),
    }),
  );
  const given = kind === 'creditMemo' && 'goodwill' in document ? (document.goodwill ?? 0) : 0;
  const fee = kind === 'creditMemo' && 'fee' in document ? document.fee : undefined;
  return [
    ...lines,
    ...charges,
    ...(given > 0 ? [untaxedRow(say('goodwill'), money(given))] : []),
    ...(fee ? [untaxedRow(printable(fee.title ?? say('fee')), money(-fee.amount))] : []),
  ];
}

const untaxedRow = (item: string, amount: string): Row => ({
  ...{ item, detail: '', quantity: '', unitPrice: '', discount: '', tax: '' },
  ...{ net: amount, amount },
});

const ratesOf = (taxes: readonly Tax[], { locale }: DocumentLanguage): string =>
  taxes.length === 0 ? '–' : percent(percentOf(taxes.map(({ rate }) => rate)), locale);

const percent = (value: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }).format(Number(value) / 100);

/** By tax and rate, what it is on and what it comes to. */
function taxSummary(
  { document }: PrintedDocument,
  { say, locale }: DocumentLanguage,
  money: FormatMoney,
): DocumentContent['taxSummary'] {
  const found = new Map<string, { label: string; rate: string; net: number; tax: number }>();
  for (const { net, taxes } of [...document.lines, ...document.charges]) {
    for (const { title, jurisdiction, rate, category, amount } of taxes) {
      const key = [title, jurisdiction, rate, category].join('\n');
      const label = category === 'S' ? printable(title) : `${printable(title)}: ${say(category)}`;
      const before = found.get(key) ?? { label, rate, net: 0, tax: 0 };
      found.set(key, { ...before, net: before.net + net, tax: before.tax + amount });
    }
  }
  if (found.size === 0) return undefined;
  const rows = [...found.values()].map(({ label, rate, net, tax }) => [
    label,
    percent(percentOf([rate]), locale),
    money(net),
    money(tax),
  ]);
  return { title: say('taxSummary'), head: ['', say('taxRate'), say('taxBase'), say('taxAmount')], rows };
}

function totalsOf(printed: PrintedDocument, { say }: DocumentLanguage, money: FormatMoney): Total[] {
  const { total } = printed.document;
  const plain = (label: string, amount: number): Total => ({ label, value: money(amount), isSum: false });
  const sum = (label: string, amount: number): Total => ({ label, value: money(amount), isSum: true });
  const head = [plain(say('subtotal'), total.net), plain(say('taxRate'), total.tax)];
  if (printed.kind === 'creditMemo') return [...head, sum(say('totalCredited'), total.gross)];
  const paid = printed.paid.map(({ method, amount }) => plain(say('paidBy', { method: say(method) }), -amount));
  return [...head, sum(say('total'), total.gross), ...paid, sum(say('due'), dueOf(printed))];
}

function notesOf(printed: PrintedDocument, { say }: DocumentLanguage): string[] {
  const note = printed.kind === 'creditMemo' ? printed.document.note : undefined;
  if (printed.kind === 'creditMemo') return [...(note ? [printable(note)] : []), say('credited')];
  const references = printed.paid.flatMap(({ method, reference }) =>
    reference ? [`${capital(say(method))}: ${say('reference', { reference: printable(reference) })}`] : [],
  );
  return [...references, say(dueOf(printed) > 0 ? 'dueOnReceipt' : 'paidInFull')];
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

function bankOf(printed: PrintedDocument, { say }: DocumentLanguage): DocumentContent['bank'] {
  const { bank, name } = printed.parties.seller;
  if (!bank || dueOf(printed) <= 0) return undefined;
  const facts = [
    { label: say('accountHolder'), value: printable(name) },
    { label: 'IBAN', value: bank.iban.replace(/(.{4})(?=.)/g, '$1 ') },
    { label: 'BIC', value: bank.bic ?? '' },
    { label: say('bank'), value: printable(bank.name ?? '') },
    { label: capital(say('reference', { reference: '' }).trim()), value: printed.document.number },
  ];
  return { title: say('payTo'), facts: facts.filter(({ value }) => value !== '') };
}

/** Lines of the shop's own, then what the law wants to be told of a company. */
function footerOf({ parties: { seller } }: PrintedDocument, say: Say): string[] {
  const own = (seller.footer ?? '').split(/\r?\n/).map(printable).filter(Boolean).slice(0, 4);
  const parts = [seller.name, seller.taxId && `${say('taxId')} ${seller.taxId}`, seller.registration];
  return [...own, parts.flatMap((part) => (part ? [printable(part)] : [])).join('  ·  ')];
}
