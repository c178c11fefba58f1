import * as z from 'zod';
import { LocationId, Sku } from '../domain/ids.ts';
import { AdjustmentReason, mostUnits, onlyFewer, onlyMore, Reference } from '../domain/stock/entry.ts';
import { mostShards, reservationsPerRow } from '../domain/stock/shards.ts';
import { SupplySource } from '../domain/stock/supply.ts';
import { mostTransferLines } from '../domain/stock/transfer.ts';
import { UnavailableReason } from '../domain/stock.ts';
import { MomentGiven } from './fields.ts';

/** Bodies of requests that move stock. Strict: an unknown field is more often a typing error than a wish. */

const Units = z.int().min(1).max(mostUnits);
const Note = z.string().max(500).regex(/\S/, 'must not be blank').optional().meta({
  description: 'For people: kept in the ledger, never published.',
});
const Why = z.string().max(200).regex(/\S/, 'must not be blank');
const Place = z.enum(['available', ...UnavailableReason.options]);
const Ref = z
  .strictObject({ type: Reference.shape.type.exclude(['transfer', 'supply']), id: Reference.shape.id })
  .optional()
  .meta({ description: 'What it belongs to in your systems.' });

/** Nothing is lost upwards, nothing found downwards. */
export const AdjustmentBody = z
  .strictObject({
    delta: z
      .int()
      .min(-mostUnits)
      .max(mostUnits)
      .refine((delta) => delta !== 0, 'must not be 0')
      .meta({ description: 'Units more, or fewer when negative.' }),
    reason: AdjustmentReason.meta({
      description: `${onlyMore.join(', ')}: more; ${onlyFewer.join(', ')}: fewer; correction: either.`,
    }),
    in: Place.default('available').meta({ description: 'Where they come to or go from.' }),
    reference: Ref,
    note: Note,
  })
  .check(({ value: { delta, reason }, issues }) => {
    const wrong = delta > 0 ? onlyFewer : onlyMore;
    if (!wrong.includes(reason)) return;
    issues.push({
      code: 'custom',
      input: delta,
      path: ['delta'],
      params: { code: 'wrong_sign' },
      message: `The reason ${reason} goes with ${delta > 0 ? 'fewer' : 'more'} units.`,
    });
  })
  .meta({ id: 'AdjustStock' });

export const ReceiptBody = z
  .strictObject({
    quantity: Units,
    into: Place.default('available').meta({ description: 'quality_control: to be looked at before it is sold.' }),
    supplyId: z.string().max(64).optional().meta({ description: 'The supply that this is a part of.' }),
    reference: Ref,
    note: Note,
  })
  .meta({ id: 'ReceiveStock' });

export const CountBody = z
  .strictObject({
    counted: z.int().min(0).max(mostUnits).meta({
      description: 'Every unit at the location, sellable or not, promised or not.',
    }),
    asOf: MomentGiven.optional().meta({
      description: 'When it was counted, at most 31 days ago: what moved since is added. Default: now.',
    }),
    onMissing: z.enum(['refuse', 'open_discrepancy']).default('refuse').meta({
      description:
        'When promised or set aside units are missing: refuse, or write off all that is available and keep the rest as `missing`.',
    }),
    note: Note,
  })
  .meta({ id: 'CountStock' });

export const UnavailableBody = z
  .strictObject({ quantity: Units, from: Place, to: Place, reference: Ref, note: Note })
  .check(({ value: { from, to }, issues }) => {
    if (from !== to) return;
    issues.push({ code: 'custom', input: to, path: ['to'], message: 'is where they are already' });
  })
  .meta({ id: 'MoveStock' });

export const ThresholdBody = z
  .strictObject({
    lowAt: z.int().min(1).max(mostUnits).nullable().meta({
      description: 'The highest number of available units that is low, at any one location; null: none is.',
    }),
  })
  .meta({ id: 'PutThreshold' });

/** At most one of the two; neither: as many rows as the measured rate asks for. */
export const ShardsBody = z
  .strictObject({
    expectedPeak: z
      .int()
      .min(1)
      .max(mostShards * reservationsPerRow)
      .nullable()
      .default(null)
      .meta({
        description: `Reservations a second, at any one location, at the peak: a row for each ${reservationsPerRow}.`,
      }),
    shards: z.int().min(1).max(mostShards).nullable().default(null).meta({ description: 'Rows at each location.' }),
  })
  .check(({ value: { expectedPeak, shards }, issues }) => {
    if (expectedPeak === null || shards === null) return;
    issues.push({
      code: 'custom',
      input: shards,
      path: ['shards'],
      params: { code: 'both_given' },
      message: 'Say how many rows, or what peak to expect: not both.',
    });
  })
  .meta({ id: 'PutShards' });

/** One line a SKU, as for orders. */
function refuseRepeated({ value: lines, issues }: z.core.ParsePayload<{ sku: string }[]>): void {
  const seen = new Set<string>();
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku)) {
      const message = 'An earlier line has this SKU already.';
      issues.push({ code: 'custom', input: sku, path: [index, 'sku'], params: { code: 'duplicate_sku' }, message });
    }
    seen.add(sku);
  }
}

export const TransferBody = z
  .strictObject({
    from: LocationId,
    to: LocationId,
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Units }))
      .min(1)
      .max(mostTransferLines)
      .check(refuseRepeated),
    mode: z.enum(['dispatch', 'immediate']).default('dispatch').meta({
      description: 'dispatch: in transit until it is received. immediate: there at once.',
    }),
    eta: MomentGiven.optional().meta({ description: 'When it arrives; needed to dispatch.' }),
    reference: Ref,
    note: Note,
  })
  .check(({ value: { from, to, mode, eta }, issues }) => {
    if (from === to) issues.push({ code: 'custom', input: to, path: ['to'], message: 'is where it comes from' });
    if (mode === 'dispatch' && eta === undefined) {
      issues.push({
        code: 'custom',
        input: eta,
        path: ['eta'],
        params: { code: 'required' },
        message: 'Is required to dispatch.',
      });
    }
    if (mode === 'immediate' && eta !== undefined) {
      issues.push({ code: 'custom', input: eta, path: ['eta'], message: 'goes with dispatch only' });
    }
  })
  .meta({ id: 'TransferStock' });

export const ReceiveTransferBody = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: z.int().min(0).max(mostUnits), into: Place.default('available') }))
      .min(1)
      .max(mostTransferLines)
      .check(refuseRepeated)
      .optional()
      .meta({ description: 'What arrived. Absent: everything that is in transit.' }),
    final: z.boolean().default(false).meta({ description: 'Nothing more will come: what is missing is lost.' }),
  })
  .check(({ value: { lines, final }, issues }) => {
    if (final || !lines || lines.some(({ quantity }) => quantity > 0)) return;
    issues.push({ code: 'custom', input: lines, path: ['lines'], message: 'has no unit, and is not final' });
  })
  .meta({ id: 'ReceiveTransfer' });

export const ReasonBody = z.strictObject({ reason: Why }).meta({ id: 'CancelStockDocument' });

export const SupplyBody = z
  .strictObject({
    sku: Sku,
    locationId: LocationId,
    quantity: Units,
    eta: MomentGiven,
    source: z.strictObject({ type: SupplySource.shape.type.exclude(['transfer']), id: SupplySource.shape.id }),
  })
  .meta({ id: 'ExpectSupply' });

export const ChangeSupplyBody = z.strictObject({ quantity: Units, eta: MomentGiven }).meta({ id: 'ChangeSupply' });
