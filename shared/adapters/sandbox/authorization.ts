import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SandboxBook } from './book.ts';
import { type Manner, mannerOf } from './manners.ts';

/** What an authorization is, all of it in its reference: no row has to be read for it. */
export interface Authorization {
  reference: string;
  currency: string;
  /** Minor units. */
  amount: number;
  /** Epoch milliseconds; undefined: it does not lapse. */
  expiresAt: number | undefined;
  manner: Manner;
}

const pattern = /^(sbx_[0-9a-f]{16}_([A-Z]{3})_(\d+)_(\d*)_(\w+))$/;

export function referenceOf(
  key: string,
  {
    currency,
    amount,
    expiresAt,
    name,
  }: { currency: string; amount: number; expiresAt: number | undefined; name: string },
): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `sbx_${digest}_${currency}_${amount}_${expiresAt ?? ''}_${name}`;
}

/** @returns undefined: it is none of the sandbox's */
export function authorizationOf(text: string): Authorization | undefined {
  const [, reference, currency, amount, expiresAt, name] = pattern.exec(text) ?? [];
  const manner = name === undefined ? undefined : mannerOf(name);
  if (reference === undefined || currency === undefined || !manner) return undefined;
  return {
    ...{ reference, currency, manner, amount: Number(amount) },
    expiresAt: expiresAt === '' ? undefined : Number(expiresAt),
  };
}

export const captureReference = (authorization: string, slot: number): string => `${authorization}/${slot}`;

export function captureOf(text: string): { authorization: Authorization; slot: number } | undefined {
  const [, reference = '', slot] = /^(.+)\/(\d+)$/.exec(text) ?? [];
  const authorization = authorizationOf(reference);
  return authorization && { authorization, slot: Number(slot) };
}

const Movement = z.object({
  key: z.string(),
  operation: z.enum(['capture', 'void', 'refund']),
  amount: z.int(),
  /** Of a refund: the place of its capture. */
  of: z.int().optional(),
  /** A refund that the bank sent back. */
  failed: z.string().optional(),
});
export type Movement = z.infer<typeof Movement>;

/** What an authorization has come to. */
export class Account {
  readonly movements: Movement[] = [];
  readonly #authorization: Authorization;

  constructor(authorization: Authorization) {
    this.#authorization = authorization;
  }

  #sum(operation: Movement['operation'], of?: number): number {
    return this.movements
      .filter((one) => one.operation === operation && one.failed === undefined && (of === undefined || one.of === of))
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  get isVoided(): boolean {
    return this.movements.some(({ operation }) => operation === 'void');
  }

  /** How many refunds the capture that was asked first was asked for; another capture counts as done with. */
  refundsAskedFirst(of: Movement['of']): number {
    const refunds = this.movements.filter(({ operation }) => operation === 'refund');
    const first = refunds[0]?.of ?? of;
    return first === of ? refunds.filter((one) => one.of === of).length : Number.POSITIVE_INFINITY;
  }

  /** What can still be captured, leaving aside that it may have lapsed. */
  get open(): number {
    if (this.isVoided) return 0;
    const captured = this.#sum('capture');
    return captured > 0 && this.#authorization.manner.takesOneCapture ? 0 : this.#authorization.amount - captured;
  }

  /** What can still be refunded of the capture at this place. Undefined: there is none. @param returned keys of refunds that count no more */
  refundable(slot: number, returned: ReadonlySet<string>): number | undefined {
    const capture = this.movements[slot];
    if (capture?.operation !== 'capture') return undefined;
    const back = this.movements.filter((one) => one.of === slot && !one.failed && returned.has(one.key));
    return capture.amount - this.#sum('refund', slot) + back.reduce((sum, { amount }) => sum + amount, 0);
  }
}

/**
 * Puts a movement behind all before it: each has a numbered place that is taken once, so that of two at the same time one comes second and is decided
 * again on what the first left.
 * @param decide what to write; undefined: nothing
 * @returns the movement with this key, and its place; undefined: `decide` wrote nothing
 */
export async function moveOnce(
  book: SandboxBook,
  authorization: Authorization,
  key: string,
  decide: (account: Account) => Omit<Movement, 'key'> | undefined,
): Promise<{ movement: Movement; slot: number } | undefined> {
  const account = new Account(authorization);
  for (let slot = 0; ; slot += 1) {
    const decided = decide(account);
    const place = `AUTHORIZATION#${authorization.reference}#${slot}`;
    const kept = decided ? (await book.keep(place, JSON.stringify({ key, ...decided }))).value : await book.get(place);
    if (kept === undefined) return undefined;
    const movement = Movement.parse(JSON.parse(kept));
    if (movement.key === key) return { movement, slot };
    account.movements.push(movement);
  }
}

/** What an authorization has come to by now. */
export async function accountOf(book: SandboxBook, authorization: Authorization): Promise<Account> {
  let latest = new Account(authorization);
  await moveOnce(book, authorization, '', (account) => {
    latest = account;
    return undefined;
  });
  return latest;
}
