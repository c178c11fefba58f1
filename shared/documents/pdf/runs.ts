import { bidi } from './bidi.ts';
import type { FontName } from './fonts.ts';

/** Text of one font and one direction, to be written from the left of what follows it. */
export interface Run {
  font: FontName;
  text: string;
}

/** Scripts that Noto Sans has no characters of. */
const scripts: readonly [RegExp, { regular: FontName; bold: FontName }][] = [
  [
    // With signs that are of no script: the long vowel of Japanese, letters in circles and brackets.
    /[\p{Script=Han}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u30FF\u31F0-\u33FF\uFE30-\uFE4F\uFF00-\uFFEF]/u,
    { regular: 'cjk', bold: 'cjk' },
  ],
  // With what several scripts share and this font has: the comma, the question mark, vowel signs.
  [/\p{Script_Extensions=Arabic}/u, { regular: 'arabic', bold: 'arabicBold' }],
  [/\p{Script=Hebrew}/u, { regular: 'hebrew', bold: 'hebrewBold' }],
  [/[\u0E01-\u0E7F]/u, { regular: 'thai', bold: 'thaiBold' }],
];
const latin = { regular: 'regular', bold: 'bold' } as const;
const isRightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Written over or between letters of any script: in the font of the letter before. */
const joins = /[\p{Script=Inherited}\u200C\u200D]/u;
/** Their words are shaped from right to left by the font itself. */
const shapedByFont: ReadonlySet<FontName> = new Set(['arabic', 'arabicBold', 'hebrew', 'hebrewBold']);

const fontOf = (character: string, weight: 'regular' | 'bold'): FontName =>
  (scripts.find(([script]) => script.test(character))?.[1] ?? latin)[weight];

/** Characters of scripts whose words have no spaces between them and may be broken anywhere. */
export const breaksAnywhere = (text: string): boolean => scripts[0]?.[0].test(text) ?? false;
export const isThai = (text: string): boolean => /\p{Script=Thai}/u.test(text);

/**
 * A line of text as runs from left to right, by the Unicode bidirectional algorithm (UAX #9): the first strong character says which way the line
 * goes. A word of Arabic or Hebrew is in the order of reading, as its font turns it; what stands between is turned here.
 */
export function runsOf(text: string, isBold: boolean): Run[] {
  const weight = isBold ? 'bold' : 'regular';
  if (!isRightToLeft.test(text)) return piecesOf(text, weight, undefined);
  const { levels } = bidi.getEmbeddingLevels(text);
  const pieces = piecesOf(text, weight, levels);
  const highest = Math.max(...pieces.map(({ level }) => level));
  // Rule L2: from the highest level down, what is at it or above is turned around.
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < pieces.length; from++) {
      let to = from;
      while ((pieces[to]?.level ?? 0) >= level) to++;
      if (to > from + 1) pieces.splice(from, to - from, ...pieces.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return pieces.map(({ font, text: piece, level }) => ({
    font,
    text: level % 2 === 1 && !shapedByFont.has(font) ? mirrored(piece) : piece,
  }));
}

interface Piece extends Run {
  level: number;
}

/** Of one font and level; of a level from right to left word by word, as spaces change their place. */
function piecesOf(text: string, weight: 'regular' | 'bold', levels: Uint8Array | undefined): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const character of text) {
    const last = pieces.at(-1);
    const level = levels?.[at] ?? 0;
    const isMark = last !== undefined && joins.test(character);
    const font = isMark ? last.font : fontOf(character, weight);
    const isSpace = level % 2 === 1 && (character === ' ' || last?.text.endsWith(' ') === true);
    if (last && (isMark || (last.font === font && last.level === level && !isSpace))) last.text += character;
    else pieces.push({ font, text: character, level });
    at += character.length;
  }
  return pieces;
}

/** Punctuation and signs among letters from right to left: the other way round, a bracket that opens is one that closes. */
const mirrored = (text: string): string =>
  Array.from(text, (character) => bidi.getMirroredCharacter(character) ?? character)
    .reverse()
    .join('');
