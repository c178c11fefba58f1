import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { codeOf } from '../../../domain/ledger/chart.ts';
import type { LedgerClosing, LedgerDay } from '../../../ports/ledger.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { commitStep } from '../commit-step.ts';
import { getRow, getRows } from '../inventory/rows.ts';
import { eventSk } from '../keys.ts';
import { ledgerPartitions, ledgerPk, ledgerSk } from './ledger-keys.ts';
import { dynamoAccountCodes } from './reader.ts';

export function dynamoLedgerClosing(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
): LedgerClosing {
  const { codes } = dynamoAccountCodes(client, table);
  return {
    async openDays(before, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi2',
          KeyConditionExpression: 'gsi2pk = :pk AND gsi2sk < :before',
          ExpressionAttributeValues: { ':pk': { S: ledgerPartitions.openDays }, ':before': { S: before } },
          Limit: limit,
        }),
      );
      const keys = Items.map(({ pk, sk }) => ({ pk: String(pk?.S), sk: String(sk?.S) }));
      const rows = await getRows(client, table, keys, system);
      return rows
        .map(
          ({ pk, sk, entries, revision }): LedgerDay => ({
            legalEntityId: String(pk).slice(ledgerPk.books('').length),
            day: String(sk).slice(ledgerSk.day('').length),
            entries: Number(entries),
            revision: Number(revision ?? 0),
          }),
        )
        .sort((a, b) => (a.day < b.day ? -1 : 1));
    },

    async close({ legalEntityId, day, entries, revision }, totals, { eventId, at }) {
      const pk = ledgerPk.books(legalEntityId);
      const [log, own] = await Promise.all([getRow(client, table, { pk, sk: ledgerSk.log }), codes(legalEntityId)]);
      const last = Number(log?.sequence ?? 0);
      const data = {
        legalEntityId,
        day,
        revision: revision + 1,
        entries,
        totals: totals.map(({ account, currency, debit, credit }) => ({
          account,
          code: codeOf(own, account),
          currency,
          debit,
          credit,
        })),
      };
      const event = {
        id: eventId,
        type: 'ledger.day_closed',
        sequence: last + 1,
        at,
        correlationId: `ledger_${legalEntityId}`,
        causationId: `ledger_${legalEntityId}_${day}`,
        data: JSON.stringify(data),
      };
      return commitStep(client, [
        {
          Update: {
            TableName: table,
            Key: toAttributes({ pk, sk: ledgerSk.day(day) }),
            UpdateExpression: 'SET revision = :revision REMOVE gsi2pk, gsi2sk',
            ConditionExpression: 'entries = :entries AND attribute_exists(gsi2pk)',
            ExpressionAttributeValues: toAttributes({ ':revision': revision + 1, ':entries': entries }),
          },
        },
        {
          Update: {
            TableName: table,
            Key: toAttributes({ pk, sk: ledgerSk.log }),
            UpdateExpression: 'SET #sequence = :next',
            ConditionExpression: last === 0 ? 'attribute_not_exists(pk)' : '#sequence = :last',
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ExpressionAttributeValues: toAttributes({ ':next': last + 1, ...(last > 0 && { ':last': last }) }),
          },
        },
        {
          Put: {
            TableName: table,
            Item: toAttributes({ pk, sk: eventSk(last + 1), ...event }),
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ]);
    },
  };
}
