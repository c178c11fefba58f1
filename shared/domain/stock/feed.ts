import * as z from 'zod';
import { Actor } from '../actor.ts';
import { LocationId, Sku } from '../ids.ts';
import type { BucketCommand } from './commands.ts';
import { AdjustmentReason, mostUnits, onlyFewer, onlyMore } from './entry.ts';

export const FeedId = z
  .string()
  .regex(/^feed_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'FeedId'>();
export type FeedId = z.infer<typeof FeedId>;

/** 5,000 rows of ordinary length are half a megabyte: half of what a request may hold. */
export const mostRowsPerPart = 5000;
/** 200,000 rows: what one validation holds in memory at once. */
export const mostParts = 40;
/** Rows that are stored, applied and counted together. */
export const rowsPerChunk = 500;

/** One character more than the longest field that can be right. */
export const longestField = 65;

export const FeedState = z.enum(['DRAFT', 'VALIDATING', 'APPLYING', 'DONE', 'REJECTED', 'FAILED', 'CANCELED']);
export type FeedState = z.infer<typeof FeedState>;

/** What another system says of our stock, in up to `mostParts` parts, as one piece of work. */
export const Feed = z.object({
  id: FeedId,
  /** delta: units more or fewer; reset: what was counted. */
  mode: z.enum(['delta', 'reset']),
  source: z.string(),
  /** Of a reset: when it was counted. Absent until it is submitted: then. */
  asOf: z.string().optional(),
  format: z.enum(['csv', 'json']),
  onError: z.enum(['skip', 'reject']),
  createdBy: Actor,
  createdAt: z.iso.datetime(),
  submittedAt: z.iso.datetime().optional(),
  /** Rows of each part, from part 1: fixed when it is submitted. */
  parts: z.array(z.int().min(1)).optional(),
  /** Of one that is rejected for a single wrong row: chunks whose rows were looked at with the stock as it is. Absent: not begun. */
  checkedChunks: z.int().min(0).optional(),
  /** Why it FAILED. */
  failure: z.string().optional(),
});
export type Feed = z.infer<typeof Feed>;

/** A feed and all that is kept of it are forgotten after that: longer than a count may lie back. */
const keptForDays = 90;
export const feedExpiresAt = ({ createdAt }: Pick<Feed, 'createdAt'>): number =>
  Math.floor(Date.parse(createdAt) / 1000) + keptForDays * 24 * 3600;

/** A row as it was sent: sku, location, quantity, reason (empty: none). One with another number of fields was malformed. */
export const FeedRow = z.array(z.string());
export type FeedRow = z.infer<typeof FeedRow>;

/** Where a row stands: rows of a part are numbered from 1. */
export interface RowPlace {
  part: number;
  row: number;
}

export interface RowError extends RowPlace {
  code: string;
  message: string;
}

/** Chunks of a feed, in order: `from` is the first row's number. */
export interface Chunk {
  part: number;
  index: number;
  from: number;
  rows: number;
}

export const chunksOf = (parts: readonly number[]): Chunk[] =>
  parts.flatMap((rows, part) =>
    Array.from({ length: Math.ceil(rows / rowsPerChunk) }, (_, index) => ({
      part: part + 1,
      index,
      from: index * rowsPerChunk + 1,
      rows: Math.min(rowsPerChunk, rows - index * rowsPerChunk),
    })),
  );

interface Parsed {
  sku: Sku;
  locationId: LocationId;
  quantity: number;
  reason?: AdjustmentReason | undefined;
}
type ReadRow = { ok: true; row: Parsed } | { ok: false; code: string; message: string };

const wrong = (code: string, message: string): ReadRow => ({ ok: false, code, message });
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Whole numbers as people and systems write them: no exponent, no separators, no blanks. */
const wholeNumber = /^[+-]?\d{1,10}$/;

/** What a row says, or what is wrong with it by itself. */
export function readRow({ mode }: Pick<Feed, 'mode'>, fields: FeedRow, locations: ReadonlySet<string>): ReadRow {
  const [sku = '', locationId = '', quantity = '', reason = ''] = fields;
  if (fields.length !== 4) return wrong('malformed_row', 'The row has not one field for each column.');
  const known = Sku.safeParse(sku);
  if (!known.success) return wrong('invalid_sku', `${shown(sku)} is no SKU.`);
  const location = LocationId.safeParse(locationId);
  if (!location.success || !locations.has(locationId)) {
    return wrong('unknown_location', `There is no location ${shown(locationId)}.`);
  }
  const units = Number(quantity);
  if (!wholeNumber.test(quantity) || Math.abs(units) > mostUnits) {
    return wrong('invalid_quantity', `${shown(quantity)} is no whole number up to ${mostUnits}.`);
  }
  const at = { sku: known.data, locationId: location.data, quantity: units };
  if (mode === 'delta') return readDelta(at, reason);
  if (units < 0) return wrong('negative_count', `${units} units cannot have been counted.`);
  return reason === '' ? { ok: true, row: at } : wrong('reason_not_allowed', 'A count has no reason.');
}

function readDelta(at: Parsed, reason: string): ReadRow {
  if (at.quantity === 0) return wrong('zero_quantity', 'A change of 0 units is no change.');
  const why = AdjustmentReason.safeParse(reason === '' ? 'correction' : reason);
  if (!why.success)
    return wrong('invalid_reason', `${shown(reason)} is none of ${AdjustmentReason.options.join(', ')}.`);
  if ((at.quantity > 0 ? onlyFewer : onlyMore).includes(why.data)) {
    return wrong('wrong_sign', `The reason ${why.data} goes with ${at.quantity > 0 ? 'fewer' : 'more'} units.`);
  }
  return { ok: true, row: { ...at, reason: why.data } };
}

/**
 * Collects what is wrong with the rows of a whole feed before any of them is applied. A SKU that stands twice at a location is wrong in
 * every one of its rows: nobody knows which of them was meant.
 */
export class FeedCheck {
  readonly #feed: Pick<Feed, 'mode'>;
  readonly #locations: ReadonlySet<string>;
  readonly #errors = new Map<string, RowError>();
  /** Where each bucket stands first; a string is smaller than an object, and there may be 200,000. */
  readonly #first = new Map<string, string>();

  constructor(feed: Pick<Feed, 'mode'>, locations: ReadonlySet<string>) {
    this.#feed = feed;
    this.#locations = locations;
  }

  add(place: RowPlace, fields: FeedRow): void {
    const read = readRow(this.#feed, fields, this.#locations);
    if (!read.ok) this.#note(place, read.code, read.message);
    const [sku, locationId] = fields;
    if (fields.length !== 4) return;
    const key = `${sku} ${locationId}`;
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, placeKey(place));
      return;
    }
    const message = `${shown(sku ?? '')} at ${shown(locationId ?? '')} stands in the feed more than once.`;
    for (const one of [placeOf(first), place]) this.#note(one, 'duplicate_row', message);
  }

  /** Of the rows of one chunk, by row. */
  errorsOf({ part, from, rows }: Chunk): RowError[] {
    return Array.from({ length: rows }, (_, n) => this.#errors.get(placeKey({ part, row: from + n }))).filter(
      (error) => error !== undefined,
    );
  }

  get count(): number {
    return this.#errors.size;
  }

  /** The first thing that is wrong with a row is told. */
  #note(place: RowPlace, code: string, message: string): void {
    const key = placeKey(place);
    if (!this.#errors.has(key)) this.#errors.set(key, { ...place, code, message });
  }
}

const placeKey = ({ part, row }: RowPlace): string => `${part}:${row}`;
const placeOf = (key: string): RowPlace => {
  const [part, row] = key.split(':').map(Number);
  return { part: part ?? 0, row: row ?? 0 };
};

/** What a row asks for. A count leaves promises, holds and what was set aside as they are, or is refused. */
export function rowCommand(feed: Feed, { part, row: number }: RowPlace, row: Parsed): BucketCommand {
  const { sku, locationId, quantity } = row;
  const note = `Feed of ${feed.source}, part ${part}, row ${number}`;
  const reference = { type: 'other', id: feed.id } as const;
  return feed.mode === 'delta'
    ? {
        type: 'adjust',
        sku,
        locationId,
        delta: quantity,
        reason: row.reason ?? 'correction',
        in: 'available',
        reference,
        note,
      }
    : {
        type: 'count',
        sku,
        locationId,
        counted: quantity,
        asOf: feed.asOf,
        onMissing: 'refuse',
        onlyDifference: true,
        note,
      };
}
