import type { LocationId, Sku } from '../ids.ts';
import type { UnavailableReason } from '../stock.ts';
import type { AdjustmentReason, Reference } from './entry.ts';
import type { Supply, SupplyId } from './supply.ts';
import type { TransferId } from './transfer.ts';

/** The accounts of a bucket that an operator may touch; promised and held units belong to orders and carts. */
export type Place = 'available' | UnavailableReason;

interface AtBucket {
  sku: Sku;
  locationId: LocationId;
  note?: string | undefined;
}

export type BucketCommand =
  | (AtBucket & {
      type: 'adjust';
      /** Units more, or fewer when negative; never 0. */
      delta: number;
      reason: AdjustmentReason;
      in: Place;
      reference?: Reference | undefined;
    })
  | (AtBucket & {
      type: 'receive';
      quantity: number;
      into: Place;
      reference?: Reference | undefined;
      supplyId?: SupplyId | undefined;
    })
  | (AtBucket & {
      type: 'count';
      /** Every unit at the location, whatever its account. */
      counted: number;
      /** When it was counted; movements since are added. Default: now. */
      asOf?: string | undefined;
      /** What to do when promised units are missing. */
      onMissing: 'refuse' | 'open_discrepancy';
      /** Writes nothing when the books are right. */
      onlyDifference?: boolean | undefined;
    })
  | (AtBucket & { type: 'move'; quantity: number; from: Place; to: Place; reference?: Reference | undefined });

export type TransferCommand =
  | {
      type: 'transfer';
      transferId: TransferId;
      from: LocationId;
      to: LocationId;
      /** With a supply each: what is dispatched is expected at its destination. Without: it is there at once. */
      lines: { sku: Sku; quantity: number; supplyId: SupplyId }[];
      mode: 'immediate' | 'dispatch';
      /** Needed to dispatch. */
      eta?: string | undefined;
      reference?: Reference | undefined;
      note?: string | undefined;
    }
  | {
      type: 'receiveTransfer';
      transferId: TransferId;
      /** What arrived; absent: everything that is in transit. */
      lines?: { sku: Sku; quantity: number; into: Place }[] | undefined;
      /** Nothing more will come: the rest is lost. */
      final: boolean;
    }
  | { type: 'cancelTransfer'; transferId: TransferId; reason: string };

export type SupplyCommand =
  | {
      type: 'expect';
      supplyId: SupplyId;
      sku: Sku;
      locationId: LocationId;
      quantity: number;
      eta: string;
      source: Supply['source'];
    }
  | { type: 'changeSupply'; supplyId: SupplyId; quantity?: number | undefined; eta?: string | undefined }
  | { type: 'cancelSupply'; supplyId: SupplyId; reason: string }
  /** Binds units to come to orders that wait, or frees them when negative. */
  | { type: 'promiseSupply'; supplyId: SupplyId; delta: number };

export type StockCommand = BucketCommand | TransferCommand | SupplyCommand;
