import type { Account } from './authorization.ts';
import type { SandboxBook } from './book.ts';

/** A refund that went through, and that the customer's bank has sent back since. */
export const returnedRow = (key: string): string => `RETURNED#${key}`;

/** Why. */
export const REFUND_RETURNED = 'refund_returned';

/** That is how the sandbox learns of it. */
export async function returnRefund(book: SandboxBook, key: string): Promise<void> {
  await book.keep(returnedRow(key), REFUND_RETURNED);
}

/** Keys of the refunds of an authorization that were sent back: their money can be given back again. */
export async function returnedIn(book: SandboxBook, { movements }: Account): Promise<ReadonlySet<string>> {
  const returned = new Set<string>();
  for (const { operation, key } of movements) {
    if (operation === 'refund' && (await book.get(returnedRow(key))) !== undefined) returned.add(key);
  }
  return returned;
}
