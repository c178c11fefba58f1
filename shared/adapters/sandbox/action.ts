import type { SandboxBook } from './book.ts';

/** What the customer did at the bank's page of an authorization. */
export const actionRow = (reference: string): string => `ACTION#${reference}`;

/** The customer has been there. The first answer counts. */
export async function answerAction(book: SandboxBook, reference: string, how: 'completed' | 'failed'): Promise<void> {
  await book.keep(actionRow(reference), how);
}
