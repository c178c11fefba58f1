import * as z from 'zod';
import { MovementKind } from '../domain/stock/entry.ts';
import { SupplySource, SupplyStatus } from '../domain/stock/supply.ts';
import { TransferStatus } from '../domain/stock/transfer.ts';
import { Account } from '../domain/stock.ts';
import { Units } from './resource-fields.ts';

const Instant = z.iso.datetime();
const Posting = z.looseObject({ from: Account, to: Account, quantity: z.int() });

const counters = { onHand: Units, available: Units, held: Units, committed: Units, unavailable: Units };

export const BucketResource = z
  .looseObject({
    sku: z.string(),
    locationId: z.string(),
    ...counters,
    unavailableBy: z.looseObject({ damaged: Units, quality_control: Units, quarantine: Units }),
    missing: Units.meta({ description: 'Promised units that the last count did not find.' }),
    updatedAt: Instant,
  })
  .meta({ id: 'Stock', description: '`available + held + committed + unavailable = onHand`.' });

export const KitResource = z
  .looseObject({
    sku: z.string(),
    components: z
      .array(z.looseObject({ sku: z.string(), perUnit: z.int().min(1) }))
      .meta({ description: 'What one unit is made of.' }),
    updatedAt: Instant,
  })
  .meta({ id: 'Kit' });

export const SkuResource = z
  .looseObject({
    sku: z.string(),
    lowAt: z.int().optional().meta({ description: 'Its threshold.' }),
    category: z.string().optional().meta({ description: 'Whose safety stock it has.' }),
    totals: z.looseObject(counters),
    buckets: z.array(BucketResource),
  })
  .meta({ id: 'SkuStock' });

export const LedgerLineResource = z
  .looseObject({
    id: z.string(),
    at: Instant,
    sku: z.string(),
    locationId: z.string(),
    kind: z.enum([...MovementKind.options, 'order']),
    reason: z.string(),
    change: z.int().meta({ description: 'On hand, more or fewer than before.' }),
    availableChange: z.int(),
    postings: z.array(Posting),
    reference: z.looseObject({ type: z.string(), id: z.string() }).optional(),
    count: z.looseObject({ asOf: Instant, counted: z.int(), expected: z.int(), missing: z.int() }).optional(),
    note: z.string().optional(),
    actor: z.looseObject({ id: z.string(), role: z.string() }).optional(),
  })
  .meta({ id: 'StockMovement', description: 'Units went from one account to another: a double entry.' });

export const MovementResource = LedgerLineResource.extend({ stock: BucketResource }).meta({ id: 'MadeStockMovement' });

export const TransferResource = z
  .looseObject({
    id: z.string(),
    from: z.string(),
    to: z.string(),
    status: TransferStatus,
    lines: z.array(
      z.looseObject({
        sku: z.string(),
        quantity: z.int(),
        received: z.int(),
        inTransit: z.int(),
        lost: z.int(),
        returned: z.int(),
        supplyId: z.string().optional(),
      }),
    ),
    eta: Instant.optional(),
    reference: z.looseObject({ type: z.string(), id: z.string() }).optional(),
    note: z.string().optional(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Transfer', description: '`quantity = received + inTransit + lost + returned`, on every line.' });

export const SupplyResource = z
  .looseObject({
    id: z.string(),
    sku: z.string(),
    locationId: z.string(),
    quantity: z.int(),
    promised: z.int(),
    received: z.int(),
    outstanding: z.int(),
    eta: Instant,
    source: SupplySource,
    status: SupplyStatus,
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Supply', description: 'Units that are to arrive.' });

export const ShardsResource = z
  .looseObject({
    sku: z.string(),
    expectedPeak: z.int().nullable(),
    shards: z.int().nullable(),
    locations: z.array(
      z.looseObject({
        locationId: z.string(),
        reservations: z.int().meta({ description: 'Ever, by orders and carts.' }),
        shards: z.array(
          z.looseObject({
            onHand: z.int(),
            available: z.int(),
            held: z.int(),
            committed: z.int(),
            unavailable: z.int(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'StockShards' });

export const ThresholdResource = z
  .looseObject({ sku: z.string(), lowAt: z.int().nullable() })
  .meta({ id: 'StockThreshold' });
