import * as z from 'zod';

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
export const moneyMoved = (entries: Iterable<[key: string, value: string]>): MovedMoney[] =>
  [...entries].flatMap(([key, value]) =>
    key.startsWith(prefix) ? [{ key: key.slice(prefix.length), ...Effect.parse(JSON.parse(value)) }] : [],
  );

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
