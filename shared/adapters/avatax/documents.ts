import { type TaxDocument, type TaxReport, TaxUnavailable } from '../../ports/tax.ts';
import { type AvataxApi, AvataxRefusal } from './client.ts';
import { toDecimal } from './decimals.ts';
import { addressesOf, Transaction, taxCodeOf } from './transaction.ts';

const typeOf = { invoice: 'SalesInvoice', creditMemo: 'ReturnInvoice' } as const;

/**
 * Reports a document with the taxes that it says (an override of type TaxAmount for each line), committed: it is filed as it was posted. Its code
 * is the key: AvaTax refuses a second transaction of the code, and what stands there then is compared.
 * @throws TaxUnavailable
 */
export async function report(api: AvataxApi, document: TaxDocument): Promise<TaxReport> {
  try {
    const answer = await api.send('POST', '/api/v2/transactions/create', transactionOf(api, document));
    const made = Transaction.safeParse(answer);
    // A transaction that is not committed would not be filed. It may be made again under the same code.
    if (!made.success || made.data.status !== 'Committed') throw new TaxUnavailable('AvaTax: not committed');
    return { outcome: 'reported', reference: made.data.code };
  } catch (error) {
    if (!(error instanceof AvataxRefusal)) throw error;
    return isThere(error) ? compare(api, document) : { outcome: 'refused', reason: error.message };
  }
}

/** "AvaTax considers a recorded and committed transaction as final": it answers one of these to another one of the code. */
const isThere = ({ codes }: AvataxRefusal): boolean =>
  ['DocumentCodeConflict', 'DocStatusError', 'DocStatus', 'DuplicateEntry', 'TransactionAlreadyExists'].some((code) =>
    codes.includes(code),
  );

async function compare(api: AvataxApi, document: TaxDocument): Promise<TaxReport> {
  const path = `/api/v2/companies/${encodeURIComponent(api.companyCode)}/transactions/${document.key}/types/${typeOf[document.kind]}`;
  let answer: unknown;
  try {
    answer = await api.send('GET', path);
  } catch (error) {
    if (error instanceof AvataxRefusal) throw new TaxUnavailable(error.message);
    throw error;
  }
  const there = Transaction.safeParse(answer);
  if (!there.success) throw new TaxUnavailable('AvaTax: the answer makes no sense: its shape');
  const sign = document.kind === 'invoice' ? 1 : -1;
  const isSame = (field: 'totalAmount' | 'totalTax', of: 'net' | 'tax') => {
    const sum = document.items.reduce((total, item) => total + item[of], 0);
    return there.data[field] === sign * toDecimal(sum, document.currency) || (sum === 0 && there.data[field] === 0);
  };
  if (there.data.status === 'Committed' && isSame('totalAmount', 'net') && isSame('totalTax', 'tax')) {
    return { outcome: 'reported', reference: there.data.code };
  }
  const state = there.data.status ?? 'unknown';
  return { outcome: 'refused', reason: `AvaTax has another transaction ${document.key} (${state})` };
}

/** Amounts of a credit memo are negative, its quantities are not (developer.avalara.com/avatax/handling-return-invoices). */
function transactionOf(api: AvataxApi, document: TaxDocument) {
  const { kind, currency, number, invoiceNumber, taxDate, buyerTaxId } = document;
  const sign = kind === 'invoice' ? 1 : -1;
  // Of 0, the minus sign would stay.
  const signed = (amount: number) => (amount === 0 ? 0 : sign * toDecimal(amount, currency));
  return {
    type: typeOf[kind],
    code: document.key,
    companyCode: api.companyCode,
    customerCode: document.customerId.slice(0, 50),
    date: document.date,
    currencyCode: currency,
    commit: true,
    referenceCode: invoiceNumber ?? number,
    description: number,
    addresses: addressesOf(document),
    ...(buyerTaxId !== undefined && { businessIdentificationNo: buyerTaxId }),
    lines: document.items.map((item, index) => ({
      number: String(index + 1),
      quantity: item.quantity,
      amount: signed(item.net),
      taxIncluded: false,
      ref1: item.id,
      ...(item.sku !== undefined && { itemCode: item.sku.slice(0, 50) }),
      ...taxCodeOf(api, item),
      taxOverride: {
        type: 'TaxAmount',
        taxAmount: signed(item.tax),
        reason: `As on ${number}`,
        ...(taxDate !== undefined && { taxDate }),
      },
    })),
  };
}

/**
 * Voids what stands under the order's code. Avalara keeps no estimates as a rule: then there is nothing.
 * @throws TaxUnavailable
 */
export async function giveUp(api: AvataxApi, orderId: string): Promise<void> {
  const path = `/api/v2/companies/${encodeURIComponent(api.companyCode)}/transactions/${orderId}/void?documentType=SalesOrder`;
  try {
    await api.send('POST', path, { code: 'DocVoided' });
  } catch (error) {
    if (!(error instanceof AvataxRefusal)) throw error;
    const isGone = error.status === 404 || error.codes.includes('DocStatus') || error.codes.includes('DocStatusError');
    if (!isGone) throw new TaxUnavailable(error.message);
  }
}
