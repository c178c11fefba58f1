import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv, readTable } from '../../../../shared/domain/stock/csv.ts';

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

describe('CSV (RFC 4180)', () => {
  test('whatever stands in quoted fields comes back, with either line end, with and without one at the end', () => {
    const table = fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const lineEnd = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(table, lineEnd, fc.boolean(), (records, end, ended) => {
        const text = records.map((record) => record.map(quoted).join(',')).join(end) + (ended ? end : '');
        expect(parseCsv(text)).toEqual(records);
      }),
      { seed: 20_260_105 },
    );
  });

  test('bare fields are taken as they are, blanks too; empty ones stand between commas and at the ends', () => {
    expect(parseCsv('a, b ,\r\n,"c""d",\n')).toEqual([
      ['a', ' b ', ''],
      ['', 'c"d', ''],
    ]);
    expect(parseCsv('a,')).toEqual([['a', '']]);
    expect(parseCsv('\uFEFFa')).toEqual([['a']]);
    expect(parseCsv('')).toEqual([]);
  });

  test.each([
    ['a\n"b', 'Line 2: a quote is not closed.'],
    ['"a"b', 'Line 1: text after a closing quote.'],
    ['a"b', 'Line 1: a quote inside a field without quotes.'],
    ['"a\nb"\nc\rd', 'Line 3: a carriage return without a line feed.'],
  ])('%j is refused with its line', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });

  test('columns come in any order; one that is optional may be absent, a row with a field too few has none', () => {
    const read = (text: string) => readTable(text, ['sku', 'quantity', 'reason'], ['sku', 'quantity']);
    expect(read('quantity,sku\n1,a\n2\n3,b,c\n')).toEqual([['a', '1', ''], [], []]);
    expect(() => read('sku\na')).toThrow('The column quantity is missing.');
    expect(() => read('sku,quantity,sku\na,1,b')).toThrow('A column stands in the header twice.');
    expect(() => read('sku,quantity,price\na,1,2')).toThrow('There is no column "price".');
    expect(() => read('')).toThrow('There is no header.');
  });
});
