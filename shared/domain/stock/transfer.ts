import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { Reference } from './entry.ts';
import { SupplyId } from './supply.ts';

export const TransferId = z
  .string()
  .regex(/^trf_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'TransferId'>();
export type TransferId = z.infer<typeof TransferId>;

/**
 * A line is seven actions of a transaction at most (item, two buckets or one and a supply, events), the transfer itself three; a
 * transaction takes a hundred.
 */
export const mostTransferLines = 13;

export const TransferLine = z.object({
  sku: Sku,
  /** Units that left the source. `received + lost + returned` of them are accounted for, the rest is in transit. */
  quantity: z.int().positive(),
  received: z.int().min(0),
  /** Written off when the last receipt was short. */
  lost: z.int().min(0),
  /** Back at the source, by a cancellation. */
  returned: z.int().min(0),
  supplyId: SupplyId.optional(),
});
export type TransferLine = z.infer<typeof TransferLine>;

export const TransferStatus = z.enum(['in_transit', 'received', 'received_short', 'canceled']);
export type TransferStatus = z.infer<typeof TransferStatus>;

/** Units on their way from one location to another. What is in transit belongs to the transfer, so that no unit is ever nowhere. */
export const Transfer = z.object({
  id: TransferId,
  from: LocationId,
  to: LocationId,
  lines: z.array(TransferLine).min(1).max(mostTransferLines),
  status: TransferStatus,
  eta: z.iso.datetime().optional(),
  reference: Reference.optional(),
  note: z.string().optional(),
  /** Raised by every change; numbers its events. */
  version: z.int().positive(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Transfer = z.infer<typeof Transfer>;

export const inTransit = ({ quantity, received, lost, returned }: TransferLine): number =>
  quantity - received - lost - returned;
