import { describe } from 'vitest';
import * as z from 'zod';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { sandboxPayments } from '../../../shared/adapters/sandbox/payment.ts';
import { keepsTheContract } from './contract.ts';

const Entry = z.object({ operation: z.string(), amount: z.int() });

describe('the sandbox keeps the contract of payment providers', () => {
  keepsTheContract(async () => {
    const book = memorySandboxBook();
    const sum = (wanted: string) =>
      [...book.entries.values()]
        .map((value) => Entry.parse(JSON.parse(value)))
        .reduce((total, { operation, amount }) => total + (operation === wanted ? amount : 0), 0);
    return {
      provider: sandboxPayments(book),
      ok: 'tok_ok',
      declined: 'tok_declined',
      answersLost: () => 'tok_timeout_once',
      away: () => 'tok_flaky',
      captured: () => sum('capture'),
      refunded: () => sum('refund'),
      stop: async () => {},
    };
  });
});
