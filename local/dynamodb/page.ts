import { crc32 } from 'node:zlib';
import { withReadyList } from '../kernel/ready-text.ts';
import type { Item } from './attribute-value.ts';
import { Bill, DETAILS, type Detail, readUnits } from './capacity.ts';
import type { Engine } from './engine.ts';
import type { Predicate } from './expressions/condition.ts';
import type { Expressions } from './expressions/expressions.ts';
import { type KeyPart, keyPart } from './keys.ts';
import { flag, type Input, oneOf, optionalInteger, validation } from './request.ts';
import { type KeySchema, keepNames, keyNames, projectedSize } from './schema.ts';
import { type Index, readRow, type Table } from './table.ts';
import { checkNotNested } from './write-action.ts';

const LARGEST_PAGE = 1024 * 1024;
/** Most pages end with these rows, and taking rows from SQLite one at a time costs twice as much; a page of 1 MB may end before. */
const READ_AT_ONCE = 32;
const SELECTS = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] as const;

/** What a query or scan reads from: the table or one of its indexes. */
export interface Source {
  table: Table;
  index: Index | undefined;
  schema: KeySchema;
  columns: { hash: string; range: string };
}

/** What Query and Scan have in common. */
export interface PageRequest {
  limit: number | undefined;
  consistent: boolean;
  countOnly: boolean;
  /** Whether a local index is to give what it does not hold: it is read from the items then, at their cost. */
  fetch: boolean;
  filter: Predicate | undefined;
  /** Undefined = all of an item. */
  project: ((item: Item) => Item) | undefined;
  values: Item;
  segment: { number: number; of: number } | undefined;
  detail: Detail;
}

interface Walk extends PageRequest {
  where: string[];
  parameters: KeyPart[];
  backward: boolean;
}

/** What no parameter may be, whatever the table: AWS looks at that before anything else. */
export function checkConstraints(input: Input): void {
  oneOf(input, 'Select', SELECTS, 'COUNT');
  optionalInteger(input, 'Limit', 1);
  oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  readSegment(input);
}

export function readPageRequest(input: Input, source: Source, expressions: Expressions): PageRequest {
  const { projection, filter, values, nested } = expressions;
  checkNotNested(source.table.definition, nested);
  const { countOnly, fetch } = checkSelect(input, source, projection?.heads);
  return {
    limit: optionalInteger(input, 'Limit', 1),
    consistent: flag(input, 'ConsistentRead'),
    countOnly,
    fetch,
    filter: filter?.matches,
    project: projection?.project,
    values,
    segment: readSegment(input),
    detail: oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE'),
  };
}

function checkSelect(input: Input, { index }: Source, wanted: Set<string> | undefined) {
  const select = oneOf(input, 'Select', SELECTS, wanted ? 'SPECIFIC_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES');
  const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);
  const refused = (message: string) => validation(`1 validation error detected: ${message}`);
  if (wanted && select !== 'SPECIFIC_ATTRIBUTES') {
    const parameter = input.AttributesToGet ? 'AttributesToGet' : 'ProjectionExpression';
    throw refused(
      `Cannot specify the ${parameter} when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`,
    );
  }
  if (!wanted && select === 'SPECIFIC_ATTRIBUTES') {
    throw refused('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
  if (input.Select === 'ALL_PROJECTED_ATTRIBUTES' && !index) {
    throw refused('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  const local = index?.definition.local === true;
  if (index?.projected && !local && select === 'ALL_ATTRIBUTES') {
    throw invalid(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.definition.name} ` +
        'because its projection type is not ALL',
    );
  }
  const missing = [...(wanted ?? [])].filter((name) => index?.projected && !index.projected.has(name));
  if (index && !local && missing.length > 0) {
    throw invalid(`Global secondary index ${index.definition.name} does not project [${missing.join(', ')}]`);
  }
  const fetch = local && index.projected !== undefined && (select === 'ALL_ATTRIBUTES' || missing.length > 0);
  return { countOnly: select === 'COUNT', fetch };
}

function readSegment(input: Input): PageRequest['segment'] {
  const of = optionalInteger(input, 'TotalSegments', 1, 1_000_000);
  const number = optionalInteger(input, 'Segment', 0, 999_999);
  if (of === undefined && number === undefined) return undefined;
  if (of === undefined || number === undefined) {
    const [missing, present] = of === undefined ? ['TotalSegments', 'Segment'] : ['Segment', 'TotalSegments'];
    throw validation(
      `The ${missing} parameter is required but was not present in the request when ` +
        (of === undefined ? `${present} parameter is present` : `parameter ${present} is present`),
    );
  }
  if (number >= of) {
    throw validation('The Segment parameter is zero-based and must be less than parameter TotalSegments');
  }
  return { number, of };
}

/** The attributes of ExclusiveStartKey and LastEvaluatedKey. */
export function startKeyNames({ table, schema }: Source): Set<string> {
  return new Set([...keyNames(table.definition), ...keyNames(schema)]);
}

/** Reads on until the limit or 1 MB is reached, then says where it stopped. */
export async function readPage(engine: Engine, source: Source, walk: Walk): Promise<unknown> {
  const page = await engine.kernel.storage.read(() => collect(source, walk));
  const { table, index } = source;
  const bill = new Bill('read');
  const units = readUnits(page.size, walk.consistent);
  bill.add(
    table,
    index ? { table: page.fetchUnits, indexes: new Map([[index.definition.name, units]]) } : { table: units },
  );
  bill.charge(engine.meter);
  const [capacity] = bill.shown(walk.detail) ?? [];
  const rest = {
    Count: page.count,
    ScannedCount: page.scanned,
    ...(page.last ? { LastEvaluatedKey: keepNames(page.last, startKeyNames(source)) } : {}),
    ...(capacity ? { ConsumedCapacity: capacity } : {}),
  };
  if (walk.countOnly) return rest;
  return page.texts ? withReadyList('Items', page.texts, rest) : { Items: page.items, ...rest };
}

interface Page {
  items: Item[];
  /** Instead of `items`, as JSON. */
  texts?: string[];
  count: number;
  scanned: number;
  /** Of what was read from the index or the table, in bytes. */
  size: number;
  /** What fetching items for a local index cost. */
  fetchUnits: number;
  last?: Item;
}

function collect(source: Source, walk: Walk): Page {
  const { filter, project, segment, countOnly } = walk;
  const whole = !filter && !project && !segment && !countOnly && !source.index?.projected;
  return whole ? collectWhole(source, walk) : collectParts(source, walk);
}

/** Items that are answered as they lie there need not be looked into. */
function collectWhole(source: Source, walk: Walk): Page {
  const texts: string[] = [];
  let size = 0;
  let last: Item | undefined;
  for (const row of rows(source, walk)) {
    texts.push(String(row.item));
    size += Number(row.size);
    if (texts.length === walk.limit || size >= LARGEST_PAGE) {
      last = readRow(row).item;
      break;
    }
  }
  const page = { items: [], texts, count: texts.length, scanned: texts.length, size, fetchUnits: 0 };
  return last ? { ...page, last } : page;
}

function collectParts(source: Source, walk: Walk): Page {
  const { limit, filter, project, values, countOnly, fetch, consistent } = walk;
  const projected = source.index?.projected;
  const page: Page = { items: [], count: 0, scanned: 0, size: 0, fetchUnits: 0 };
  for (const row of rows(source, walk)) {
    const { item, size } = readRow(row);
    if (walk.segment && !inSegment(item, source, walk.segment)) continue;
    const seen = fetch ? item : keepNames(item, projected);
    if (fetch) page.fetchUnits += readUnits(size, consistent);
    page.scanned += 1;
    page.size += projected ? projectedSize(item, projected) : size;
    if (!filter || filter(seen, values)) {
      page.count += 1;
      if (!countOnly) page.items.push(project ? project(seen) : seen);
    }
    if (page.scanned === limit || page.size >= LARGEST_PAGE) {
      page.last = item;
      break;
    }
  }
  return page;
}

function* rows({ table, index, columns }: Source, { where, parameters, backward, limit, segment }: Walk) {
  const direction = backward ? 'DESC' : 'ASC';
  const sorted = [columns.hash, columns.range, ...(index ? ['i.pk', 'i.sk'] : [])];
  // CROSS JOIN keeps SQLite from starting at the items.
  const from = index
    ? `SELECT t.id, t.item, t.size FROM ${index.sqlName} i CROSS JOIN ${table.sqlName} t ON t.id = i.id`
    : `SELECT id, item, size FROM ${table.sqlName}`;
  const statement = table.sql(
    `${from} ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
     ORDER BY ${sorted.map((column) => `${column} ${direction}`).join(', ')} LIMIT ? OFFSET ?`,
  );
  const most = segment ? Number.POSITIVE_INFINITY : (limit ?? Number.POSITIVE_INFINITY);
  const first = Math.min(most, READ_AT_ONCE);
  const rows = statement.all(...parameters, first, 0);
  yield* rows;
  if (rows.length < READ_AT_ONCE || most === READ_AT_ONCE) return;
  const rest = most === Number.POSITIVE_INFINITY ? -1 : most - READ_AT_ONCE;
  yield* statement.iterate(...parameters, rest, READ_AT_ONCE);
}

function inSegment(item: Item, { schema }: Source, { number, of }: { number: number; of: number }): boolean {
  return crc32(keyPart(item[schema.hash.name]!)) % of === number;
}
