import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { describe, expect, test } from 'vitest';
import { bidi } from '../../../shared/documents/pdf/bidi.ts';
import { type FontName, fontFile } from '../../../shared/documents/pdf/fonts.ts';
import { runsOf } from '../../../shared/documents/pdf/runs.ts';
import { Typesetter } from '../../../shared/documents/pdf/typesetter.ts';

const shaped: readonly FontName[] = ['arabic', 'arabicBold', 'hebrew', 'hebrewBold'];
const isDigit = (text: string) => /^\p{Nd}+$/u.test(text);
/** What is seen from left to right: fonts of Arabic and Hebrew turn their words. */
const seen = (text: string): string =>
  runsOf(text, false)
    .map((run) =>
      shaped.includes(run.font) && !isDigit(run.text) ? Array.from(run.text).reverse().join('') : run.text,
    )
    .join('');

describe('runs of a line', () => {
  test.each([
    ['Blue mug 300 ml', 'Blue mug 300 ml'],
    ['שלום עולם', 'םלוע םולש'],
    ['ספל (גדול) 300', '300 (לודג) לפס'],
    ['תה – Sencha 50g', 'Sencha 50g – הת'],
    ['Mug (ספל כחול) 2', 'Mug (לוחכ לפס) 2'],
    ['شارع الخليج 12', '12 جيلخلا عراش'],
    ['كوب، كبير!', '!ريبك ،بوك'],
  ])('%j is seen as %j', (text, expected) => {
    expect(seen(text)).toBe(expected);
  });

  test('whatever is mixed, it is in the order of the Unicode algorithm', () => {
    const letter = fc.constantFrom(...'abcזמן سלום شاي 09 ().,-–%€'.replaceAll(' ', ''), ' ', ' ');
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 30 }), (letters) => {
        const text = letters.join('').trim();
        const { levels, paragraphs } = bidi.getEmbeddingLevels(text);
        expect(seen(text)).toBe(bidi.getReorderedString(text, { levels, paragraphs }));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test('a mark is in the font of its letter, and a sign of no script in that of its neighbors', () => {
    const fonts = (text: string) => runsOf(text, false).map(({ font }) => font);
    expect(fonts('コーヒー')).toEqual(['cjk']);
    expect(fonts('㈱')).toEqual(['cjk']);
    expect(fonts('مُحَمَّد')).toEqual(['arabic']);
    expect(fonts('น้ำ')).toEqual(['thai']);
    expect(fonts('e\u0301')).toEqual(['regular']);
    expect(runsOf('דוד', true)).toEqual([{ font: 'hebrewBold', text: 'דוד' }]);
  });
});

/** In each of them something that people write in names and addresses. */
const samples = {
  Latin: 'Ąžuolas Ñandú Çelik Øster ẞtraße Đặng',
  Greek: 'Ελληνικά Άγιος',
  Cyrillic: 'Кириллица Їжак Ћирилица',
  Chinese: '北京市朝阳区 臺北市',
  Japanese: '株式会社バトゥータ ㈱ コーヒー・ショップ（大）',
  Korean: '서울특별시 주식회사',
  Arabic: 'شركة محمّد، پاکستان؟ ١٢٣',
  Hebrew: 'דוד כהן תל־אביב ק״ג',
  Thai: 'กรุงเทพมหานคร น้ำ ฿ ๑๒๓',
  currencies: '€ £ ¥ ₪ ₹ ₺ ₩ ₫ ₴ ₱ zł Kč',
};

describe('letters that are printed', () => {
  test.each(Object.entries(samples))('%s: none is a box', (_, text) => {
    const document = new PDFDocument({ font: '' });
    const boxes: string[] = [];
    for (const run of [...runsOf(text, false), ...runsOf(text, true)]) {
      document.registerFont(run.font, fontFile(run.font)).font(run.font);
      const { font } = (document as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })
        ._font;
      for (const character of run.text) {
        if (!font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) boxes.push(`${character} in ${run.font}`);
      }
    }
    expect(boxes).toEqual([]);
  });

  test('Thai is broken between words, and no word loses a letter', () => {
    const type = new Typesetter(new PDFDocument({ font: '' }));
    const text = 'แก้วกาแฟสีฟ้าขนาดใหญ่สำหรับน้ำร้อนและน้ำเย็น';
    const lines = type.lines(text, 90, { size: 9 });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('')).toBe(text);
    expect(lines.every((line) => !/^\p{M}/u.test(line))).toBe(true);
    expect(lines.every((line) => type.width(line, { size: 9 }) <= 90)).toBe(true);
  });
});
