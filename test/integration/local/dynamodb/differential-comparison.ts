import { BATCH_TABLE, type Schema, tableInput } from './differential-requests.ts';
import { comparable, type Outcome, type Request, type Side, type Sides } from './differential-world.ts';
import { knownDifferences } from './known-differences.ts';

type Answer = Record<string, unknown>;

export interface Mismatch {
  request: Request;
  ours: Outcome;
  theirs: Outcome;
}

/** A table of its own on both sides. */
export class Comparison {
  readonly #sides: Sides;
  readonly #table: string;

  constructor(sides: Sides, table: string) {
    this.#sides = sides;
    this.#table = table;
  }

  async create(schema: Schema): Promise<void> {
    const request: Request = { operation: 'CreateTable', input: tableInput(this.#table, schema) };
    for (const side of [this.#sides.ours, this.#sides.theirs]) {
      const { error } = await side(request);
      if (error) throw new Error(`${error.name}: ${error.message}`);
      await becomesActive(side, this.#table);
    }
  }

  async drop(): Promise<void> {
    const request: Request = { operation: 'DeleteTable', input: { TableName: this.#table } };
    await Promise.all([this.#sides.ours(request), this.#sides.theirs(request)]);
  }

  /** The difference between what both answer, if there is one. */
  async run(request: Request): Promise<Mismatch | undefined> {
    const addressed = { ...request, input: addressedTo(this.#table, request.input) };
    const [ours, theirs] = await Promise.all([
      complete(this.#sides.ours, addressed),
      complete(this.#sides.theirs, addressed),
    ]);
    return same(ours, theirs) ? undefined : { request, ours, theirs };
  }
}

export function isKnown({ request, ours, theirs }: Mismatch): boolean {
  return knownDifferences.some(({ applies }) => applies(request, ours, theirs));
}

function same(ours: Outcome, theirs: Outcome): boolean {
  return JSON.stringify(comparable(ours)) === JSON.stringify(comparable(theirs));
}

async function becomesActive(side: Side, TableName: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const { answer } = await side({ operation: 'DescribeTable', input: { TableName } });
    if ((answer?.Table as Answer | undefined)?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`${TableName} does not become active`);
}

function addressedTo(table: string, input: Answer): Answer {
  const items = input.RequestItems as Answer | undefined;
  if (!items) return { TableName: table, ...input };
  return { ...input, RequestItems: { [table]: items[BATCH_TABLE] } };
}

/**
 * One answer to compare: of a query or scan, all its pages. Those of a scan come in any order, and so do entries of an index with
 * the same keys.
 */
async function complete(side: Side, request: Request): Promise<Outcome> {
  const first = await side(request);
  if (first.error) return first;
  if (request.operation === 'BatchGetItem') return { answer: withItems(first.answer, 'Responses') };
  if (request.operation !== 'Query' && request.operation !== 'Scan') return first;
  const pages = await allPages(side, request, first.answer);
  if (pages.error) return pages;
  const ordered = request.operation === 'Query' && request.input.IndexName === undefined;
  if (ordered) return { answer: { pages: pages.answer } };
  return { answer: summed(pages.answer, request) };
}

async function allPages(
  side: Side,
  request: Request,
  first: Answer,
): Promise<{ answer: Answer[]; error?: never } | Extract<Outcome, { error: object }>> {
  const pages = [first];
  const segments = segmentsOf(request);
  for (const Segment of segments) {
    let input: Answer = { ...request.input, ...(Segment === undefined ? {} : { Segment }) };
    let page: Answer | undefined = Segment === undefined || Segment === request.input.Segment ? first : undefined;
    while (page === undefined || page.LastEvaluatedKey !== undefined) {
      if (page) input = { ...input, ExclusiveStartKey: fromComparable(page.LastEvaluatedKey) };
      const { answer, error } = await side({ ...request, input });
      if (error) return { error };
      page = answer;
      pages.push(page);
    }
  }
  return { answer: pages };
}

/** All segments of a parallel scan: which item is in which differs. */
function segmentsOf({ input }: Request): (number | undefined)[] {
  const { TotalSegments } = input;
  return typeof TotalSegments === 'number' ? Array.from({ length: TotalSegments }, (_, number) => number) : [undefined];
}

function summed(pages: Answer[], { input }: Request): Answer {
  const sum = (name: string) => pages.reduce((total, page) => total + Number(page[name]), 0);
  const items = pages.flatMap((page) => (page.Items as unknown[] | undefined) ?? []);
  return {
    Items: inOneOrder(items),
    Count: sum('Count'),
    ScannedCount: sum('ScannedCount'),
    ...(pages.length === 1 && input.TotalSegments === undefined
      ? { ConsumedCapacity: pages[0]!.ConsumedCapacity }
      : {}),
  };
}

function withItems(answer: Answer, name: string): Answer {
  const tables = Object.entries(answer[name] as Record<string, unknown[]>);
  return { ...answer, [name]: Object.fromEntries(tables.map(([table, items]) => [table, inOneOrder(items)])) };
}

function inOneOrder(items: unknown[]): unknown[] {
  return items.map((item) => JSON.stringify(item)).sort();
}

/** A key as it was before it was made comparable. */
function fromComparable(key: unknown): unknown {
  return JSON.parse(JSON.stringify(key), (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith('bytes ')
      ? Uint8Array.from(Buffer.from(value.slice(6), 'hex'))
      : value,
  );
}
