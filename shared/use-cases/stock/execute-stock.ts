import type { Actor } from '../../domain/actor.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { StockCommand } from '../../domain/stock/commands.ts';
import { decideStock } from '../../domain/stock/decide.ts';
import {
  bucketKey,
  rejectStock,
  type StockDecision,
  type StockRejection,
  type StockState,
} from '../../domain/stock/decision.ts';
import { changeOf, entryData } from '../../domain/stock/entry.ts';
import type { Supply } from '../../domain/stock/supply.ts';
import type { Transfer } from '../../domain/stock/transfer.ts';
import { applyChange, type Bucket, type BucketChange, bucketChanges, emptyBucket } from '../../domain/stock.ts';
import type {
  BucketWrite,
  StockAnswer,
  StockCommit,
  StockItem,
  StockLogEvent,
  StockRead,
  StockStore,
} from '../../ports/stock-store.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { StoreContention } from '../execute.ts';

export interface StockDeps {
  stock: StockStore;
  system: System;
}

export interface StockMeta {
  actor: Actor;
  correlationId: string;
  causationId: string;
  /** The key of the request, and what is answered when the command is done: kept in the same transaction. */
  idempotency?: { owner: string; key: string; requestHash: string; status: number } | undefined;
  answerOf?: ((done: StockDone) => string) | undefined;
}

export interface StockDone {
  /** Of the ledger entries. */
  events: StockLogEvent[];
  /** As they are after the command, as far as it saw: orders may have moved them meanwhile. */
  buckets: Bucket[];
  transfer?: Transfer | undefined;
  supplies: Supply[];
}

export type StockExecuted =
  | ({ outcome: 'done' } & StockDone)
  | { outcome: 'rejected'; rejection: StockRejection }
  /** The key was used before, for the same request (`isSame`) or for another one. */
  | { outcome: 'replay'; answer: StockAnswer; isSame: boolean };

const attempts = 12;
const firstPause = 10;
const longestPause = 800;
const sevenDays = 7 * 24 * 3600;

/**
 * Read, decide, commit: the one way an operator changes stock. On a conflict everything is done again from the read, after a pause with
 * full jitter (10 ms doubling to 800 ms).
 * @throws StoreContention when every attempt met a conflict
 */
export async function executeStock(deps: StockDeps, command: StockCommand, meta: StockMeta): Promise<StockExecuted> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0)
      await deps.system.sleep(deps.system.random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
    const result = await attemptOnce(deps, command, meta);
    if (result !== 'again') return result;
  }
  throw new StoreContention(`${command.type}: every one of ${attempts} attempts met a conflict`);
}

async function attemptOnce(deps: StockDeps, command: StockCommand, meta: StockMeta): Promise<StockExecuted | 'again'> {
  const { stock } = deps;
  const transfer = 'transferId' in command ? await stock.transfer(command.transferId) : undefined;
  const touched = touchedBy(command, transfer);
  const places = await Promise.all(
    locationsOf(command).map(async (id) => ({ id, known: await stock.knowsLocation(id) })),
  );
  const unknown = places.find(({ known }) => !known);
  const read = await stock.read(touched.buckets);
  const state = await stateOf(deps, command, transfer, read);
  const decided = unknown
    ? rejectStock('location_not_found', `There is no location ${unknown.id}.`, { locationId: unknown.id })
    : decideStock(state, command);
  if (!decided.ok) return (await replay(deps, meta)) ?? { outcome: 'rejected', rejection: decided.rejection };
  if (isNothing(decided)) {
    const { supplies, buckets } = state;
    const unchanged = { events: [], buckets: [...buckets.values()], transfer, supplies: [...supplies.values()] };
    return (await replay(deps, meta)) ?? { outcome: 'done', ...unchanged };
  }
  const { commit, done } = writesOf(deps, state, read, decided, meta);
  switch ((await stock.commit(commit)).outcome) {
    case 'committed':
      return { outcome: 'done', ...done };
    case 'conflict':
      return 'again';
    case 'idempotency_key_taken':
      return (await replay(deps, meta)) ?? 'again';
  }
}

export const isNothing = ({ entries, transfer, supplies }: StockDecision): boolean =>
  entries.length === 0 && !transfer && supplies.length === 0;

async function replay({ stock }: StockDeps, { idempotency }: StockMeta): Promise<StockExecuted | undefined> {
  if (!idempotency) return undefined;
  const answer = await stock.answer(idempotency.owner, idempotency.key);
  return answer && { outcome: 'replay', answer, isSame: answer.requestHash === idempotency.requestHash };
}

/** Which buckets a command can change. */
function touchedBy(command: StockCommand, transfer: Transfer | undefined) {
  const at = (locationId: LocationId, skus: readonly { sku: Sku }[]) => skus.map(({ sku }) => ({ sku, locationId }));
  switch (command.type) {
    case 'transfer': {
      const { from, to, lines, mode } = command;
      return { buckets: [...at(from, lines), ...(mode === 'immediate' ? at(to, lines) : [])] };
    }
    case 'receiveTransfer':
      return { buckets: transfer ? at(transfer.to, transfer.lines) : [] };
    case 'cancelTransfer':
      return { buckets: transfer ? at(transfer.from, transfer.lines) : [] };
    case 'adjust':
    case 'receive':
    case 'count':
    case 'move':
      return { buckets: [{ sku: command.sku, locationId: command.locationId }] };
    default:
      return { buckets: [] };
  }
}

const locationsOf = (command: StockCommand): LocationId[] => {
  if (command.type === 'transfer') return [command.from, command.to];
  return 'locationId' in command ? [command.locationId] : [];
};

async function stateOf(
  { stock, system }: StockDeps,
  command: StockCommand,
  transfer: Transfer | undefined,
  { buckets, items }: StockRead,
): Promise<StockState> {
  const ids = [
    ...('supplyId' in command && command.supplyId !== undefined ? [command.supplyId] : []),
    ...(transfer?.lines ?? []).flatMap(({ supplyId }) => (supplyId === undefined ? [] : [supplyId])),
  ];
  const supplies = ids.length === 0 ? [] : await stock.supplies(ids);
  // After the buckets: a movement in between is found here, and the count's condition on the bucket fails.
  const [moved = 0] = await movedSince(stock, [command], { buckets, items });
  const now = [isoNow(system), ...[...items.values()].map(({ lastAt }) => lastAt)].sort().at(-1) ?? isoNow(system);
  return { now, buckets, transfer, supplies: new Map(supplies.map((one) => [one.id, one])), movedSince: moved };
}

/** Nothing is written longer than this after the moment that it is dated to: no function runs that long. */
const longestCommand = 5 * 60_000;

/**
 * Units that moved since counts were made; 0 for other commands. What did not move since is not asked for its movements: most of a feed has
 * not. Operators' are asked for once a SKU, however many of its locations were counted at that moment.
 */
export async function movedSince(
  stock: Pick<StockStore, 'movedByOrders' | 'movedByOperators'>,
  commands: readonly StockCommand[],
  { buckets, items }: StockRead,
): Promise<number[]> {
  const bySku = new Map<string, Promise<Map<LocationId, number>>>();
  const byOperators = async (sku: Sku, locationId: LocationId, asOf: string): Promise<number> => {
    const lastAt = items.get(sku)?.lastAt;
    if (lastAt !== undefined && Date.parse(lastAt) <= Date.parse(asOf)) return 0;
    const key = `${sku} ${asOf}`;
    const asked = bySku.get(key) ?? stock.movedByOperators(sku, asOf);
    bySku.set(key, asked);
    return (await asked).get(locationId) ?? 0;
  };
  return Promise.all(
    commands.map(async (command) => {
      if (command.type !== 'count' || command.asOf === undefined) return 0;
      const { sku, locationId, asOf } = command;
      const bucket = buckets.get(bucketKey(sku, locationId));
      // Nothing moves where nothing has ever been.
      if (!bucket) return 0;
      const isQuiet = Date.parse(bucket.updatedAt) < Date.parse(asOf) - longestCommand;
      const byOrders = isQuiet ? 0 : stock.movedByOrders(sku, locationId, asOf);
      return (await byOrders) + (await byOperators(sku, locationId, asOf));
    }),
  );
}

/** A decision as the rows that keep it: entries numbered within their SKU, buckets summed, documents with their event. */
export function writesOf(
  { system }: StockDeps,
  state: StockState,
  read: StockRead,
  decision: StockDecision,
  meta: StockMeta,
): { commit: StockCommit; done: StockDone } {
  const { now: at } = state;
  const common = { at, actor: meta.actor, correlationId: meta.correlationId, causationId: meta.causationId };
  const items = new Map<string, { before: StockItem; after: StockItem }>();
  const buckets = new Map(read.buckets);
  const events: StockLogEvent[] = decision.entries.map((entry) => {
    const { sku, locationId } = entry;
    const before = items.get(sku)?.before ?? read.items.get(sku) ?? { sku, sequence: 0, lastAt: at };
    const sequence = (items.get(sku)?.after ?? before).sequence + 1;
    items.set(sku, { before, after: { ...before, sequence, lastAt: at } });
    const after = moved(
      buckets.get(bucketKey(sku, locationId)) ?? emptyBucket(sku, locationId, at),
      changeOf(entry),
      at,
    );
    const bucket = decision.missing === undefined ? after : { ...after, missing: decision.missing };
    buckets.set(bucketKey(sku, locationId), bucket);
    const subject = { kind: 'sku', sku, locationId } as const;
    const data = entryData(entry, bucket);
    return { ...common, subject, id: system.eventId(), type: 'stock.adjusted', sequence, data, note: entry.note };
  });
  const documents = documentEvents(decision).map((event) => ({ ...common, ...event, id: system.eventId() }));
  const done: StockDone = {
    events,
    buckets: [...buckets]
      .filter(([key]) => decision.entries.some((one) => bucketKey(one.sku, one.locationId) === key))
      .map(([, one]) => one),
    transfer: decision.transfer?.after,
    supplies: decision.supplies.map(({ after }) => after),
  };
  const answer = meta.idempotency && {
    ...meta.idempotency,
    text: meta.answerOf?.(done) ?? '',
    expiresAt: Math.floor(system.now() / 1000) + sevenDays,
  };
  const commit: StockCommit = {
    at,
    items: [...items.values()],
    buckets: bucketWrites(decision, read),
    events: [...events, ...documents],
    transfer: done.transfer,
    supplies: done.supplies,
    answer,
  };
  return { commit, done };
}

const moved = (bucket: Bucket, change: BucketChange | undefined, at: string): Bucket => {
  if (!change) return bucket;
  const after = applyChange(bucket, change);
  if (!after) throw new Error('decided on a bucket that has not enough');
  return { ...after, updatedAt: at };
};

const documentEvents = ({ transfer, supplies }: StockDecision) => [
  ...(transfer
    ? [
        {
          ...transfer.event,
          subject: { kind: 'transfer', id: transfer.after.id } as const,
          sequence: transfer.after.version,
        },
      ]
    : []),
  ...supplies.map(({ after, event }) => ({
    ...event,
    subject: { kind: 'supply', id: after.id } as const,
    sequence: after.version,
  })),
];

function bucketWrites({ entries, missing }: StockDecision, read: StockRead): BucketWrite[] {
  const isCount = missing !== undefined;
  const postings = entries.flatMap((entry) => entry.postings);
  // A count without a difference still says what was missing, and must be of what was read.
  const bare = isCount && postings.length === 0 ? entries.map(({ sku, locationId }) => noMove(sku, locationId)) : [];
  return [...bucketChanges(postings), ...bare]
    .filter((change) => isCount || Object.values(change).some((value) => typeof value === 'number' && value !== 0))
    .map((change) => {
      const bucket = read.buckets.get(bucketKey(change.sku, change.locationId));
      const lowAt = read.items.get(change.sku)?.lowAt;
      return {
        change,
        isNew: !bucket,
        ...(isCount && { missing }),
        ...(isCount && bucket && { onHandWas: bucket.onHand }),
        // All that is available was taken for promises that were not found: fewer promises, and some of it was found after all.
        ...(isCount && bucket && missing > 0 && { availableWas: bucket.available }),
        ...(lowAt !== undefined && { lowAt }),
      };
    });
}

const noMove = (sku: Sku, locationId: LocationId): BucketChange => {
  const { updatedAt: _, missing: __, ...zero } = emptyBucket(sku, locationId, '');
  return zero;
};
