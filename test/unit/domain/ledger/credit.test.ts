import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, accountFaults, fresh, moved } from '../../../../shared/domain/accounts/account.ts';
import { CreditMovement, issuedFor, withdrawnFor } from '../../../../shared/domain/accounts/credit.ts';
import { type AccountEffect, free, giveBack, setAside, take } from '../../../../shared/domain/accounts/spend.ts';
import { creditEntries } from '../../../../shared/domain/ledger/credit-postings.ts';
import { postedBy } from '../../../../shared/domain/ledger/money-events.ts';
import { Currency } from '../../../../shared/domain/money.ts';

const at = '2026-01-05T09:00:00.000Z';
const runs = process.env.BATUTA_TEST_LONG === '1' ? 5000 : 200;

const step = fc.record({
  what: fc.constantFrom('issue', 'withdraw', 'authorize', 'capture', 'void', 'refund'),
  amount: fc.integer({ min: 1, max: 5000 }),
  pick: fc.nat(1000),
});

test.each(['EUR', 'JPY', 'KWD'])(
  '%s: whatever is issued, spent, given back and withdrawn, the liability in the books is what the account holds',
  (code) => {
    const currency = Currency.parse(code);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let account: Account = fresh({ kind: 'giftCard', owner: 'gft_1', currency }, at);
        const effects: AccountEffect[] = [];
        const books: Record<string, number> = {};
        const post = (entries: ReturnType<typeof creditEntries>) => {
          for (const { lines } of entries) {
            expect(lines.reduce((sum, { debit, credit }) => sum + debit - credit, 0)).toBe(0);
            for (const { account: name, debit, credit } of lines) books[name] = (books[name] ?? 0) + debit - credit;
          }
        };
        const ofOrder = (type: 'payment.captured' | 'payment.refunded', amount: number) => {
          const data = { amount, currency, method: 'giftCard', providerReference: 'acc' };
          post(postedBy({ id: 'evt_1', type, at, orderId: '', data } as never).entries);
        };
        for (const [n, { what, amount, pick }] of steps.entries()) {
          const spend = { id: String(n), key: String(n), amount, currency, at };
          if (what === 'issue' || what === 'withdraw') {
            const isIssue = what === 'issue';
            const [from, to] = isIssue ? (['OUTSIDE', 'AVAILABLE'] as const) : (['AVAILABLE', 'OUTSIDE'] as const);
            const kind = isIssue ? 'funded' : 'withdrawn';
            const after = moved(account, { kind, from, to, amount, by: 'x', at });
            if (!after) continue;
            account = after.account;
            const reasons = isIssue ? issuedFor : withdrawnFor;
            const movement = CreditMovement.parse({
              ...{ kind: 'giftCard', owner: 'gft_1', currency, amount, reason: reasons[pick % reasons.length] },
              ...{ legalEntityId: 'default', available: account.available },
            });
            post(creditEntries(isIssue ? 'credit.issued' : 'credit.withdrawn', movement));
          } else if (what === 'authorize') {
            const done = setAside(account, { ...spend, orderId: 'ord_1' });
            if (!done.ok) continue;
            account = done.account;
            effects.push(done.effect);
          } else {
            const from = what === 'refund' ? 'capture' : 'authorize';
            const parents = effects.filter(({ operation, open }) => operation === from && open > 0);
            const parent = parents[pick % Math.max(1, parents.length)];
            if (!parent) continue;
            const done = { capture: take, void: free, refund: giveBack }[what](account, parent, spend);
            if (!done.ok) continue;
            account = done.account;
            effects.splice(effects.indexOf(parent), 1, ...(done.parent ? [done.parent] : []));
            effects.push(done.effect);
            if (what === 'capture') ofOrder('payment.captured', amount);
            if (what === 'refund') ofOrder('payment.refunded', amount);
          }
          expect(accountFaults(account)).toEqual([]);
          expect(account.available + account.aside + (books.STORE_CREDIT ?? 0)).toBe(0);
        }
        expect(Object.values(books).reduce((sum, balance) => sum + balance, 0)).toBe(0);
      }),
      { seed: 5, numRuns: runs },
    );
  },
);
