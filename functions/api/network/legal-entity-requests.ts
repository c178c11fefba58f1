import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { TimeZone } from '../../../shared/api/time-zone.ts';
import { Country } from '../../../shared/domain/country.ts';
import { compactIban, ibanFault } from '../../../shared/domain/iban.ts';
import { LegalEntity } from '../../../shared/domain/legal-entity.ts';
import { compactTaxId, taxIdFault } from '../../../shared/domain/vat-number.ts';

const Iban = z
  .string()
  .max(50)
  .superRefine((value, { addIssue }) => {
    const message = ibanFault(value);
    if (message) addIssue({ code: 'custom', params: { code: 'invalid_iban' }, message });
  })
  .meta({ description: 'ISO 13616. Its check digits must fit.', example: 'ES9121000418450200051332' });

const Bic = z.string().regex(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'is not a BIC (ISO 9362) such as "CAIXESBB"');

const fields = LegalEntity.shape;

export const LegalEntityBody = z
  .strictObject({
    name: text(200).meta({ description: 'Its registered name.' }),
    address: z.strictObject({
      line1: text(200),
      line2: text(200).optional(),
      city: text(100),
      region: text(100).optional(),
      postalCode: text(20),
      country: Country,
    }),
    taxId: text(40).optional().meta({ description: 'VAT number with the prefix of its country, or the like.' }),
    registration: text(100).optional().meta({ description: 'Number in the commercial register.' }),
    email: z.email().max(254).optional(),
    phone: text(32).optional(),
    bank: z
      .strictObject({ iban: Iban, bic: Bic.optional(), name: text(100).optional() })
      .optional()
      .meta({ description: 'Where customers pay what they still owe.' }),
    timeZone: TimeZone.meta({ description: 'IANA. Says when a day, and with it a year of numbers, begins.' }),
    prefixes: z
      .strictObject({ invoice: fields.prefixes.shape.invoice, creditMemo: fields.prefixes.shape.creditMemo })
      .default({ invoice: 'INV', creditMemo: 'CN' })
      .meta({ description: 'What numbers begin with: `INV-2026-000001`.' }),
    footer: text(500).optional().meta({ description: 'At the foot of every document.' }),
  })
  .check(refuseContradictions)
  .meta({ id: 'PutLegalEntity' });

function refuseContradictions({ value, issues }: z.core.ParsePayload<z.infer<typeof LegalEntityBodyShape>>): void {
  const { taxId, address, prefixes } = value;
  const fault = taxId === undefined ? undefined : taxIdFault(taxId, address.country);
  if (fault) {
    issues.push({ code: 'custom', input: taxId, path: ['taxId'], params: { code: 'invalid_tax_id' }, message: fault });
  }
  if (prefixes.invoice === prefixes.creditMemo) {
    const message = 'An invoice and a credit memo would have the same number.';
    const path = ['prefixes', 'creditMemo'];
    issues.push({ code: 'custom', input: prefixes.creditMemo, path, params: { code: 'repeated' }, message });
  }
}

/** What the checks above look at. */
const LegalEntityBodyShape = z.object({
  taxId: z.string().optional(),
  address: z.object({ country: z.string() }),
  prefixes: fields.prefixes,
});

/** As it is kept and stands on documents: numbers without the spaces that people put in. */
export function entityOf(id: string, body: z.infer<typeof LegalEntityBody>): LegalEntity {
  const { taxId, bank, ...rest } = body;
  return LegalEntity.parse({
    id,
    ...rest,
    ...(taxId !== undefined && { taxId: compactTaxId(taxId) }),
    ...(bank && { bank: { ...bank, iban: compactIban(bank.iban) } }),
  });
}
