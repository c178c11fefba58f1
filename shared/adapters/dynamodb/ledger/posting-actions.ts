import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type LedgerPosting, totalsOf } from '../../../domain/ledger/posting.ts';
import { toAttributes } from '../client.ts';
import { ledgerIndexKeys, ledgerPk, ledgerSk, totalSk } from './ledger-keys.ts';

/** Writes an entry that is not there yet. */
export function entryPut(table: string, posting: LedgerPosting): TransactWriteItem {
  const { id, legalEntityId, day, at } = posting;
  return {
    Put: {
      TableName: table,
      Item: toAttributes({
        pk: partitionOf(posting),
        sk: id,
        data: JSON.stringify(posting),
        ...ledgerIndexKeys.entry(legalEntityId, day, at, id),
      }),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

function partitionOf({ id, orderId, creditId, settlementId }: LedgerPosting): string {
  if (orderId !== undefined) return ledgerPk.order(orderId);
  return creditId === undefined ? ledgerPk.settlement(settlementId ?? id) : ledgerPk.credit(creditId);
}

/** Adds entries to the totals of their days and months, and opens their days again: one action for each row, however many entries. */
export function totalUpdates(table: string, postings: readonly LedgerPosting[]): TransactWriteItem[] {
  const days = Map.groupBy(postings, ({ legalEntityId, day }) => `${legalEntityId} ${day}`);
  const months = Map.groupBy(postings, ({ legalEntityId, day }) => `${legalEntityId} ${day.slice(0, 7)}`);
  const added = (legalEntityId: string, prefix: string, some: readonly LedgerPosting[]): TransactWriteItem[] =>
    totalsOf(some).map(({ account, currency, debit, credit }) => ({
      Update: {
        TableName: table,
        Key: toAttributes({ pk: ledgerPk.books(legalEntityId), sk: totalSk(prefix, currency, account) }),
        UpdateExpression: 'ADD debit :debit, credit :credit',
        ExpressionAttributeValues: toAttributes({ ':debit': debit, ':credit': credit }),
      },
    }));
  return [
    ...[...days.values()].flatMap((some) => {
      const { legalEntityId = '', day = '' } = some[0] ?? {};
      const open = ledgerIndexKeys.openDay(day, legalEntityId);
      const head: TransactWriteItem = {
        Update: {
          TableName: table,
          Key: toAttributes({ pk: ledgerPk.books(legalEntityId), sk: ledgerSk.day(day) }),
          UpdateExpression: 'SET gsi2pk = :pk, gsi2sk = :sk ADD entries :count',
          ExpressionAttributeValues: toAttributes({ ':pk': open.gsi2pk, ':sk': open.gsi2sk, ':count': some.length }),
        },
      };
      return [head, ...added(legalEntityId, ledgerSk.dayTotals(day), some)];
    }),
    ...[...months.values()].flatMap((some) => {
      const { legalEntityId = '', day = '' } = some[0] ?? {};
      return added(legalEntityId, ledgerSk.monthTotals(day.slice(0, 7)), some);
    }),
  ];
}
