import { type DynamoDBClient, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { LedgerPosting } from '../../../domain/ledger/posting.ts';
import type { Difference, KnownMovement, SettlementGroup } from '../../../domain/settlement-file/reconcile.ts';
import type { SettlementRowError } from '../../../domain/settlement-file/row.ts';
import type { Page, Position } from '../../../ports/order-store.ts';
import {
  mostSettlementRowsPerPart,
  Settlement,
  type SettlementEvent,
  SettlementId,
  SettlementResult,
  type SettlementStore,
  type Unsettled,
} from '../../../ports/settlements.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { commitStep } from '../commit-step.ts';
import { indexPage } from '../inventory/index-page.ts';
import { getRow, getRows } from '../inventory/rows.ts';
import { eventSk, listShards, onlySk } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { ledgerPartitions, ledgerPk } from './ledger-keys.ts';
import { entryPut, totalUpdates } from './posting-actions.ts';
import { movementUpdate, writtenOff } from './settled-movements.ts';

const rowsPerChunk = 500;
const errorsPerRow = 500;
const two = (n: number): string => String(n).padStart(2, '0');
const chunkSk = (part: number, index: number): string => `CHUNK#${two(part)}#${two(index)}`;
/** How far the orders are told of what differs. */
const toldSk = 'TOLD';
const resultSk = (number: string): string => `RESULT#${number}`;
const kinds = ['capture', 'refund', 'chargeback'] as const;

const movementIn = (row: Item): KnownMovement => ({
  ...(row.orderId !== undefined && { orderId: String(row.orderId) }),
  ...(row.currency !== undefined && { currency: String(row.currency) }),
  amount: Number(row.amount ?? 0),
  movements: Number(row.movements ?? 0),
  settled: Number(row.settled ?? 0),
  transactions: String(row.transactions ?? '')
    .split(' ')
    .filter((id) => id !== ''),
});

/** Settlement files and what became of them, in the ledger's partitions of the table `orders`. */
export function dynamoSettlements(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
): SettlementStore {
  const keyOf = (id: SettlementId) => ledgerPk.settlement(id);
  const put = (id: SettlementId, sk: string, item: Item, condition?: string): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: toAttributes({ pk: keyOf(id), sk, ...item }),
      ...(condition !== undefined && { ConditionExpression: condition }),
    },
  });
  const head = (settlement: Settlement): Item => ({
    data: JSON.stringify(settlement),
    version: settlement.version,
    gsi1pk: ledgerPartitions.settlements(settlement.legalEntityId),
    gsi1sk: `${settlement.createdAt}#${settlement.id}`,
  });
  /** Replaces the head that has the version before. */
  const changeHead = (after: Settlement): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: toAttributes({ pk: keyOf(after.id), sk: onlySk, ...head(after) }),
      ConditionExpression: '#version = :before',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: toAttributes({ ':before': after.version - 1 }),
    },
  });
  const tell = ({ id }: Settlement, sequence: number, event: SettlementEvent): TransactWriteItem => {
    const { data, ...rest } = event;
    const row = { ...rest, sequence, correlationId: id, causationId: id, data: JSON.stringify(data) };
    return put(id, eventSk(sequence), row, 'attribute_not_exists(pk)');
  };
  const commit = (actions: TransactWriteItem[]) => commitStep(client, actions);
  const range = (id: SettlementId, from: string) => queryRange(client, table, keyOf(id), from, `${from}~`);
  const fileKey = (legalEntityId: string, hash: string): Item => ({
    pk: ledgerPk.file(legalEntityId, hash),
    sk: onlySk,
  });

  /** A page of what stands in rows of many, in their order. */
  const pageOf = async <T>(
    id: SettlementId,
    prefix: string,
    { limit, after }: { limit: number; after?: Position | undefined },
    itemsIn: (row: Item) => T[],
  ): Promise<Page<T>> => {
    const items: { item: T; sk: string; n: number }[] = [];
    let from = after?.sk ?? prefix;
    while (items.length <= limit) {
      const rows = await queryRange(client, table, keyOf(id), from, `${prefix}~`, 5);
      for (const row of rows) {
        const sk = String(row.sk);
        const isFirst = sk === after?.sk;
        itemsIn(row).forEach((item, n) => {
          if (!isFirst || n > Number(after?.n)) items.push({ item, sk, n });
        });
      }
      if (rows.length < 5) break;
      from = `${rows.at(-1)?.sk}~`;
    }
    const last = items[limit - 1];
    const next = items.length > limit && last ? { sk: last.sk, n: String(last.n) } : undefined;
    return { items: items.slice(0, limit).map(({ item }) => item), ...(next && { next }) };
  };

  return {
    async create(settlement) {
      await commit([put(settlement.id, onlySk, head(settlement), 'attribute_not_exists(pk)')]);
    },

    async load(id) {
      const row = await getRow(client, table, { pk: keyOf(id), sk: onlySk });
      return row && Settlement.parse(JSON.parse(String(row.data)));
    },

    async withContent(legalEntityId, hash) {
      const row = await getRow(client, table, fileKey(legalEntityId, hash));
      return row && SettlementId.parse(row.settlementId);
    },

    async putPart(settlement, part, rows, hash) {
      const { id, version } = settlement;
      const chunks = Array.from({ length: Math.ceil(rows.length / rowsPerChunk) }, (_, index) =>
        put(id, chunkSk(part, index), {
          data: JSON.stringify(rows.slice(index * rowsPerChunk, (index + 1) * rowsPerChunk)),
        }),
      );
      const most = mostSettlementRowsPerPart / rowsPerChunk;
      const gone = Array.from({ length: most - chunks.length }, (_, n) => ({
        Delete: { TableName: table, Key: toAttributes({ pk: keyOf(id), sk: chunkSk(part, chunks.length + n) }) },
      }));
      return commit([
        changeHead({ ...settlement, version: version + 1 }),
        put(id, `PART#${two(part)}`, { rows: rows.length, hash }),
        ...chunks,
        ...gone,
      ]);
    },

    async parts(id) {
      const rows = await range(id, 'PART#');
      return rows.map(({ sk, rows: count, hash }) => ({
        part: Number(String(sk).slice(5)),
        rows: Number(count),
        hash: String(hash),
      }));
    },

    submit: (after, hash, event) =>
      commit([
        changeHead(after),
        {
          Put: {
            TableName: table,
            Item: toAttributes({ ...fileKey(after.legalEntityId, hash), settlementId: after.id }),
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        tell(after, 1, event),
      ]),

    async rows({ id, parts = [] }) {
      const rows: string[][] = [];
      for (const part of parts.keys()) {
        for (const chunk of await range(id, `CHUNK#${two(part + 1)}#`)) {
          rows.push(...(JSON.parse(String(chunk.data)) as string[][]));
        }
      }
      const wanted = parts.reduce((sum, count) => sum + count, 0);
      if (rows.length !== wanted) throw new Error(`${id} has ${rows.length} rows of ${wanted}`);
      return rows;
    },

    async reject(after, errors) {
      // The same errors each time: what a crash left is written over.
      for (let n = 0; n * errorsPerRow < errors.length; n++) {
        const some = errors.slice(n * errorsPerRow, (n + 1) * errorsPerRow);
        await commit([put(after.id, `ERRORS#${String(n).padStart(4, '0')}`, { data: JSON.stringify(some) })]);
      }
      return commit([changeHead(after)]);
    },

    async results(id) {
      const rows = await range(id, 'RESULT#');
      return new Map(
        rows.map(({ sk, data }) => [String(sk).slice(7), SettlementResult.parse(JSON.parse(String(data)))]),
      );
    },

    async progress(id) {
      const rows = await range(id, 'RESULT#');
      return rows.reduce((sum, row) => sum + Number(row.rows ?? 0), 0);
    },

    async toldUpTo(id) {
      const row = await getRow(client, table, { pk: keyOf(id), sk: toldSk });
      return row && String(row.number);
    },

    async markTold(id, number) {
      await commit([put(id, toldSk, { number })]);
    },

    async movements(groups) {
      const byKey = new Map(groups.map((group) => [`${ledgerPk.reference(group.reference)} ${group.kind}`, group]));
      const keys = [...byKey.values()].map(({ reference, kind }) => ({ pk: ledgerPk.reference(reference), sk: kind }));
      const rows = await getRows(client, table, keys, system);
      const known = new Map(rows.map((row) => [`${row.pk} ${row.sk}`, movementIn(row)]));
      return new Map(
        groups.flatMap((group): [SettlementGroup, KnownMovement][] => {
          const one = known.get(`${ledgerPk.reference(group.reference)} ${group.kind}`);
          return one ? [[group, one]] : [];
        }),
      );
    },

    settle: ({ id }, number, result, groups) =>
      commit([
        put(
          id,
          resultSk(number),
          {
            data: JSON.stringify(result),
            rows: groups.reduce((sum, { group }) => sum + group.rows.length, 0),
            version: 1,
          },
          'attribute_not_exists(pk)',
        ),
        ...groups.map((group) => movementUpdate(table, group)),
      ]),

    async unsettled(legalEntityId, before, limit) {
      const found: Unsettled[] = [];
      for (let shard = 0; shard < listShards; shard++) {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'gsi2',
            KeyConditionExpression: 'gsi2pk = :pk AND gsi2sk < :before',
            ExpressionAttributeValues: toAttributes({
              ':pk': ledgerPartitions.unsettled(legalEntityId, shard),
              ':before': before,
            }),
            Limit: limit,
          }),
        );
        const keys = Items.map(({ pk, sk }) => ({ pk: String(pk?.S), sk: String(sk?.S) }));
        for (const row of await getRows(client, table, keys, system)) {
          const kind = kinds.find((one) => one === row.sk);
          const reference = String(row.pk).slice(ledgerPk.reference('').length);
          if (kind) found.push({ reference, kind, ...movementIn(row) });
        }
      }
      return found.slice(0, limit);
    },

    finish: (after, postings, event) =>
      commit([
        changeHead(after),
        ...postings.map((posting) => entryPut(table, posting)),
        ...totalUpdates(table, postings),
        tell(after, 2, event),
      ]),

    async resolve({ id }, difference, postings: readonly LedgerPosting[]) {
      const number = difference.id.slice(0, difference.id.lastIndexOf('-'));
      const row = await getRow(client, table, { pk: keyOf(id), sk: resultSk(number) });
      if (!row) return false;
      const result = SettlementResult.parse(JSON.parse(String(row.data)));
      const is = result.differences.find((one) => one.id === difference.id);
      if (is?.status !== 'OPEN') return false;
      const differences = result.differences.map((one) => (one.id === difference.id ? difference : one));
      const version = Number(row.version);
      return commit([
        {
          Put: {
            TableName: table,
            Item: toAttributes({
              pk: keyOf(id),
              sk: resultSk(number),
              data: JSON.stringify({ ...result, differences }),
              version: version + 1,
            }),
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: toAttributes({ ':version': version }),
          },
        },
        ...postings.map((posting) => entryPut(table, posting)),
        ...totalUpdates(table, postings),
        ...(postings.length > 0 ? writtenOff(table, difference) : []),
      ]);
    },

    list(legalEntityId, page) {
      const of = { index: 'gsi1', partition: ledgerPartitions.settlements(legalEntityId), isAscending: false } as const;
      return indexPage(client, table, of, page, async (found) => {
        const keys = found.map(({ pk, sk }) => ({ pk, sk }));
        const rows = new Map((await getRows(client, table, keys, system)).map((row) => [row.pk, row]));
        return found.flatMap(({ pk }) => {
          const row = rows.get(pk);
          return row ? [Settlement.parse(JSON.parse(String(row.data)))] : [];
        });
      });
    },

    errors: (id, page) => pageOf(id, 'ERRORS#', page, (row) => JSON.parse(String(row.data)) as SettlementRowError[]),

    differences: (id, page) =>
      pageOf<Difference>(
        id,
        'RESULT#',
        page,
        (row) => SettlementResult.parse(JSON.parse(String(row.data))).differences,
      ),
  };
}
