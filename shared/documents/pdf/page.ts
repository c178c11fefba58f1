import type PDFDocument from 'pdfkit';
import type { DocumentContent } from './content.ts';
import { Typesetter } from './typesetter.ts';

const margin = 50;
const footerLine = 11;
const faint = { size: 7.5, color: '#5b6b7b' };

/** Where the next thing stands, page after page. Points from the top left corner. */
export class Page {
  readonly type: Typesetter;
  readonly left = margin;
  readonly right: number;
  /** Of the next thing's top. */
  y = margin;
  /** Written again on each page, before what needs it. */
  onNewPage: (() => void) | undefined;
  readonly #bottom: number;
  readonly #document: typeof PDFDocument.prototype;
  readonly #content: DocumentContent;

  constructor(document: typeof PDFDocument.prototype, content: DocumentContent) {
    this.#document = document;
    this.#content = content;
    this.type = new Typesetter(document);
    this.right = document.page.width - margin;
    this.#bottom = document.page.height - margin - footerLine * (content.footer.length + 2);
  }

  /** Goes on on the next page, when so much is not left of this one. */
  need(height: number): void {
    if (this.y + height <= this.#bottom) return;
    this.#document.addPage();
    this.type.write(`${this.#content.title} ${this.#content.number}`, this.left, margin, faint);
    this.type.write(this.#content.sellerName, this.right, margin, faint, 'right');
    this.y = margin + 26;
    this.onNewPage?.();
  }

  rule(from: number, to: number, y: number, color = '#c9d1d9', width = 0.5): void {
    this.#document.moveTo(from, y).lineTo(to, y).lineWidth(width).strokeColor(color).stroke();
  }

  /** @returns false for an image that cannot be read: a document without it is better than none */
  image(bytes: Buffer, x: number, y: number, width: number, height: number): boolean {
    try {
      this.#document.image(bytes, x, y, { fit: [width, height] });
      return true;
    } catch {
      return false;
    }
  }

  /** What stands at the foot of every page, once it is known how many there are. */
  finish(): void {
    const { start, count } = this.#document.bufferedPageRange();
    const { footer } = this.#content;
    for (let index = 0; index < count; index++) {
      this.#document.switchToPage(start + index);
      const top = this.#document.page.height - margin - footerLine * footer.length;
      this.rule(this.left, this.right, top - 12);
      for (const [line, text] of footer.entries()) {
        const [first = ''] = this.type.lines(text, this.right - this.left - 80, faint);
        this.type.write(first, this.left, top + line * footerLine, faint);
      }
      const page = this.#content.page(index + 1, count);
      this.type.write(page, this.right, top + (footer.length - 1) * footerLine, faint, 'right');
    }
  }
}
