import type * as z from 'zod';
import { CsvFault, readTable } from '../../../shared/domain/stock/csv.ts';
import { type Feed, type FeedRow, longestField, mostRowsPerPart } from '../../../shared/domain/stock/feed.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { FeedPartBody } from './requests.ts';

/**
 * The rows of a part, as they were sent: what is wrong with a row is told when the whole feed is checked.
 * @throws ProblemError validation_failed: the part is not of the feed's format, or cannot be read as rows at all
 */
export function partRows({ format }: Pick<Feed, 'format'>, { rows, csv }: z.output<typeof FeedPartBody>): FeedRow[] {
  const given = format === 'csv' ? csv : rows;
  if (given === undefined)
    throw invalid(format === 'csv' ? '/csv' : '/rows', 'required', `The feed is of format ${format}.`);
  if (rows !== undefined && csv !== undefined) {
    throw invalid(format === 'csv' ? '/rows' : '/csv', 'unknown_field', `The feed is of format ${format}.`);
  }
  const read = csv === undefined ? (rows ?? []).map(fieldsOf) : csvRows(csv);
  return read.map((fields) => fields.map(stored));
}

type Row = NonNullable<z.output<typeof FeedPartBody>['rows']>[number];
const fieldsOf = ({ sku, locationId, quantity, reason = '' }: Row): FeedRow => [
  sku,
  locationId,
  String(quantity),
  reason,
];

function csvRows(csv: string): FeedRow[] {
  const rows = table(csv);
  if (rows.length === 0) throw invalid('/csv', 'no_rows', 'There is no row below the header.');
  if (rows.length > mostRowsPerPart) {
    throw invalid('/csv', 'too_many_rows', `A part has at most ${mostRowsPerPart} rows, this one ${rows.length}.`);
  }
  return rows;
}

function table(csv: string): FeedRow[] {
  try {
    return readTable(csv, ['sku', 'locationId', 'quantity', 'reason'], ['sku', 'locationId', 'quantity']);
  } catch (error) {
    if (error instanceof CsvFault) throw invalid('/csv', 'malformed_csv', error.message);
    throw error;
  }
}

/** What is longer is wrong, and stays wrong when it is cut: 500 rows must fit into an item of DynamoDB. */
const stored = (field: string): string =>
  field.length > longestField ? field.slice(0, longestField).toWellFormed() : field;

const invalid = (pointer: string, code: string, detail: string): ProblemError =>
  new ProblemError('validation_failed', undefined, { errors: [{ pointer, code, detail }] });
