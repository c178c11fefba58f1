import { type Currency, decimalString, digitsOf } from '../domain/money.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';
import { isVatNumber } from '../domain/vat-number.ts';
import { type NetCategory, type NetCharge, type NetDocument, type NetLine, netDocument } from './en16931.ts';
import { documentLanguage } from './messages.ts';
import { dueOf, type PrintedDocument } from './printed-document.ts';
import { buyerParty, sellerParty } from './ubl-parties.ts';
import { element, type Xml, xmlDocument } from './xml.ts';

/**
 * A document as UBL 2.1 by EN 16931 in the form of Peppol BIS Billing 3.0: what accounting systems of the European Union take in by law. The order
 * of elements is that of the schema.
 *
 * The norm knows amounts of two decimals at most, and validators refuse others (BR-DEC-01 to 28, fatal). Rounded to two, an amount in dinars would be
 * another one than is owed: a document in such a currency is UBL 2.1 with all its digits, and does not call itself one of the norm.
 */
export function ublOf(printed: PrintedDocument): string {
  const { document, parties } = printed;
  const isOfVat = [parties.seller, parties.buyer].some(({ taxId }) => taxId !== undefined && isVatNumber(taxId));
  const net = netDocument(document, documentLanguage(printed.locale).say, isOfVat);
  const isInvoice = printed.kind === 'invoice';
  const root = isInvoice ? 'Invoice' : 'CreditNote';
  return xmlDocument(
    element(
      root,
      [
        ...(digitsOf(printed.currency) <= mostDecimals ? norm : []),
        element('cbc:ID', document.number),
        element('cbc:IssueDate', document.issueDate),
        // UNCL1001: commercial invoice, credit note.
        isInvoice ? element('cbc:InvoiceTypeCode', '380') : element('cbc:CreditNoteTypeCode', '381'),
        element('cbc:Note', printed.kind === 'creditMemo' ? printed.document.note : undefined),
        element('cbc:DocumentCurrencyCode', printed.currency),
        element('cbc:BuyerReference', printed.purchaseOrderNumber ?? printed.orderNumber),
        element('cac:OrderReference', [
          element('cbc:ID', printed.purchaseOrderNumber ?? printed.orderNumber),
          element('cbc:SalesOrderID', printed.orderNumber),
        ]),
        billingReference(printed),
        element('cac:AccountingSupplierParty', sellerParty(parties.seller)),
        element('cac:AccountingCustomerParty', buyerParty(parties.buyer, printed.deliveryCountry)),
        delivery(printed, net),
        paymentMeans(printed),
        paymentTerms(printed),
        ...net.allowances.map((one) => allowanceCharge('false', one, printed.currency)),
        ...net.charges.map((one) => allowanceCharge('true', one, printed.currency)),
        taxTotal(net, printed.currency),
        monetaryTotal(printed, net),
        ...net.lines.map((line, index) => documentLine(line, index + 1, printed)),
      ],
      {
        xmlns: `urn:oasis:names:specification:ubl:schema:xsd:${root}-2`,
        'xmlns:cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
        'xmlns:cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
      },
    ),
  );
}

/** Of amounts, by table 26 of EN 16931-1. */
const mostDecimals = 2;

const norm = [
  element('cbc:CustomizationID', 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'),
  element('cbc:ProfileID', 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'),
];

const money = (name: string, amount: number, currency: Currency): Xml | undefined =>
  element(name, decimalString(amount, currency), { currencyID: currency });

/** BG-3: the invoice that a credit memo takes back from. */
const billingReference = (printed: PrintedDocument): Xml | undefined =>
  printed.kind === 'creditMemo'
    ? element(
        'cac:BillingReference',
        element('cac:InvoiceDocumentReference', element('cbc:ID', printed.document.invoiceNumber)),
      )
    : undefined;

/** Goods that go to another member state say where and when (BR-IC-11, BR-IC-12): invoices are posted as they leave. */
function delivery({ document, deliveryCountry }: PrintedDocument, { subtotals }: NetDocument): Xml | undefined {
  const country = element('cac:Country', element('cbc:IdentificationCode', deliveryCountry));
  return element('cac:Delivery', [
    subtotals.some(({ category }) => category === 'K')
      ? element('cbc:ActualDeliveryDate', document.issueDate)
      : undefined,
    element('cac:DeliveryLocation', element('cac:Address', country)),
  ]);
}

/** UNCL4461. What has no code of its own is an agreement of the parties. */
const meansCodes: Partial<Record<PaymentMethod, string>> = { card: '48', cashOnDelivery: '10' };
const agreed = 'ZZZ';
/** SEPA credit transfer. */
const transfer = '58';

/** One way only (UBL-SR-44 to 47): that of what is due, else that of the largest part. */
function paymentMeans(printed: PrintedDocument): Xml | undefined {
  if (printed.kind === 'creditMemo') return undefined;
  const { bank, name } = printed.parties.seller;
  if (dueOf(printed) > 0 && bank) {
    return element('cac:PaymentMeans', [
      element('cbc:PaymentMeansCode', transfer),
      element('cbc:PaymentID', printed.document.number),
      element('cac:PayeeFinancialAccount', [
        element('cbc:ID', bank.iban),
        element('cbc:Name', name),
        element('cac:FinancialInstitutionBranch', element('cbc:ID', bank.bic)),
      ]),
    ]);
  }
  const [largest] = printed.paid.toSorted((a, b) => b.amount - a.amount);
  return (
    largest &&
    element('cac:PaymentMeans', [
      element('cbc:PaymentMeansCode', meansCodes[largest.method] ?? agreed, { name: largest.method }),
      element('cbc:PaymentID', largest.reference),
    ])
  );
}

/** What is due says when (BR-CO-25). A credit memo is due to the customer, the way he paid. */
function paymentTerms(printed: PrintedDocument): Xml | undefined {
  const { say } = documentLanguage(printed.locale);
  if (printed.kind === 'creditMemo') return element('cac:PaymentTerms', element('cbc:Note', say('credited')));
  return dueOf(printed) > 0 ? element('cac:PaymentTerms', element('cbc:Note', say('dueOnReceipt'))) : undefined;
}

const vat = () => element('cac:TaxScheme', element('cbc:ID', 'VAT'));

const taxCategory = (name: string, { category, percent }: NetCategory): Xml | undefined =>
  element(name, [element('cbc:ID', category), element('cbc:Percent', percent), vat()]);

/** The VATEX codes of the categories that have one of their own. */
const exemptionCodes: Partial<Record<NetCategory['category'], string>> = {
  AE: 'VATEX-EU-AE',
  K: 'VATEX-EU-IC',
  G: 'VATEX-EU-G',
  O: 'VATEX-EU-O',
};

const allowanceCharge = (isCharge: 'true' | 'false', { name, net, category }: NetCharge, currency: Currency) =>
  element('cac:AllowanceCharge', [
    element('cbc:ChargeIndicator', isCharge),
    element('cbc:AllowanceChargeReason', name),
    money('cbc:Amount', net, currency),
    taxCategory('cac:TaxCategory', category),
  ]);

const taxTotal = ({ subtotals, tax }: NetDocument, currency: Currency): Xml | undefined =>
  element('cac:TaxTotal', [
    money('cbc:TaxAmount', tax, currency),
    ...subtotals.map((one) =>
      element('cac:TaxSubtotal', [
        money('cbc:TaxableAmount', one.net, currency),
        money('cbc:TaxAmount', one.tax, currency),
        element('cac:TaxCategory', [
          element('cbc:ID', one.category),
          element('cbc:Percent', one.percent),
          element('cbc:TaxExemptionReasonCode', exemptionCodes[one.category]),
          element('cbc:TaxExemptionReason', one.reason),
          vat(),
        ]),
      ]),
    ),
  ]);

function monetaryTotal(printed: PrintedDocument, net: NetDocument): Xml | undefined {
  const { currency } = printed;
  const due = printed.kind === 'invoice' ? dueOf(printed) : net.gross;
  const prepaid = net.gross - due;
  return element('cac:LegalMonetaryTotal', [
    money('cbc:LineExtensionAmount', net.lineTotal, currency),
    money('cbc:TaxExclusiveAmount', net.net, currency),
    money('cbc:TaxInclusiveAmount', net.gross, currency),
    net.allowances.length > 0 ? money('cbc:AllowanceTotalAmount', net.allowanceTotal, currency) : undefined,
    net.charges.length > 0 ? money('cbc:ChargeTotalAmount', net.chargeTotal, currency) : undefined,
    prepaid === 0 ? undefined : money('cbc:PrepaidAmount', prepaid, currency),
    money('cbc:PayableAmount', due, currency),
  ]);
}

/** UN/ECE Recommendation 20: one piece. */
const each = { unitCode: 'C62' };

function documentLine(line: NetLine, number: number, { kind, currency, locale }: PrintedDocument): Xml | undefined {
  const [name, quantity] =
    kind === 'invoice' ? ['cac:InvoiceLine', 'cbc:InvoicedQuantity'] : ['cac:CreditNoteLine', 'cbc:CreditedQuantity'];
  return element(name, [
    element('cbc:ID', String(number)),
    element(quantity, String(line.quantity), each),
    money('cbc:LineExtensionAmount', line.net, currency),
    element('cac:OrderLineReference', element('cbc:LineID', line.lineId)),
    line.discount === 0
      ? undefined
      : element('cac:AllowanceCharge', [
          element('cbc:ChargeIndicator', 'false'),
          element('cbc:AllowanceChargeReason', documentLanguage(locale).say('discount')),
          money('cbc:Amount', line.discount, currency),
        ]),
    element('cac:Item', [
      element('cbc:Name', line.name),
      element('cac:SellersItemIdentification', element('cbc:ID', line.sku)),
      taxCategory('cac:ClassifiedTaxCategory', line.category),
    ]),
    element('cac:Price', [
      money('cbc:PriceAmount', line.price, currency),
      line.baseQuantity === 1 ? undefined : element('cbc:BaseQuantity', String(line.baseQuantity), each),
    ]),
  ]);
}
