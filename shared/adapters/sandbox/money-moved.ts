import * as z from 'zod';
import { actionRow } from './action.ts';
import { returnedRow } from './returned-refund.ts';

const Effect = z.object({
  operation: z.enum(['authorize', 'capture', 'void', 'refund']),
  amount: z.int(),
  currency: z.string(),
  result: z.object({
    outcome: z.enum(['approved', 'declined', 'actionRequired']),
    reference: z.string().optional(),
    reason: z.string().optional(),
  }),
});

export type MovedMoney = z.infer<typeof Effect> & { key: string };

const prefix = 'PAYMENT#';

/** The provider's own log: what it did under each key, by which our ledger is checked to the cent. @param entries of the sandbox's book */
export function moneyMoved(entries: Iterable<[key: string, value: string]>): MovedMoney[] {
  const all = new Map(entries);
  return [...all].flatMap(([key, value]): MovedMoney[] => {
    if (!key.startsWith(prefix)) return [];
    const effect = Effect.parse(JSON.parse(value));
    const { outcome: answered, reference = '' } = effect.result;
    // The customer may have been at the bank's page since.
    const isCompleted = answered === 'actionRequired' && all.get(actionRow(reference)) === 'completed';
    const isReturned = all.has(returnedRow(key.slice(prefix.length)));
    const outcome = isCompleted ? 'approved' : isReturned ? 'declined' : answered;
    const result = { ...effect.result, outcome };
    return [{ key: key.slice(prefix.length), ...effect, result }];
  });
}

/** Minor units that went through, of the effects of one operation, of one order or of all. */
export const sumMoved = (
  moved: readonly MovedMoney[],
  operation: MovedMoney['operation'],
  orderId: string | undefined = undefined,
): number =>
  moved
    .filter((one) => one.operation === operation && one.result.outcome === 'approved')
    .filter(({ key }) => orderId === undefined || key.startsWith(`${orderId}:`))
    .reduce((sum, { amount }) => sum + amount, 0);
