import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../../local/kernel/kernel.ts';
import { startWire } from '../../../local/kernel/wire.ts';
import { accountPayments } from '../../../shared/adapters/account-payments.ts';
import { dynamoAccounts } from '../../../shared/adapters/dynamodb/account-store.ts';
import { memoryAccounts } from '../../../shared/adapters/memory/accounts.ts';
import { type AccountEntry, type AccountKind, accountFaults } from '../../../shared/domain/accounts/account.ts';
import type { AccountStore } from '../../../shared/ports/accounts.ts';
import { type AuthorizeResult, PaymentOutcomeUnknown, PaymentUnavailable } from '../../../shared/ports/payment.ts';
import { seeded, testSystem } from '../../model/world.ts';
import { world } from '../local/dynamodb/dynamodb-for-tests.ts';
import { keepsTheContract } from './contract.ts';
import { opened } from './own-accounts.ts';

const long = process.env.BATUTA_TEST_LONG === '1';

/** One table for all tests: each test has accounts of its own in it. */
let client: DynamoDBClient;
let stop: () => Promise<void>;
beforeAll(async () => {
  const { db, call, kernel } = world();
  await call('CreateTable', {
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  const wire = await startWire('127.0.0.1', 0, (where, error) => kernel.report(where, error));
  wire.serve([db], () => operator);
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${wire.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  stop = async () => {
    client.destroy();
    await wire.stop();
    await db.stop?.();
    await kernel.storage.close();
  };
});
afterAll(() => stop());

let cards = 0;
const stores: [string, () => AccountStore][] = [
  ['in memory', memoryAccounts],
  ['in DynamoDB', () => dynamoAccounts(client, 'orders')],
];

type Fault = 'none' | 'away' | 'lost';

/** Writes of which some do not arrive, or whose answer does not. */
function unreliable(accounts: AccountStore): { faults: Fault[]; store: AccountStore } {
  const faults: Fault[] = [];
  const commit: AccountStore['commit'] = async (change) => {
    const fault = faults.shift() ?? 'none';
    if (fault === 'away') throw new PaymentUnavailable('away');
    const done = await accounts.commit(change);
    if (fault === 'lost') throw new PaymentOutcomeUnknown('the answer was lost');
    return done;
  };
  return { faults, store: { ...accounts, commit } };
}

const system = testSystem(seeded(3));
const providerOf = (kind: AccountKind, accounts: AccountStore) => accountPayments(kind, { accounts, system });
const sumOf = (entries: readonly AccountEntry[], kind: AccountEntry['kind']) =>
  entries.reduce((sum, one) => sum + (one.kind === kind ? one.amount : 0), 0);

describe.each(stores)('gift cards %s keep the contract of payment providers', (_, start) => {
  keepsTheContract(async () => {
    cards += 1;
    const { store, faults } = unreliable(start());
    const provider = providerOf('giftCard', store);
    const name = await opened(store, 'giftCard', `gft_${cards}`, 100_00, { code: `ABCD-${cards}` });
    await opened(store, 'giftCard', `gft_${cards}-empty`, 1, { code: `EMPTY-${cards}` });
    let entries: AccountEntry[] = [];
    const watched =
      <T, R>(act: (request: T) => Promise<R>) =>
      async (request: T) => {
        try {
          return await act(request);
        } finally {
          entries = (await store.entries(name, { limit: 100 })).items;
        }
      };
    return {
      provider: { ...provider, capture: watched(provider.capture), refund: watched(provider.refund) },
      orderId: `ord_${String(cards).padStart(26, '0')}`,
      // As people type it.
      ok: ` abcd ${cards}`,
      declined: `EMPTY-${cards}`,
      answersLost() {
        faults.push('lost', 'lost', 'lost', 'lost');
        return `ABCD${cards}`;
      },
      away() {
        faults.push('away', 'away', 'none', 'away', 'away');
        return `ABCD${cards}`;
      },
      captured: () => sumOf(entries, 'spent'),
      refunded: () => sumOf(entries, 'givenBack'),
      stop: async () => {},
    };
  });
});

const approvedBy = (result: AuthorizeResult): string => {
  if (result.outcome !== 'approved') throw new Error(JSON.stringify(result));
  return result.reference;
};

describe.each(stores)('accounts %s', (_, start) => {
  let count = 0;
  const asking = (amount: number, more: { account?: string; token?: string; currency?: string } = {}) => {
    count += 1;
    const orderId = `ord_A${String(cards).padStart(12, '0')}${String(count).padStart(13, '0')}`;
    return { key: `${orderId}:authorize:pay_1`, orderId, amount, currency: 'EUR', token: '', ...more };
  };
  const on = (authorization: string, key: string, amount: number) => ({
    authorization,
    key: `${authorization}:${key}`,
    amount,
    currency: 'EUR',
  });

  test('a gift card pays two orders and not a cent more: the third is declined with what is left', async () => {
    const accounts = start();
    const name = await opened(accounts, 'giftCard', 'gft_two', 50_00, { code: 'TWO' });
    const card = providerOf('giftCard', accounts);
    const results = [];
    for (const amount of [30_00, 15_00, 10_00]) results.push(await card.authorize(asking(amount, { token: 'two' })));
    expect(results.map(({ outcome }) => outcome)).toEqual(['approved', 'approved', 'declined']);
    expect(results[2]).toEqual({ outcome: 'declined', reason: 'insufficient_balance', available: 5_00 });
    expect(await accounts.account(name)).toMatchObject({ funded: 50_00, available: 5_00, aside: 45_00, spent: 0 });
  });

  test('ten orders at once want a card that pays three: three get it', async () => {
    const accounts = start();
    const name = await opened(accounts, 'giftCard', 'gft_race', 30_00, { code: 'RACE' });
    const card = providerOf('giftCard', accounts);
    const asked = Array.from({ length: 10 }, () => asking(10_00, { token: 'RACE' }));
    const patiently = async (request: (typeof asked)[number]): Promise<AuthorizeResult> => {
      try {
        return await card.authorize(request);
      } catch (error) {
        if (!(error instanceof PaymentUnavailable)) throw error;
        return patiently(request);
      }
    };
    const results = await Promise.all(asked.map(patiently));
    expect(results.filter(({ outcome }) => outcome === 'approved')).toHaveLength(3);
    expect(await accounts.account(name)).toMatchObject({ available: 0, aside: 30_00 });
  });

  test.each([
    ['blocked', { blocked: true }, 'account_blocked'],
    ['expired', { expiresAt: '2026-01-01T00:00:00.000Z' }, 'account_expired'],
  ])('one that is %s pays nothing more, and what was captured still goes back to it', async (state, more, reason) => {
    const accounts = start();
    const owner = `gft_${state}`;
    const name = await opened(accounts, 'giftCard', owner, 50_00, { code: owner });
    const card = providerOf('giftCard', accounts);
    const capture = approvedBy(
      await card.capture(on(approvedBy(await card.authorize(asking(20_00, { token: owner }))), 'capture', 20_00)),
    );
    const before = await accounts.account(name);
    if (!before) throw new Error('gone');
    await accounts.commit({ account: { before, after: { ...before, ...more, version: before.version + 1 } } });
    expect(await card.authorize(asking(1, { token: owner }))).toMatchObject({ outcome: 'declined', reason });
    expect(await card.refund({ capture, key: `${owner}:refund`, amount: 20_00, currency: 'EUR' })).toMatchObject({
      outcome: 'approved',
    });
    expect(await accounts.account(name)).toMatchObject({ available: 50_00, spent: 0 });
  });

  test('store credit is the customer`s own, in its currency', async () => {
    const accounts = start();
    await opened(accounts, 'storeCredit', 'cus_A', 20_00);
    const credit = providerOf('storeCredit', accounts);
    expect(await credit.authorize(asking(20_00, { account: 'cus_B' }))).toEqual({
      outcome: 'declined',
      reason: 'unknown_account',
    });
    expect(await credit.authorize(asking(20_00))).toMatchObject({ reason: 'unknown_account' });
    expect(await credit.authorize(asking(20_00, { account: 'cus_A', currency: 'USD' }))).toMatchObject({
      reason: 'unknown_account',
    });
    expect(await credit.authorize(asking(20_00, { account: 'a#b', currency: '?' }))).toMatchObject({
      reason: 'unknown_account',
    });
    expect(await credit.authorize(asking(20_00, { account: 'cus_A' }))).toMatchObject({ outcome: 'approved' });
  });

  test('an authorization of a gift card is none of store credit', async () => {
    const accounts = start();
    await opened(accounts, 'giftCard', 'gft_other', 20_00, { code: 'OTHER' });
    const authorization = approvedBy(
      await providerOf('giftCard', accounts).authorize(asking(20_00, { token: 'OTHER' })),
    );
    const credit = providerOf('storeCredit', accounts);
    const unknown = { outcome: 'declined', reason: 'unknown_reference' };
    expect(await credit.capture(on(authorization, 'capture', 20_00))).toEqual(unknown);
    expect(await credit.refund({ capture: authorization, key: 'r', amount: 1, currency: 'EUR' })).toEqual(unknown);
  });

  test('after a void nothing is captured; what was captured in part is not voided', async () => {
    const accounts = start();
    const name = await opened(accounts, 'giftCard', 'gft_void', 100_00, { code: 'VOID' });
    const card = providerOf('giftCard', accounts);
    const authorization = approvedBy(await card.authorize(asking(60_00, { token: 'VOID' })));
    approvedBy(await card.capture(on(authorization, 'first', 25_00)));
    expect(await card.capture(on(authorization, 'too much', 35_01))).toEqual({
      outcome: 'declined',
      reason: 'amount_exceeds_authorization',
    });
    approvedBy(await card.void(on(authorization, 'void', 35_00)));
    expect(await card.capture(on(authorization, 'late', 1))).toEqual({
      outcome: 'declined',
      reason: 'authorization_used_up',
    });
    expect(await accounts.account(name)).toMatchObject({ available: 75_00, aside: 0, spent: 25_00 });
  });

  test('terms: orders take from the limit, a payment received frees it, and it is given back by hand', async () => {
    const accounts = start();
    const name = await opened(accounts, 'terms', 'acme', 1000_00);
    const terms = providerOf('terms', accounts);
    const first = approvedBy(await terms.authorize(asking(700_00, { account: 'acme' })));
    expect(await terms.authorize(asking(400_00, { account: 'acme' }))).toEqual({
      outcome: 'declined',
      reason: 'credit_limit_exceeded',
      available: 300_00,
    });
    const received = approvedBy(await terms.capture(on(first, 'receipt', 500_00)));
    expect(await accounts.account(name)).toMatchObject({ funded: 1000_00, available: 800_00, aside: 200_00, spent: 0 });
    expect(await terms.authorize(asking(400_00, { account: 'acme' }))).toMatchObject({ outcome: 'approved' });
    const refund = { capture: received, key: 'refund', amount: 10_00, currency: 'EUR' };
    expect(await terms.refund(refund)).toEqual({ outcome: 'declined', reason: 'refund_by_hand' });
  });

  test('its entries, newest first, page by page, add up to what it holds', async () => {
    const accounts = start();
    const name = await opened(accounts, 'giftCard', 'gft_pages', 100_00, { code: 'PAGES' });
    const card = providerOf('giftCard', accounts);
    for (const amount of [1, 2, 3, 4]) await card.authorize(asking(amount, { token: 'PAGES' }));
    const first = await accounts.entries(name, { limit: 3 });
    expect(first.items.map(({ amount }) => amount)).toEqual([4, 3, 2]);
    const second = await accounts.entries(name, { limit: 3, ...(first.next && { after: first.next }) });
    expect(second.items.map(({ amount, kind }) => [kind, amount])).toEqual([
      ['setAside', 1],
      ['funded', 100_00],
    ]);
    expect(second.next).toBeUndefined();
  });
});

test('any course of orders, captures, voids, refunds, lost answers and repetitions: every cent is in one place, and each effect happened once', async () => {
  const step = fc.record({
    what: fc.constantFrom('authorize', 'capture', 'void', 'refund'),
    amount: fc.integer({ min: 1, max: 60_00 }),
    on: fc.nat(),
    fault: fc.constantFrom<Fault>('none', 'none', 'away', 'lost'),
    times: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<AccountKind>('giftCard', 'terms'),
      fc.array(step, { maxLength: 40 }),
      async (kind, steps) => {
        const memory = memoryAccounts();
        const { faults, store } = unreliable(memory);
        const name = await opened(memory, kind, 'one', 100_00, kind === 'giftCard' ? { code: 'ONE' } : {});
        const provider = providerOf(kind, store);
        const [authorizations, captures]: [string[], string[]] = [[], []];
        for (const [index, { what, amount, on: at, fault, times }] of steps.entries()) {
          const request = { key: `key ${index}`, amount, currency: 'EUR' };
          const authorization = authorizations[at % authorizations.length] ?? 'none';
          const capture = captures[at % captures.length] ?? 'none';
          const send = () =>
            what === 'authorize'
              ? provider.authorize({ ...request, orderId: `order ${index}`, token: 'one', account: 'one' })
              : what === 'refund'
                ? provider.refund({ ...request, capture })
                : provider[what]({ ...request, authorization });
          faults.splice(0, faults.length, fault);
          for (let time = 0; time < times + 1; time += 1) {
            const result = await send().catch((error: unknown) => {
              if (!(error instanceof PaymentUnavailable || error instanceof PaymentOutcomeUnknown)) throw error;
            });
            if (result?.outcome !== 'approved' || time < times) continue;
            if (what === 'authorize') authorizations.push(result.reference);
            if (what === 'capture') captures.push(result.reference);
          }
        }
        const account = await memory.account(name);
        if (!account) throw new Error('gone');
        expect(accountFaults(account)).toEqual([]);
        const entries = memory.entriesOf(name);
        expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index + 2));
        expect(new Set(entries.map(({ by }) => by)).size).toBe(entries.length);
        expect(account.aside).toBe(
          sumOf(entries, 'setAside') - sumOf(entries, 'spent') - sumOf(entries, 'paid') - sumOf(entries, 'freed'),
        );
        expect(account.spent).toBe(sumOf(entries, 'spent') - sumOf(entries, 'givenBack'));
      },
    ),
    { seed: 5, numRuns: long ? 10_000 : 150 },
  );
});
