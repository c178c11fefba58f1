import type { DocumentContent, Row } from './content.ts';
import type { Page } from './page.ts';

const head = { size: 8, color: '#5b6b7b' };
const cell = { size: 9 };
const detail = { size: 7.5, color: '#5b6b7b' };
const lineHeight = 12;
const gap = 10;

/** The lines of a document. Columns are as wide as what stands in them; the item has the rest. */
export function drawTable(page: Page, { columns, rows }: DocumentContent): void {
  const widths = columns.map(({ label, of }) =>
    of === 'item'
      ? 0
      : Math.max(page.type.width(label, head), ...rows.map((row) => page.type.width(row[of], cell))) + gap,
  );
  const itemWidth = page.right - page.left - widths.reduce((sum, width) => sum + width, 0);
  const ends = widths.map((_, index) =>
    columns[index]?.of === 'item'
      ? page.left
      : page.left + itemWidth + widths.slice(0, index + 1).reduce((sum, width) => sum + width, 0),
  );
  const drawHead = () => {
    for (const [index, { label, of }] of columns.entries()) {
      page.type.write(label, ends[index] ?? 0, page.y, head, of === 'item' ? 'left' : 'right');
    }
    page.rule(page.left, page.right, page.y + 6, '#1d2733', 0.8);
    page.y += 20;
  };
  page.need(60);
  drawHead();
  page.onNewPage = drawHead;
  for (const row of rows) drawRow(page, row, { columns, ends, itemWidth });
  page.onNewPage = undefined;
}

interface Layout {
  columns: DocumentContent['columns'];
  ends: readonly number[];
  itemWidth: number;
}

function drawRow(page: Page, row: Row, { columns, ends, itemWidth }: Layout): void {
  const names = page.type.lines(row.item, itemWidth - gap, cell).slice(0, 6);
  const details = row.detail === '' ? [] : page.type.lines(row.detail, itemWidth - gap, detail).slice(0, 2);
  const height = names.length * lineHeight + details.length * (lineHeight - 2);
  page.need(height + 6);
  for (const [index, { of }] of columns.entries()) {
    if (of !== 'item') page.type.write(row[of], ends[index] ?? 0, page.y, cell, 'right');
  }
  for (const [index, name] of names.entries()) page.type.write(name, page.left, page.y + index * lineHeight, cell);
  for (const [index, line] of details.entries()) {
    page.type.write(line, page.left, page.y + names.length * lineHeight + index * (lineHeight - 2) - 1, detail);
  }
  page.y += height - 4;
  page.rule(page.left, page.right, page.y);
  page.y += 13;
}
