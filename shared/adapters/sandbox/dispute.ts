import * as z from 'zod';
import type { Dispute } from '../../ports/payment.ts';
import type { SandboxBook } from './book.ts';

/** What a notice of the sandbox says of a dispute: that is how the sandbox learns of it itself. */
export const SandboxDispute = z.object({
  id: z.string().regex(/^dp_\w{1,40}$/),
  amount: z.int().min(1),
  currency: z.string(),
  reason: z.string().max(100),
  respondBy: z.iso.datetime().optional(),
  /** The bank only asks, and takes nothing. */
  isInquiry: z.boolean().optional(),
  /** Of one that is closed. */
  outcome: z.enum(['won', 'lost']).optional(),
});
export type SandboxDispute = z.infer<typeof SandboxDispute>;

const row = (id: string): string => `DISPUTE#${id}`;

/** The first that is told of a dispute counts, and the first end. An inquiry that becomes more is told under another id. */
export async function keepDispute(book: SandboxBook, dispute: SandboxDispute): Promise<void> {
  const { outcome, ...rest } = dispute;
  await book.keep(row(dispute.id), JSON.stringify(rest));
  if (outcome) await book.keep(`${row(dispute.id)}#end`, outcome);
}

export async function disputeIn(book: SandboxBook, id: string): Promise<Dispute | undefined> {
  const kept = await book.get(row(id));
  if (kept === undefined) return undefined;
  const { amount, currency, reason, respondBy, isInquiry } = SandboxDispute.parse(JSON.parse(kept));
  const end = await book.get(`${row(id)}#end`);
  const closed = end === 'won' || end === 'lost' ? end : undefined;
  const state = isInquiry ? (closed ? 'inquiryClosed' : 'inquiry') : (closed ?? 'open');
  return { ...{ id, state, amount, currency, reason }, ...(respondBy !== undefined && { respondBy }) };
}
