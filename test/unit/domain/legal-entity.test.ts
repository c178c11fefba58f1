import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLegalEntity } from '../../../shared/domain/default-legal-entity.ts';
import { compactIban, ibanFault } from '../../../shared/domain/iban.ts';
import { documentNumber, seriesOf } from '../../../shared/domain/legal-entity.ts';
import { compactTaxId, isVatNumber, taxIdFault } from '../../../shared/domain/vat-number.ts';

describe('IBAN', () => {
  // The examples of the IBAN registry.
  test.each([
    'ES9121000418450200051332',
    'DE89 3704 0044 0532 0130 00',
    'GB29NWBK60161331926819',
    'MT84MALT011000012345MTLCAST001S',
    'NO9386011117947',
    'LC55HEMM000100010012001200023015',
  ])('%s is one', (iban) => expect(ibanFault(iban)).toBeUndefined());

  test.each([
    '',
    'ES91',
    'ES91-2100-0418-4502-0005-1332',
    '1234567890123456',
    'ES9121000418450200051332'.padEnd(40, '0'),
  ])('%j is none', (iban) => expect(ibanFault(iban)).toContain('is not an IBAN'));

  test('any one digit that is wrong is found, and any two neighbors that are swapped', () => {
    const iban = compactIban('DE89 3704 0044 0532 0130 00');
    fc.assert(
      fc.property(fc.integer({ min: 2, max: iban.length - 1 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(iban[at]) + by) % 10;
        expect(ibanFault(`${iban.slice(0, at)}${digit}${iban.slice(at + 1)}`)).toContain('check digits');
      }),
    );
    for (let at = 4; at + 1 < iban.length; at++) {
      if (iban[at] === iban[at + 1]) continue;
      const swapped = `${iban.slice(0, at)}${iban[at + 1]}${iban[at]}${iban.slice(at + 2)}`;
      expect(ibanFault(swapped)).toContain('check digits');
    }
  });
});

describe('tax numbers', () => {
  test.each([
    ['ESB12345674', 'ES'],
    ['DE 123 456 789', 'DE'],
    ['FR-XX-999999999', 'FR'],
    ['EL123456789', 'GR'],
    ['CHE-123.456.789 MWST', 'CH'],
    ['NL123456789B01', 'NL'],
  ])('%s is a VAT number of %s', (taxId, country) => {
    expect(taxIdFault(taxId, country)).toBeUndefined();
    expect(isVatNumber(taxId)).toBe(true);
  });

  test.each([
    ['ES12', 'ES'],
    ['DE12345678', 'DE'],
    ['EL12345678', 'GR'],
    ['CHE12345678', 'CH'],
    ['<b>', 'US'],
    ['', 'US'],
  ])('%j is none of %s, and the fault says why', (taxId, country) => {
    expect(taxIdFault(taxId, country)).toMatch(/is not a/);
  });

  test('numbers without a prefix are what their country makes them', () => {
    expect(taxIdFault('12-3456789', 'US')).toBeUndefined();
    expect(isVatNumber('12-3456789')).toBe(false);
    // A Spanish company that is registered in Germany, too.
    expect(taxIdFault('DE123456789', 'ES')).toBeUndefined();
    expect(compactTaxId('che-123.456.789 mwst')).toBe('CHE123456789MWST');
  });
});

test('numbers say their kind, year and place in the series; another kind or year is another series', () => {
  expect(documentNumber(defaultLegalEntity, 'invoice', '2026', 1)).toBe('INV-2026-000001');
  expect(documentNumber(defaultLegalEntity, 'creditMemo', '2026', 1_234_567)).toBe('CN-2026-1234567');
  const series = [
    seriesOf(defaultLegalEntity, 'invoice', '2026'),
    seriesOf(defaultLegalEntity, 'creditMemo', '2026'),
    seriesOf(defaultLegalEntity, 'invoice', '2027'),
    seriesOf({ ...defaultLegalEntity, id: 'other' }, 'invoice', '2026'),
  ];
  expect(new Set(series).size).toBe(4);
});
