import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { AccountCodes, LedgerAccount } from '../../../domain/ledger/chart.ts';
import { type AccountTotal, addTotals, LedgerPosting } from '../../../domain/ledger/posting.ts';
import { Currency } from '../../../domain/money.ts';
import { addDays } from '../../../domain/network/wall-clock.ts';
import type { AccountCodeStore, LedgerReader } from '../../../ports/ledger.ts';
import type { Page, Position } from '../../../ports/order-store.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { getRow, getRows } from '../inventory/rows.ts';
import { listShards } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { ledgerPartitions, ledgerPk, ledgerSk } from './ledger-keys.ts';

const totalIn = ({ sk, debit, credit }: Item): AccountTotal => {
  const [currency, account] = String(sk).split('#').slice(-2);
  return {
    account: LedgerAccount.parse(account),
    currency: Currency.parse(currency),
    debit: Number(debit),
    credit: Number(credit),
  };
};

const postingIn = (row: Item): LedgerPosting => LedgerPosting.parse(JSON.parse(String(row.data)));

/** Where an entry stands in the order of a day. */
interface Ranked {
  rank: string;
  pk: string;
  sk: string;
}

export function dynamoLedgerReader(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
): LedgerReader {
  const totalsBetween = async (legalEntityId: string, from: string, to: string): Promise<AccountTotal[]> =>
    (await queryRange(client, table, ledgerPk.books(legalEntityId), from, `${to}~`)).map(totalIn);

  const ranked = async (partition: string, after: string, limit: number): Promise<Ranked[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk > :after',
        ExpressionAttributeValues: { ':pk': { S: partition }, ':after': { S: after } },
        Limit: limit,
      }),
    );
    return Items.map(({ pk, sk, gsi1sk }) => ({ rank: String(gsi1sk?.S), pk: String(pk?.S), sk: String(sk?.S) }));
  };

  /** Of one day, oldest first, behind a rank. */
  const ofDay = async (legalEntityId: string, day: string, after: string, limit: number): Promise<Ranked[]> => {
    const shards = Array.from({ length: listShards }, (_, shard) => shard);
    const pages = await Promise.all(
      shards.map((shard) => ranked(ledgerPartitions.entries(legalEntityId, day, shard), after, limit)),
    );
    return pages
      .flat()
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, limit);
  };

  const resolved = async (found: readonly Ranked[]): Promise<LedgerPosting[]> => {
    const rows = await getRows(
      client,
      table,
      found.map(({ pk, sk }) => ({ pk, sk })),
      system,
    );
    const byKey = new Map(rows.map((row) => [`${row.pk} ${row.sk}`, row]));
    return found.flatMap(({ pk, sk }) => {
      const row = byKey.get(`${pk} ${sk}`);
      return row ? [postingIn(row)] : [];
    });
  };

  return {
    ...dynamoAccountCodes(client, table),

    async totalsBefore(legalEntityId, day) {
      const month = day.slice(0, 7);
      const [months, days] = await Promise.all([
        totalsBetween(legalEntityId, ledgerSk.monthTotals(''), ledgerSk.monthTotals(monthBefore(month))),
        day.endsWith('-01')
          ? []
          : totalsBetween(legalEntityId, ledgerSk.dayTotals(`${month}-01`), ledgerSk.dayTotals(addDays(day, -1))),
      ]);
      return addTotals([...months, ...days]);
    },

    totals: async (legalEntityId, from, to) =>
      addTotals(await totalsBetween(legalEntityId, ledgerSk.dayTotals(from), ledgerSk.dayTotals(to))),

    async entries({ legalEntityId, from, to }, { limit, after }): Promise<Page<LedgerPosting>> {
      const first = after?.day ?? from;
      const rows = await queryRange(
        client,
        table,
        ledgerPk.books(legalEntityId),
        ledgerSk.day(first),
        ledgerSk.day(to),
      );
      const found: (Ranked & { day: string })[] = [];
      for (const { sk } of rows) {
        const day = String(sk).slice(ledgerSk.day('').length);
        // Ranks begin with the year: anything is behind a blank.
        const behind = after && day === after.day ? (after.rank ?? ' ') : ' ';
        const some = await ofDay(legalEntityId, day, behind, limit + 1 - found.length);
        found.push(...some.map((one) => ({ ...one, day })));
        if (found.length > limit) break;
      }
      const last = found[limit - 1];
      const next: Position | undefined = found.length > limit && last ? { day: last.day, rank: last.rank } : undefined;
      return { items: await resolved(found.slice(0, limit)), ...(next && { next }) };
    },

    async entriesOfOrder(orderId) {
      const rows = await queryRange(client, table, ledgerPk.order(orderId), ' ', '~');
      return rows.map(postingIn).sort((a, b) => (`${a.at}${a.id}` < `${b.at}${b.id}` ? -1 : 1));
    },
  };
}

const monthBefore = (month: string): string => addDays(`${month}-01`, -1).slice(0, 7);

export const dynamoAccountCodes = (client: DynamoDBClient, table: string): AccountCodeStore => ({
  async codes(legalEntityId) {
    const row = await getRow(client, table, { pk: ledgerPk.books(legalEntityId), sk: ledgerSk.codes });
    return row ? AccountCodes.parse(JSON.parse(String(row.data))) : {};
  },
  async putCodes(legalEntityId, codes) {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: toAttributes({
          pk: ledgerPk.books(legalEntityId),
          sk: ledgerSk.codes,
          data: JSON.stringify(codes),
        }),
      }),
    );
  },
});
