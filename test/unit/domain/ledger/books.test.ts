import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTypes } from '../../../../shared/domain/events.ts';
import { chart, codeOf, LedgerAccount } from '../../../../shared/domain/ledger/chart.ts';
import { csvField, exportHeader, exportRows } from '../../../../shared/domain/ledger/export.ts';
import { ledgerEventTypes, postedBy } from '../../../../shared/domain/ledger/money-events.ts';
import { addTotals, LedgerPosting, totalsOf } from '../../../../shared/domain/ledger/posting.ts';
import { trialBalances } from '../../../../shared/domain/ledger/trial-balance.ts';
import { Currency } from '../../../../shared/domain/money.ts';
import { parseCsv } from '../../../../shared/domain/stock/csv.ts';
import { catalog } from '../../../../shared/events/catalog.ts';

const eur = Currency.parse('EUR');
const line = (account: LedgerAccount, debit: number, credit: number) => ({ account, debit, credit });
const posting = (changes: object = {}): LedgerPosting =>
  LedgerPosting.parse({
    id: 'evt_1',
    legalEntityId: 'acme',
    day: '2026-01-05',
    at: '2026-01-05T12:00:00.000Z',
    type: 'payment.captured',
    currency: 'EUR',
    lines: [line('PSP_CLEARING', 1999, 0), line('DEPOSITS', 0, 1999)],
    orderId: 'ord_1',
    ...changes,
  });

describe('events', () => {
  test('the ledger listens to every type that moves money, and to no other', () => {
    const samples = new Map<string, object>(catalog().map(({ name, sample }) => [name, sample]));
    const moving = eventTypes.filter((type) => {
      const event = { id: 'evt_1', type, at: '', orderId: '', data: samples.get(type) };
      return postedBy(event as never).entries.length > 0;
    });
    expect(moving.toSorted()).toEqual([...ledgerEventTypes].toSorted());
  });

  test('parts of one charge are known to the provider by the charge', () => {
    const data = { amount: 500, currency: 'EUR', providerReference: 'ch_123/0123456789abcdef01234567' };
    const event = { id: 'evt_1', type: 'payment.captured', at: '', orderId: '', data };
    expect(postedBy(event as never).movement).toEqual({
      reference: 'ch_123',
      kind: 'capture',
      currency: 'EUR',
      amount: 500,
    });
    const refund = { ...event, type: 'payment.refunded', data: { ...data, providerReference: 're_9' } };
    expect(postedBy(refund as never).movement).toMatchObject({ reference: 're_9', kind: 'refund', amount: -500 });
  });
});

describe('chart of accounts', () => {
  test('every account has a code of its own, and a legal entity may say otherwise', () => {
    const codes = LedgerAccount.options.map((account) => chart[account].code);
    expect(new Set(codes).size).toBe(codes.length);
    expect([codeOf({}, 'BANK'), codeOf({ BANK: '1800' }, 'BANK')]).toEqual(['1010', '1800']);
  });
});

describe('trial balance', () => {
  const lines = fc.array(
    fc.record({
      account: fc.constantFrom(...LedgerAccount.options),
      other: fc.constantFrom(...LedgerAccount.options),
      amount: fc.integer({ min: 1, max: 1_000_000_000 }),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD').map((code) => Currency.parse(code)),
    }),
    { maxLength: 40 },
  );
  const totals = lines.map((some) =>
    totalsOf(
      some.map(({ account, other, amount, currency }) => ({
        currency,
        lines: [line(account, amount, 0), line(other, 0, amount)],
      })),
    ),
  );

  test('debits and credits are equal in every currency, and what closes a period opens the next one', () => {
    fc.assert(
      fc.property(totals, totals, (before, during) => {
        for (const balance of trialBalances(before, during, {})) {
          expect(balance.balanced).toBe(true);
          for (const account of balance.accounts) {
            expect(account.closing).toBe(account.opening + account.debit - account.credit);
          }
        }
        const closing = trialBalances(before, during, {}).flatMap((one) => one.accounts.map((line) => line.closing));
        const opening = trialBalances(addTotals([...before, ...during]), [], {}).flatMap((one) =>
          one.accounts.map((line) => line.opening),
        );
        expect(closing).toEqual(opening);
      }),
      { seed: 7 },
    );
  });

  test('an entry with one side too many shows', () => {
    const broken = [{ account: 'BANK' as const, currency: eur, debit: 100, credit: 0 }];
    expect(trialBalances([], broken, {})[0]).toMatchObject({ balanced: false, totals: { debit: 100, credit: 0 } });
    expect(trialBalances(broken, [], {})[0]).toMatchObject({ balanced: false });
  });

  test('a sum that a number cannot hold exactly is refused, not rounded', () => {
    const large = { account: 'BANK' as const, currency: eur, debit: Number.MAX_SAFE_INTEGER, credit: 0 };
    expect(() => addTotals([large, { ...large, debit: 1 }])).toThrow(RangeError);
  });
});

describe('export', () => {
  test('a row for each line, with the codes of the legal entity and decimals of the currency', () => {
    const text = exportHeader() + exportRows(posting(), { PSP_CLEARING: '1360' });
    expect(parseCsv(text).map((fields) => fields.slice(0, 10))).toEqual([
      ['date', 'entry', 'type', 'legalEntity', 'account', 'accountCode', 'accountName', 'currency', 'debit', 'credit'],
      [
        '2026-01-05',
        'evt_1',
        'payment.captured',
        'acme',
        'PSP_CLEARING',
        '1360',
        'Payment providers: captured, not paid out yet',
        'EUR',
        '19.99',
        '',
      ],
      [
        '2026-01-05',
        'evt_1',
        'payment.captured',
        'acme',
        'DEPOSITS',
        '2100',
        'Customers’ deposits: paid, not invoiced yet',
        'EUR',
        '',
        '19.99',
      ],
    ]);
    expect(exportRows(posting({ currency: 'JPY' }), {})).toContain(',JPY,1999,,');
    expect(exportRows(posting({ currency: 'KWD' }), {})).toContain(',KWD,1.999,,');
  });

  test('whatever a field holds, it is read as it was written, and is no formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 }), (fields) => {
        fc.pre(fields.every((field) => !/^[=+\-@\t\r﻿]/.test(field)));
        expect(parseCsv(`${fields.map(csvField).join(',')}\r\n`)).toEqual([fields]);
      }),
      { seed: 11 },
    );
    expect([csvField('=1+1'), csvField('-12.50'), csvField('@x')]).toEqual(["'=1+1", '-12.50', "'@x"]);
  });
});

describe('payments by method', () => {
  test.each([
    ['card', 'PSP_CLEARING'],
    ['giftCard', 'STORE_CREDIT'],
    ['storeCredit', 'STORE_CREDIT'],
    ['terms', 'BANK'],
    ['cashOnDelivery', 'BANK'],
  ])('%s is in %s, and only a provider’s money is in his files', (method, account) => {
    const data = { amount: 500, currency: 'EUR', providerReference: 'ref', method };
    const event = { id: 'evt_1', type: 'payment.captured', at: '', orderId: '', data };
    const { entries, movement } = postedBy(event as never);
    expect(entries[0]?.lines).toContainEqual({ account, debit: 500, credit: 0 });
    expect(movement !== undefined).toBe(method === 'card');
  });
});
