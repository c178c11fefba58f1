import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoLedgerJournal } from '../../../shared/adapters/dynamodb/ledger/journal.ts';
import { dynamoLedgerReader } from '../../../shared/adapters/dynamodb/ledger/reader.ts';
import { postedBy } from '../../../shared/domain/ledger/money-events.ts';
import { totalsOf } from '../../../shared/domain/ledger/posting.ts';
import { booksBalance } from '../../../shared/domain/money-invariants.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';
import { seeded } from '../../model/world.ts';
import { dynamoStores } from '../stores/stores-for-tests.ts';
import { Crash, crashing, envelope, sellers, timeZoneOf } from './ledger-for-tests.ts';

let stores: Awaited<ReturnType<typeof dynamoStores>>;
beforeAll(async () => {
  stores = await dynamoStores([]);
});
afterAll(() => stores.stop());

const depsOf = (client = stores.client) => ({
  journal: dynamoLedgerJournal(client, 'orders', stores.system),
  ...{ sellers, timeZoneOf },
});
const reader = () => dynamoLedgerReader(stores.client, 'orders', stores.system);
const all = { from: '2026-01-01', to: '2026-12-31' };

const bySort = (totals: object[]) => totals.map((total) => JSON.stringify(total)).sort();

const entriesOf = async (legalEntityId: string, limit: number) => {
  const entries = [];
  let after: Record<string, string> | undefined;
  do {
    const page = await reader().entries({ legalEntityId, ...all }, { limit, ...(after && { after }) });
    entries.push(...page.items);
    after = page.next;
  } while (after);
  return entries;
};

const runs = process.env.BATUTA_TEST_LONG === '1' ? 300 : 3;
let world = 0;

test('whatever comes twice, late or while the function dies, totals and entries are the fold of the log', async () => {
  const movement = fc.record({
    type: fc.constantFrom('payment.captured' as const, 'payment.refunded' as const),
    amount: fc.integer({ min: 1, max: 1_000_000 }),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    isJapanese: fc.boolean(),
    minute: fc.integer({ min: 0, max: 90 * 1440 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(movement, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (movements, seed) => {
        world += 1;
        const ofWorld = (id: string) => `${id}-${world}`;
        const worldSellers = {
          sellersOf: async (ids: readonly string[]) =>
            new Map(
              [...(await sellers.sellersOf(ids))].map(([id, one]) => [
                id,
                { ...one, legalEntityId: ofWorld(one.legalEntityId) },
              ]),
            ),
        };
        const log = movements.map(({ type, amount, currency, isJapanese, minute }, n) =>
          envelope(
            world * 1000 + n,
            type,
            { amount, currency, providerReference: `ch_${world}_${n % 7}` },
            {
              time: new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString(),
              subject: isJapanese ? 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VZ' : 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VX',
            },
          ),
        );
        const random = seeded(seed);
        // Every message comes at least once, some twice, in any order, in batches of any size; a batch comes again until it is done.
        const deliveries = [...log, ...log.filter(() => random() < 0.4)].sort(() => random() - 0.5);
        const deps = { ...depsOf(crashing(stores.client, random, 0.15)), sellers: worldSellers };
        while (deliveries.length > 0) {
          const batch = deliveries.splice(0, 1 + Math.floor(random() * 25));
          await deliver(deps, batch);
        }
        const fold = log.map((one) => ({
          entity: ofWorld(one.subject.endsWith('Z') ? 'acme-jp' : 'acme'),
          entries: postedBy({ id: one.id, type: one.type, data: one.data } as never).entries,
        }));
        for (const entity of [ofWorld('acme'), ofWorld('acme-jp')]) {
          const wanted = totalsOf(fold.filter((one) => one.entity === entity).flatMap(({ entries }) => entries));
          const totals = await reader().totals(entity, all.from, all.to);
          expect(bySort(totals)).toEqual(bySort(wanted));
          expect(booksBalance(totals)).toEqual([]);
          expect(bySort(await reader().totalsBefore(entity, '2027-01-01'))).toEqual(bySort(wanted));
          expect(bySort(await reader().totalsBefore(entity, '2026-12-15'))).toEqual(bySort(wanted));
          const entries = await entriesOf(entity, 7);
          expect(bySort(totalsOf(entries))).toEqual(bySort(wanted));
          expect(entries.map(({ day, at }) => `${day} ${at}`)).toEqual(
            entries.map(({ day, at }) => `${day} ${at}`).sort(),
          );
        }
      },
    ),
    { numRuns: runs, seed: 5 },
  );
});

async function deliver(deps: Parameters<typeof postLedger>[0], batch: Envelope[]): Promise<void> {
  for (;;) {
    try {
      const { failed } = await postLedger(deps, batch);
      expect([...failed.values()]).toEqual([]);
      return;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

test('a day ends by the clock of the legal entity: three in the afternoon in London is the next day in Tokyo', async () => {
  const time = '2026-03-31T15:30:00.000Z';
  await postLedger(depsOf(), [
    envelope(900_001, 'payment.captured', { amount: 500, currency: 'JPY' }, { time, subject: 'ord_tokyo_Z' }),
  ]);
  expect(await reader().totals('acme-jp', '2026-03-31', '2026-03-31')).toEqual([]);
  expect(await reader().totals('acme-jp', '2026-04-01', '2026-04-01')).toHaveLength(2);
});

test('an event that cannot be read, or whose order is not there, fails alone', async () => {
  const known = {
    sellersOf: async (ids: readonly string[]) => sellers.sellersOf(ids.filter((id) => id !== 'ord_gone')),
  };
  const { posted, failed } = await postLedger({ ...depsOf(), sellers: known }, [
    envelope(910_001, 'payment.captured', { amount: -5 }),
    envelope(910_002, 'payment.captured', {}, { subject: 'ord_gone' }),
    envelope(910_003, 'payment.captured', { amount: 700 }, { version: 2 }),
    envelope(910_004, 'payment.captured', { amount: 700 }),
    envelope(910_005, 'order.confirmed', {}),
  ]);
  expect([posted, [...failed.keys()]]).toEqual([1, ['evt_910001', 'evt_910003', 'evt_910002']]);
});

test('entries of an order are found by the order', async () => {
  const subject = 'ord_of_its_own';
  await postLedger(depsOf(), [
    envelope(920_002, 'payment.refunded', { amount: 300 }, { subject, time: '2026-05-02T10:00:00.000Z' }),
    envelope(920_001, 'payment.captured', { amount: 900 }, { subject, time: '2026-05-01T10:00:00.000Z' }),
  ]);
  const entries = await reader().entriesOfOrder(subject);
  expect(entries.map(({ type, day }) => `${day} ${type}`)).toEqual([
    '2026-05-01 payment.captured',
    '2026-05-02 payment.refunded',
  ]);
});
