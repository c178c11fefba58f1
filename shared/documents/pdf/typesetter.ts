import type PDFDocument from 'pdfkit';
import { type FontName, fontFile } from './fonts.ts';
import { breaksAnywhere, isThai, type Run, runsOf } from './runs.ts';

export interface Style {
  size: number;
  bold?: boolean;
  color?: string;
}

const thaiWords = new Intl.Segmenter('th', { granularity: 'word' });

/** Writes lines of text in as many fonts as they need, at baselines of our own: pdfkit's own layout knows one font a line. Points. */
export class Typesetter {
  readonly #document: typeof PDFDocument.prototype;
  readonly #registered = new Set<FontName>();
  /** Of runs, at size 1: the same words are measured over and over, to break lines, to align them, to write them. */
  readonly #widths = new Map<string, number>();

  constructor(document: typeof PDFDocument.prototype) {
    this.#document = document;
  }

  width(text: string, style: Style): number {
    return this.#runs(text, style).reduce((sum, run) => sum + this.#widthOf(run, style), 0);
  }

  /** Breaks text into lines no wider than `width`: at spaces, between characters of scripts without, and in the middle of what is too long. */
  lines(text: string, width: number, style: Style): string[] {
    const lines: string[] = [];
    let line = '';
    let used = 0;
    const end = () => {
      if (line.trim() !== '') lines.push(line.trimEnd());
      line = '';
      used = 0;
    };
    for (const piece of piecesOf(text)) {
      if (used + this.width(piece.trimEnd(), style) > width) end();
      let rest = piece;
      while (this.width(rest.trimEnd(), style) > width) {
        const fitting = this.#fitting(rest, width, style);
        lines.push(rest.slice(0, fitting));
        rest = rest.slice(fitting);
      }
      line += rest;
      used += this.width(rest, style);
    }
    end();
    return lines;
  }

  /** @param y of the baseline */
  write(text: string, x: number, y: number, style: Style, align: 'left' | 'right' = 'left'): void {
    let at = align === 'right' ? x - this.width(text, style) : x;
    for (const run of this.#runs(text, style)) {
      this.#select(run.font, style);
      this.#document.fillColor(style.color ?? '#1d2733');
      this.#document.text(run.text, at, y, { lineBreak: false, baseline: 'alphabetic' });
      at += this.#widthOf(run, style);
    }
  }

  /** Characters of the start of a text that fit, one at least. */
  #fitting(text: string, width: number, style: Style): number {
    let length = 0;
    for (const character of text) {
      if (length > 0 && this.width(text.slice(0, length + character.length), style) > width) break;
      length += character.length;
    }
    return length;
  }

  #runs(text: string, { bold = false }: Style): Run[] {
    return runsOf(text, bold);
  }

  #widthOf({ font, text }: Run, style: Style): number {
    const key = `${font} ${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known * style.size;
    this.#select(font, { ...style, size: 1 });
    const width = this.#document.widthOfString(text);
    this.#widths.set(key, width);
    return width * style.size;
  }

  #select(font: FontName, { size }: Style): void {
    if (!this.#registered.has(font)) this.#document.registerFont(font, fontFile(font));
    this.#registered.add(font);
    this.#document.font(font).fontSize(size);
  }
}

/** Words with the spaces after them; where words have none, characters, or words as a dictionary knows them. */
const piecesOf = (text: string): string[] =>
  text.match(/[^\s]*\s+|[^\s]+/gu)?.flatMap((word) => {
    if (breaksAnywhere(word)) return Array.from(word);
    return isThai(word) ? Array.from(thaiWords.segment(word), ({ segment }) => segment) : [word];
  }) ?? [];
