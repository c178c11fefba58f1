import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Supply } from '../../../domain/stock/supply.ts';
import type { Transfer } from '../../../domain/stock/transfer.ts';
import type { AppliedRows, StockAnswer, StockCommit, StockItem, StockLogEvent } from '../../../ports/stock-store.ts';
import { toAttributes } from '../client.ts';
import { documentSk, eventSk, feedSk, onlySk, pk, stockIndexKeys, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';

/** A stock command as the actions of one transaction: the kept answer first, so that a failure there is told from the others. */
export function stockActions(
  TableName: string,
  commit: StockCommit,
  buckets: readonly TransactWriteItem[],
): TransactWriteItem[] {
  const { items, events, transfer, supplies, answer, applied } = commit;
  return [
    ...(answer ? [{ Put: answerPut(TableName, answer) }] : []),
    ...(applied ? [appliedPut(TableName, applied)] : []),
    ...items.map((item) => itemUpdate(TableName, item)),
    ...buckets,
    ...events.map((event) => eventPut(TableName, event)),
    ...(transfer ? [documentPut(TableName, pk.transfer(transfer.id), transfer, transferIndex(transfer))] : []),
    ...supplies.map((supply) => documentPut(TableName, pk.supply(supply.id), supply, supplyIndex(supply))),
  ];
}

/** Numbers the events of a SKU without gaps; a threshold that was changed meanwhile is a conflict, as new buckets carry it. */
export function itemUpdate(
  TableName: string,
  { before, after }: { before: StockItem; after: StockItem },
): TransactWriteItem {
  const { gsi1pk, gsi1sk } = stockIndexKeys.item(after.sku);
  const { lowAt } = before;
  const numbered = before.sequence === 0 ? 'attribute_not_exists(#sequence)' : '#sequence = :last';
  const threshold = lowAt === undefined ? 'attribute_not_exists(lowAt)' : 'lowAt = :lowAt';
  return {
    Update: {
      TableName,
      Key: toAttributes({ pk: pk.sku(after.sku), sk: stockSk.item }),
      UpdateExpression: 'SET sku = :sku, #sequence = :next, lastAt = :at, gsi1pk = :gsi1pk, gsi1sk = :gsi1sk',
      ConditionExpression: `${numbered} AND ${threshold}`,
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: toAttributes({
        ':sku': after.sku,
        ':next': after.sequence,
        ':at': after.lastAt,
        ':gsi1pk': gsi1pk,
        ':gsi1sk': gsi1sk,
        ...(before.sequence > 0 && { ':last': before.sequence }),
        ...(lowAt !== undefined && { ':lowAt': lowAt }),
      }),
    },
  };
}

export function eventPut(
  TableName: string,
  { subject, actor, data, note, ...event }: StockLogEvent,
): TransactWriteItem {
  const item: Item = {
    pk: subject.kind === 'sku' ? pk.sku(subject.sku) : pk[subject.kind](subject.id),
    sk: eventSk(event.sequence),
    ...event,
    version: event.sequence,
    actor: JSON.stringify(actor),
    data: JSON.stringify(data),
    ...(note !== undefined && { note }),
    ...(subject.kind === 'sku' && stockIndexKeys.ledger(subject.sku, subject.locationId, event.at, event.id)),
  };
  return { Put: { TableName, Item: toAttributes(item), ConditionExpression: 'attribute_not_exists(pk)' } };
}

function appliedPut(TableName: string, { feedId, batch, version, rows, expiresAt }: AppliedRows): TransactWriteItem {
  const item = { pk: pk.feed(feedId), sk: feedSk.applied + batch, version, rows: rows.join(' '), expiresAt };
  return { Put: { TableName, Item: toAttributes(item), ...isNext(version) } };
}

/** The row has the version before this one. */
const isNext = (version: number) =>
  version === 1
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
      };

const transferIndex = ({ status, createdAt, id }: Transfer): Item => stockIndexKeys.transfer(status, createdAt, id);
const supplyIndex = ({ sku, status, eta, id }: Supply): Item => stockIndexKeys.supply(sku, status, eta, id);

function documentPut(TableName: string, key: string, document: Transfer | Supply, index: Item): TransactWriteItem {
  const { version } = document;
  const item = { pk: key, sk: documentSk, version, data: JSON.stringify(document), ...index };
  return { Put: { TableName, Item: toAttributes(item), ...isNext(version) } };
}

export const answerPut = (TableName: string, answer: StockAnswer) => ({
  TableName,
  Item: toAttributes({
    pk: pk.idempotency(answer.owner, answer.key),
    sk: onlySk,
    data: JSON.stringify(answer),
    expiresAt: answer.expiresAt,
  }),
  ConditionExpression: 'attribute_not_exists(pk)',
});
