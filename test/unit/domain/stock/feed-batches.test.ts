import { expect, test } from 'vitest';
import { type Batch, batchesOf, type NumberedRow } from '../../../../shared/domain/stock/feed-batches.ts';

const chunk = { part: 3, index: 2 };
const row = (n: number, sku: string, location = 'dc-1'): NumberedRow => ({ row: n, fields: [sku, location, '1', ''] });

/** One for the mark, one for each SKU, two for each row. */
const actionsOf = ({ rows }: Batch): number => 1 + new Set(rows.map(({ fields }) => fields[0])).size + 2 * rows.length;

test('rows of many SKUs: batches that fit into a transaction of 100 actions, each row in one of them', () => {
  const rows = Array.from({ length: 500 }, (_, n) => row(n + 1, `sku-${n}`));
  const sequences = batchesOf(chunk, rows);
  expect(sequences.every((sequence) => sequence.length === 1)).toBe(true);
  const batches = sequences.flat();
  expect(batches).toHaveLength(16);
  expect(Math.max(...batches.map(actionsOf))).toBe(100);
  expect(batches.flatMap((batch) => batch.rows)).toEqual(rows);
  expect(batches[1]).toMatchObject({ key: '03#02#001', part: 3 });
});

test('a SKU at 200 locations: batches that follow one another, whatever else stands between its rows', () => {
  const rows = Array.from({ length: 400 }, (_, n) => row(n + 1, n % 2 === 0 ? 'everywhere' : `sku-${n}`, `store-${n}`));
  const sequences = batchesOf(chunk, rows);
  const withIt = sequences.filter((sequence) =>
    sequence.some((batch) => batch.rows.some(({ fields }) => fields[0] === 'everywhere')),
  );
  expect(withIt).toHaveLength(1);
  expect(withIt[0]?.length).toBe(5);
  expect(sequences.flat().every((batch) => actionsOf(batch) <= 100)).toBe(true);
  expect(sequences.flat().flatMap((batch) => batch.rows)).toHaveLength(400);
  expect(new Set(sequences.flat().map(({ key }) => key)).size).toBe(sequences.flat().length);
});

test('done again, the same rows are the same batches under the same keys', () => {
  const rows = Array.from({ length: 300 }, (_, n) => row(n + 1, `sku-${n % 70}`, `store-${n}`));
  expect(batchesOf(chunk, rows)).toEqual(batchesOf(chunk, rows));
  expect(batchesOf(chunk, [])).toEqual([]);
});
