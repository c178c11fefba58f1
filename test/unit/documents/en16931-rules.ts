import { XmlDocument, type XmlElement } from 'libxml2-wasm';

const namespaces = {
  cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
};

const nodes = (from: XmlElement, path: string): XmlElement[] => from.find(path, namespaces) as XmlElement[];
const text = (from: XmlElement, path: string): string | undefined => nodes(from, path)[0]?.content;

/** In ten thousandths, which hold every amount of ours exactly. Absent is nothing. */
const amount = (from: XmlElement, path: string): bigint => exact(text(from, path) ?? '0');
function exact(value: string): bigint {
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
  return BigInt(`${value.startsWith('-') ? '-' : ''}${whole}${fraction.padEnd(4, '0')}`);
}
const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

/**
 * The rules of EN 16931 on amounts, from the text of the norm and written apart from what makes our documents.
 * @param perLine minor units that the tax of a rate may differ from what its percentage comes to, for each line: each is rounded
 * @returns the rules that a document breaks
 */
export function brokenRules(xml: string, digits = 2, perLine = 1): string[] {
  using document = XmlDocument.fromString(xml);
  const root = document.root;
  const broken: string[] = [];
  const same = (rule: string, one: bigint, other: bigint) => {
    if (one !== other) broken.push(`${rule}: ${one} is not ${other}`);
  };
  const lines = nodes(root, 'cac:InvoiceLine | cac:CreditNoteLine');
  const charges = nodes(root, 'cac:AllowanceCharge[cbc:ChargeIndicator="true"]');
  const allowances = nodes(root, 'cac:AllowanceCharge[cbc:ChargeIndicator="false"]');
  const total = (name: string) => amount(root, `cac:LegalMonetaryTotal/cbc:${name}`);
  const net = (line: XmlElement) => amount(line, 'cbc:LineExtensionAmount');
  const own = (one: XmlElement) => amount(one, 'cbc:Amount');

  if (lines.length === 0) broken.push('BR-16: no line');
  same('BR-CO-10', total('LineExtensionAmount'), sum(lines.map(net)));
  same('BR-CO-11', total('AllowanceTotalAmount'), sum(allowances.map(own)));
  same('BR-CO-12', total('ChargeTotalAmount'), sum(charges.map(own)));
  same(
    'BR-CO-13',
    total('TaxExclusiveAmount'),
    total('LineExtensionAmount') - total('AllowanceTotalAmount') + total('ChargeTotalAmount'),
  );
  const subtotals = nodes(root, 'cac:TaxTotal/cac:TaxSubtotal');
  const tax = amount(root, 'cac:TaxTotal/cbc:TaxAmount');
  same('BR-CO-14', tax, sum(subtotals.map((one) => amount(one, 'cbc:TaxAmount'))));
  same('BR-CO-15', total('TaxInclusiveAmount'), total('TaxExclusiveAmount') + tax);
  same(
    'BR-CO-16',
    total('PayableAmount'),
    total('TaxInclusiveAmount') - total('PrepaidAmount') + total('PayableRoundingAmount'),
  );
  if (subtotals.length === 0) broken.push('BR-CO-18: no subtotal of taxes');
  const minorUnit = 10n ** BigInt(4 - digits);
  for (const one of subtotals) {
    const category = text(one, 'cac:TaxCategory/cbc:ID');
    const percent = text(one, 'cac:TaxCategory/cbc:Percent');
    const isOurs = (part: XmlElement, path: string) =>
      text(part, `${path}/cbc:ID`) === category && text(part, `${path}/cbc:Percent`) === percent;
    const ofLines = lines.filter((line) => isOurs(line, 'cac:Item/cac:ClassifiedTaxCategory'));
    const ofCharges = charges.filter((charge) => isOurs(charge, 'cac:TaxCategory'));
    const ofAllowances = allowances.filter((kept) => isOurs(kept, 'cac:TaxCategory'));
    const taxable = amount(one, 'cbc:TaxableAmount');
    same(`BR-${category}-08`, taxable, sum(ofLines.map(net)) + sum(ofCharges.map(own)) - sum(ofAllowances.map(own)));
    // Rate and amount in ten thousandths each, and a hundred percent.
    const exactTax = (taxable * exact(percent ?? '0')) / 1_000_000n;
    const off = amount(one, 'cbc:TaxAmount') - exactTax;
    const most = BigInt(Math.round(perLine * (ofLines.length + ofCharges.length))) * minorUnit;
    if (off > most || off < -most) broken.push(`BR-CO-17: ${off} off at ${percent} %`);
    if (category !== 'S' && category !== 'Z' && !text(one, 'cac:TaxCategory/cbc:TaxExemptionReason')) {
      broken.push(`BR-${category}-10: no reason`);
    }
  }
  for (const line of lines) {
    const quantity = amount(line, 'cbc:InvoicedQuantity | cbc:CreditedQuantity') / 10_000n;
    const base = amount(line, 'cac:Price/cbc:BaseQuantity') / 10_000n || 1n;
    const price = amount(line, 'cac:Price/cbc:PriceAmount');
    if (price < 0n) broken.push('BR-27: price below zero');
    const off = sum(nodes(line, 'cac:AllowanceCharge[cbc:ChargeIndicator="false"]').map(own));
    same('PEPPOL-EN16931-R120', net(line) * base, quantity * price - off * base);
  }
  // A document of the norm has amounts of two decimals at most, prices of units excepted.
  if (text(root, 'cbc:CustomizationID')?.startsWith('urn:cen.eu:en16931:2017')) {
    for (const one of nodes(root, '//*[@currencyID][not(self::cbc:PriceAmount)]')) {
      if (/\.\d{3}/.test(one.content)) broken.push(`BR-DEC: ${one.name} ${one.content}`);
    }
  }
  if (total('PayableAmount') > 0n && !text(root, 'cac:PaymentTerms/cbc:Note | cbc:DueDate')) broken.push('BR-CO-25');
  return broken;
}
