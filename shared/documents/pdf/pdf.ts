import PDFDocument from 'pdfkit';
import type { Logo } from '../logo.ts';
import type { PrintedDocument } from '../printed-document.ts';
import { type DocumentContent, documentContent } from './content.ts';
import { Page } from './page.ts';
import { drawTable } from './table.ts';

/** Countries that print on Letter; the others on A4. */
const letter = new Set(['US', 'CA', 'MX', 'CL', 'CO', 'PH']);

/** A document as PDF. The same document, paid as far, is the same bytes: it names no time but its own. */
export async function pdfOf(printed: PrintedDocument, logo: Logo | undefined): Promise<Uint8Array> {
  const content = documentContent(printed);
  const document = new PDFDocument({
    size: letter.has(printed.parties.seller.address.country) ? 'LETTER' : 'A4',
    margin: 0,
    bufferPages: true,
    // None: fonts are registered by name as they are needed. Its types know no empty text, which pdfkit takes for none.
    font: '',
    lang: content.locale,
    displayTitle: true,
    info: {
      Title: `${content.title} ${content.number}`,
      Author: content.sellerName,
      Creator: 'Batuta',
      Producer: 'Batuta',
      CreationDate: new Date(printed.document.issuedAt),
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((done, fail) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', done);
    document.on('error', fail);
  });
  draw(new Page(document, content), content, logo);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function draw(page: Page, content: DocumentContent, logo: Logo | undefined): void {
  drawHead(page, content, logo);
  drawTable(page, content);
  drawSums(page, content);
  drawNotes(page, content);
  page.finish();
}

const small = { size: 8 };
const text = { size: 9 };
const label = { size: 8, color: '#5b6b7b' };
const strong = { size: 9, bold: true };

function drawHead(page: Page, content: DocumentContent, logo: Logo | undefined): void {
  const { left, right } = page;
  const top = page.y;
  const title = { size: 20, bold: true };
  page.type.write(content.title, right, top + 20, title, 'right');
  page.type.write(content.number, right, top + 36, { size: 11, color: '#5b6b7b' }, 'right');
  const room = right - left - page.type.width(content.title, title) - 24;
  if (!logo || !page.image(logo.bytes, left, top, Math.min(room, 190), 56)) {
    const name = { size: 15, bold: true };
    const lines = page.type.lines(content.sellerName, room, name).slice(0, 3);
    for (const [index, line] of lines.entries()) page.type.write(line, left, top + 16 + index * 18, name);
  }
  page.y = top + 84;
  const gap = 18;
  // Labels and values share the last one.
  const third = (right - left - 2 * gap) * 0.31;
  const [second, last] = [left + third + gap, left + 2 * (third + gap)];
  const ends = [
    drawLines(page, [content.buyer.title], content.buyer.lines, left, third),
    drawLines(page, [], content.seller, second, third),
    drawFacts(page, content.facts, last, right - last),
  ];
  page.y = Math.max(...ends) + 22;
}

/** The first line stands out: whose the others are. @returns where they end */
function drawLines(page: Page, titles: readonly string[], lines: readonly string[], x: number, width: number): number {
  let y = page.y;
  for (const title of titles) {
    page.type.write(title, x, y, label);
    y += 13;
  }
  for (const [index, line] of lines.entries()) {
    const style = index === 0 ? strong : text;
    for (const part of page.type.lines(line, width, style)) {
      page.type.write(part, x, y, style);
      y += 12.5;
    }
  }
  return y;
}

/** Labels at the left, values at the right end. @returns where they end */
function drawFacts(page: Page, facts: DocumentContent['facts'], x: number, width: number): number {
  let y = page.y;
  for (const { label: name, value } of facts) {
    page.type.write(name, x, y, label);
    const room = width - page.type.width(name, label) - 8;
    const [first = '', ...rest] = page.type.lines(value, Math.max(room, 60), text);
    page.type.write(first, x + width, y, text, 'right');
    for (const part of rest) {
      y += 12.5;
      page.type.write(part, x + width, y, text, 'right');
    }
    y += 12.5;
  }
  return y;
}

/** Taxes by rate at the left, sums at the right: together on a page. */
function drawSums(page: Page, { totals, taxSummary, remark }: DocumentContent): void {
  const rowHeight = 15;
  const taxes = taxSummary ? taxSummary.rows.length + 2 : 0;
  page.need(Math.max(totals.length * rowHeight + 8, (taxes + 1) * 13) + 20);
  const { left, right } = page;
  const top = page.y + 4;
  page.type.write(remark, left, top + 6, { ...small, color: '#5b6b7b' });
  if (taxSummary) drawTaxes(page, taxSummary, top + 26);
  let y = top + 8;
  const start = left + (right - left) * 0.58;
  for (const { label: name, value, isSum } of totals) {
    const style = isSum ? { size: 10, bold: true } : text;
    if (isSum) {
      page.rule(start, right, y - 10.5, '#1d2733', 0.8);
      y += 2.5;
    }
    const shown = page.type.lines(name, right - start - page.type.width(value, style) - 8, style);
    page.type.write(shown[0] ?? '', start, y, style);
    page.type.write(value, right, y, style, 'right');
    y += isSum ? rowHeight + 2 : rowHeight;
  }
  page.y = Math.max(y, top + 26 + taxes * 13) + 10;
}

function drawTaxes(page: Page, { title, head, rows }: NonNullable<DocumentContent['taxSummary']>, top: number): void {
  const { left, right } = page;
  const width = (right - left) * 0.53;
  const widths = head.map((name, column) =>
    Math.max(page.type.width(name, label), ...rows.map((cells) => page.type.width(cells[column] ?? '', small))),
  );
  const numbers = widths.slice(1).reduce((sum, one) => sum + one + 10, 0);
  const ends = widths.map((_, column) =>
    column === 0 ? left : left + width - widths.slice(column + 1).reduce((sum, one) => sum + one + 10, 0),
  );
  page.type.write(title, left, top, { size: 8, bold: true });
  for (const [row, cells] of [head, ...rows].entries()) {
    const style = row === 0 ? label : small;
    const y = top + 13 * (row + 1);
    for (const [column, cell] of cells.entries()) {
      const first = column === 0;
      const shown = first ? (page.type.lines(cell, width - numbers, style)[0] ?? '') : cell;
      page.type.write(shown, ends[column] ?? left, y, style, first ? 'left' : 'right');
    }
  }
}

function drawNotes(page: Page, { notes, bank }: DocumentContent): void {
  page.need(notes.length * 12.5 + (bank ? bank.facts.length * 12.5 + 34 : 0) + 10);
  page.y += 8;
  for (const note of notes) {
    for (const line of page.type.lines(note, page.right - page.left, text)) {
      page.need(12.5);
      page.type.write(line, page.left, page.y, text);
      page.y += 12.5;
    }
  }
  if (!bank) return;
  page.y += 10;
  page.type.write(bank.title, page.left, page.y, strong);
  page.y += 14;
  page.y = drawFacts(page, bank.facts, page.left, 260);
}
