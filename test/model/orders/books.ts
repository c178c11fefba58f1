import { moneyMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { ledgerEventTypes } from '../../../shared/domain/ledger/money-events.ts';
import { type LedgerPosting, totalsOf } from '../../../shared/domain/ledger/posting.ts';
import { trialBalances } from '../../../shared/domain/ledger/trial-balance.ts';
import { booksBalance } from '../../../shared/domain/money-invariants.ts';
import { chargedBack } from '../../../shared/domain/order.ts';
import { toEnvelope } from '../../../shared/events/envelope.ts';
import type { LedgerJournal } from '../../../shared/ports/ledger.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';
import type { OrderWorld } from './order-world.ts';

/** Events of one delivery to the projection. */
const batch = 10;

/** M1: the books that the projection makes of all events, the last first and many twice, balance, and are to the cent what the providers' logs say. */
export async function booksAgree(world: OrderWorld): Promise<string[]> {
  const { postings, failed } = await booksOf(world);
  const totals = totalsOf(postings);
  const balances = trialBalances([], totals, {});
  const inBooks = (currency: string, account: string): number =>
    totals
      .filter((one) => one.currency === currency && one.account === account)
      .reduce((sum, { debit, credit }) => sum + debit - credit, 0);
  const wrong = ['EUR', 'JPY', 'KWD'].flatMap((currency) =>
    (
      [
        ['PSP_CLEARING', clearing(world, currency)],
        ['STORE_CREDIT', spentCredit(world, currency)],
      ] as const
    )
      .filter(([account, theirs]) => inBooks(currency, account) !== theirs)
      .map(
        ([account, theirs]) => `${currency} ${account}: ${inBooks(currency, account)} in the books, ${theirs} there`,
      ),
  );
  return [
    ...failed,
    ...booksBalance(totals).map(({ message }) => message),
    ...balances.filter(({ balanced }) => !balanced).map(({ currency }) => `${currency} does not balance`),
    ...wrong,
  ];
}

async function booksOf({ log }: OrderWorld): Promise<{ postings: LedgerPosting[]; failed: string[] }> {
  const written = new Map<string, LedgerPosting[]>();
  const journal: LedgerJournal = {
    async post(events) {
      const fresh = events.filter(({ eventId }) => !written.has(eventId));
      for (const { eventId, postings } of fresh) written.set(eventId, postings);
      return fresh.length;
    },
  };
  const seller = { legalEntityId: 'default', timeZone: 'UTC' };
  const deps = {
    journal,
    sellers: { sellersOf: async (ids: readonly string[]) => new Map(ids.map((id) => [id, seller])) },
    timeZoneOf: async () => seller.timeZone,
  };
  const types: readonly string[] = ledgerEventTypes;
  const told = [...log.values()]
    .flat()
    .filter(({ type }) => types.includes(type))
    .map((event) => toEnvelope(event, { tenantId: 'default' }))
    .reverse();
  const failed: string[] = [];
  for (let from = 0; from < told.length; from += batch / 2) {
    const delivered = await postLedger(deps, told.slice(from, from + batch));
    failed.push(...[...delivered.failed].map(([id, why]) => `${id} is not posted: ${why}`));
  }
  return { postings: [...written.values()].flat(), failed };
}

/** What the card provider's log says that it owes us: taken, less what it gave back and what the customers' banks have. */
function clearing({ book, orders }: OrderWorld, currency: string): number {
  const sign = { authorize: 0, capture: 1, void: 0, refund: -1 };
  const moved = moneyMoved(book.entries)
    .filter((one) => one.currency === currency && one.result.outcome === 'approved')
    .reduce((sum, { operation, amount }) => sum + sign[operation] * amount, 0);
  const lost = [...orders.values()]
    .filter((order) => order.currency === currency)
    .flatMap(({ payments }) => payments.map((payment) => chargedBack(payment)))
    .reduce((sum, amount) => sum + amount, 0);
  return moved - lost;
}

/** What the entries of gift cards and store credit say: spent, less what was given back to them or granted. */
const spentCredit = ({ accounts }: OrderWorld, currency: string): number =>
  [...accounts.all.values()]
    .filter((account) => account.currency === currency && account.kind !== 'terms')
    .flatMap((account) => accounts.entriesOf(account))
    .reduce((sum, { kind, amount }) => {
      if (kind === 'spent') return sum + amount;
      return kind === 'givenBack' || kind === 'funded' ? sum - amount : sum;
    }, 0);
