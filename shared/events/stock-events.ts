import * as z from 'zod';
import { LocationId, Sku } from '../domain/ids.ts';
import { Reference, stockAdjustedData } from '../domain/stock/entry.ts';
import { SupplyId, SupplySource, SupplyStatus } from '../domain/stock/supply.ts';
import { TransferId, TransferStatus } from '../domain/stock/transfer.ts';

const level = z.looseObject({
  sku: Sku,
  locationId: LocationId,
  /** When it was looked at. */
  available: z.int().min(0),
  /** The threshold of the SKU, if it has one. */
  lowAt: z.int().optional(),
});

const line = z.object({
  sku: Sku,
  quantity: z.int(),
  received: z.int(),
  lost: z.int(),
  returned: z.int(),
});

/** `quantity = received + lost + returned + what is in transit`, on every line. */
const transfer = z.looseObject({
  transferId: TransferId,
  from: LocationId,
  to: LocationId,
  status: TransferStatus,
  lines: z.array(line),
  eta: z.string().optional(),
  reference: Reference.optional(),
});

const supply = z.looseObject({
  supplyId: SupplyId,
  sku: Sku,
  locationId: LocationId,
  quantity: z.int(),
  received: z.int(),
  promised: z.int(),
  eta: z.string(),
  source: SupplySource,
  status: SupplyStatus,
});

/** What happens to stock outside of any order. Loose, as the order's events are: a reader accepts fields that a later version adds. */
export const stockEventData = {
  'stock.adjusted': stockAdjustedData,
  'stock.low': level,
  'stock.out': level,
  'stock.back': level,
  'transfer.dispatched': transfer,
  'transfer.received': transfer.extend({ arrived: z.array(z.object({ sku: Sku, quantity: z.int() })) }),
  'transfer.canceled': transfer.extend({ reason: z.string() }),
  'supply.expected': supply,
  'supply.changed': supply,
  'supply.received': supply.extend({ units: z.int() }),
  'supply.canceled': supply.extend({ reason: z.string() }),
} as const;

export type StockEventType = keyof typeof stockEventData;

/** An event as it stands in the log of a SKU, a transfer or a supply. */
export interface StockEvent {
  id: string;
  type: StockEventType;
  sequence: number;
  at: string;
  correlationId: string;
  causationId: string;
  data: Record<string, unknown>;
}

const logs = {
  stock: { partition: 'SKU#', id: 'sku', prefix: 'sku_' },
  transfer: { partition: 'TRANSFER#', id: 'transferId', prefix: '' },
  supply: { partition: 'SUPPLY#', id: 'supplyId', prefix: '' },
} as const;

const logOf = (type: StockEventType) => {
  if (type.startsWith('transfer.')) return logs.transfer;
  return type.startsWith('supply.') ? logs.supply : logs.stock;
};

/** What the partition of an event of this type begins with. */
export const partitionOfStockEvent = (type: StockEventType): string => logOf(type).partition;

/** Whose log an event stands in. */
export function subjectOfStockEvent({ type, data }: Pick<StockEvent, 'type' | 'data'>): string {
  const { id, prefix } = logOf(type);
  return `${prefix}${String(data[id])}`;
}

export const isStockEventType = (type: string): type is StockEventType => Object.hasOwn(stockEventData, type);
