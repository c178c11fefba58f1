import type { Buyer } from '../domain/invoice.ts';
import type { LegalEntity } from '../domain/legal-entity.ts';
import type { Address } from '../domain/order.ts';
import { compactTaxId, isVatNumber } from '../domain/vat-number.ts';
import { element, type Xml } from './xml.ts';

/** BG-4. */
export function sellerParty({ name, address, taxId, registration, email, phone }: LegalEntity): Xml | undefined {
  return element('cac:Party', [
    endpoint(email, taxId),
    element('cac:PartyName', element('cbc:Name', name)),
    postalAddress(address),
    taxScheme(taxId, true),
    element('cac:PartyLegalEntity', [element('cbc:RegistrationName', name), element('cbc:CompanyID', registration)]),
    element('cac:Contact', [element('cbc:Telephone', phone), element('cbc:ElectronicMail', email)]),
  ]);
}

/** BG-7. @param country where the goods go, for who gave no address of his own */
export function buyerParty({ name, company, taxId, email, address }: Buyer, country: string): Xml | undefined {
  return element('cac:Party', [
    endpoint(email, taxId),
    element('cac:PartyName', element('cbc:Name', company ?? name)),
    postalAddress(address ?? { country }),
    taxScheme(taxId, false),
    element('cac:PartyLegalEntity', element('cbc:RegistrationName', company ?? name)),
    element('cac:Contact', [
      company === undefined ? undefined : element('cbc:Name', name),
      element('cbc:ElectronicMail', email),
    ]),
  ]);
}

/** The codes of the list EAS for VAT numbers of a country. */
const vatSchemes: Readonly<Record<string, string>> = {
  AT: '9914',
  BE: '9925',
  BG: '9926',
  CH: '9927',
  CY: '9928',
  CZ: '9929',
  DE: '9930',
  EE: '9931',
  GB: '9932',
  EL: '9933',
  HR: '9934',
  IE: '9935',
  LT: '9937',
  LU: '9938',
  LV: '9939',
  MT: '9943',
  NL: '9944',
  PL: '9945',
  PT: '9946',
  RO: '9947',
  SI: '9949',
  SK: '9950',
  ES: '9920',
  FR: '9957',
};

/** Where e-invoices for the party go: the network of its country by VAT number, else its mailbox. */
function endpoint(email: string | undefined, taxId: string | undefined): Xml | undefined {
  const number = taxId === undefined ? undefined : compactTaxId(taxId);
  const scheme = number !== undefined && isVatNumber(number) ? vatSchemes[number.slice(0, 2)] : undefined;
  if (scheme) return element('cbc:EndpointID', number, { schemeID: scheme });
  return element('cbc:EndpointID', email, { schemeID: 'EM' });
}

const postalAddress = ({ line1, line2, city, postalCode, region, country }: Partial<Address>): Xml | undefined =>
  element('cac:PostalAddress', [
    element('cbc:StreetName', line1),
    element('cbc:AdditionalStreetName', line2),
    element('cbc:CityName', city),
    element('cbc:PostalZone', postalCode),
    element('cbc:CountrySubentity', region),
    element('cac:Country', element('cbc:IdentificationCode', country)),
  ]);

/** Only a VAT number is one to a machine that reads it (BT-31, BR-CO-09); another is its owner's number with his tax office (BT-32). */
function taxScheme(taxId: string | undefined, isSeller: boolean): Xml | undefined {
  const number = taxId === undefined ? undefined : compactTaxId(taxId);
  const isVat = number !== undefined && isVatNumber(number);
  if (number === undefined || (!isVat && !isSeller)) return undefined;
  const scheme = element('cac:TaxScheme', element('cbc:ID', isVat ? 'VAT' : 'TAX'));
  return element('cac:PartyTaxScheme', [element('cbc:CompanyID', number), scheme]);
}
