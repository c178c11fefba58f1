import type { StockAdjusted } from '../../../shared/domain/stock/entry.ts';
import { postingsOfEntry } from '../../../shared/domain/stock/entry.ts';
import { outstanding, type Supply } from '../../../shared/domain/stock/supply.ts';
import { inTransit, type Transfer } from '../../../shared/domain/stock/transfer.ts';
import type { Bucket } from '../../../shared/domain/stock.ts';
import { bucketCounters } from '../../../shared/domain/stock.ts';
import type { LedgerLine, StockOfSku } from '../../../shared/ports/stock-store.ts';
import type { StockDone } from '../../../shared/use-cases/stock/execute-stock.ts';

export const representBucket = (one: Bucket) => ({
  sku: one.sku,
  locationId: one.locationId,
  onHand: one.onHand,
  available: one.available,
  held: one.held,
  committed: one.committed,
  unavailable: one.unavailable,
  unavailableBy: { damaged: one.damaged, quality_control: one.quality_control, quarantine: one.quarantine },
  missing: one.missing,
  updatedAt: one.updatedAt,
});

/** A SKU over all its locations. */
export function representSku({ sku, lowAt, category, buckets }: StockOfSku) {
  const totals = Object.fromEntries(
    bucketCounters.map((counter) => [counter, buckets.reduce((sum, bucket) => sum + bucket[counter], 0)]),
  );
  const { onHand, available, held, committed, unavailable } = totals;
  return {
    sku,
    lowAt,
    category,
    totals: { onHand, available, held, committed, unavailable },
    buckets: buckets.map(representBucket),
  };
}

/** The one movement of a command at one bucket, with the bucket after it. */
export function representMovement({ events, buckets }: StockDone) {
  const [event] = events;
  const [bucket] = buckets;
  if (!event || !bucket) throw new Error('a movement has an entry and a bucket');
  const line = {
    id: event.id,
    at: event.at,
    actor: event.actor,
    note: event.note,
    data: event.data as StockAdjusted,
  };
  return { ...entryFields(line), stock: representBucket(bucket) };
}

const entryFields = ({
  id,
  at,
  actor,
  note,
  data,
}: {
  id: string;
  at: string;
  actor: { id: string; role: string };
  note?: string | undefined;
  data: StockAdjusted;
}) => ({
  id,
  at,
  sku: data.sku,
  locationId: data.locationId,
  kind: data.kind ?? 'count',
  reason: data.reason ?? 'counted',
  change: data.change,
  availableChange: data.availableChange ?? data.change,
  postings: postingsOfEntry(data).map(({ from, to, quantity }) => ({ from, to, quantity })),
  reference: data.reference,
  count: data.count,
  note,
  actor: { id: actor.id, role: actor.role },
});

export function representLedgerLine({ id, at, sku, locationId, entry, order }: LedgerLine) {
  if (entry) return entryFields({ id, at, actor: entry.actor, note: entry.note, data: entry.data });
  if (!order) throw new Error('a line of the ledger is an entry or an order');
  const { change, orderId } = order;
  const [from, to] = change < 0 ? ['COMMITTED', 'EXTERNAL'] : ['EXTERNAL', 'AVAILABLE'];
  return {
    id,
    at,
    sku,
    locationId,
    kind: 'order',
    reason: change < 0 ? 'left' : 'came_back',
    change,
    availableChange: Math.max(0, change),
    postings: [{ from, to, quantity: Math.abs(change) }],
    reference: { type: 'order', id: orderId },
  };
}

export const representTransfer = (one: Transfer) => ({
  id: one.id,
  from: one.from,
  to: one.to,
  status: one.status,
  lines: one.lines.map((line) => ({
    sku: line.sku,
    quantity: line.quantity,
    received: line.received,
    inTransit: inTransit(line),
    lost: line.lost,
    returned: line.returned,
    supplyId: line.supplyId,
  })),
  eta: one.eta,
  reference: one.reference && { type: one.reference.type, id: one.reference.id },
  note: one.note,
  version: one.version,
  createdAt: one.createdAt,
  updatedAt: one.updatedAt,
});

export const representSupply = (one: Supply) => ({
  id: one.id,
  sku: one.sku,
  locationId: one.locationId,
  quantity: one.quantity,
  promised: one.promised,
  received: one.received,
  outstanding: outstanding(one),
  eta: one.eta,
  source: { type: one.source.type, id: one.source.id },
  status: one.status,
  version: one.version,
  createdAt: one.createdAt,
  updatedAt: one.updatedAt,
});
