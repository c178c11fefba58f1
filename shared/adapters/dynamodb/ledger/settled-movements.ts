import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Difference } from '../../../domain/settlement-file/reconcile.ts';
import type { SettledGroup } from '../../../ports/settlements.ts';
import { toAttributes } from '../client.ts';
import type { Item } from '../order-items.ts';
import { ledgerPk } from './ledger-keys.ts';

/** Notes what files have said of a reference. Refused when the books or another file have changed it since it was read. */
export function movementUpdate(
  table: string,
  { group, known, settled, transactions, isOpen }: SettledGroup,
): TransactWriteItem {
  const isInBooks = known !== undefined && known.movements > 0;
  const values: Item = {
    ':settled': settled,
    ':transactions': transactions.join(' '),
    ...(!isInBooks && { ':currency': group.currency }),
    ...(known && { ':before': known.settled }),
    ...(isInBooks && { ':amount': known.amount }),
  };
  const sets = ['settled = :settled', 'transactions = :transactions', ...(isInBooks ? [] : ['currency = :currency'])];
  const asRead = [
    // A movement that no file has told of has no `settled`.
    known && known.transactions.length > 0
      ? 'settled = :before'
      : '(attribute_not_exists(settled) OR settled = :before)',
    isInBooks ? 'amount = :amount' : 'attribute_not_exists(amount)',
  ];
  return {
    Update: {
      TableName: table,
      Key: toAttributes({ pk: ledgerPk.reference(group.reference), sk: group.kind }),
      // Once it is told of as a difference, it is not missing any more.
      UpdateExpression: `SET ${sets.join(', ')}${isOpen ? '' : ' REMOVE gsi2pk, gsi2sk'}`,
      ConditionExpression: known ? asRead.join(' AND ') : 'attribute_not_exists(pk)',
      ExpressionAttributeValues: toAttributes(values),
    },
  };
}

/** What is written off counts as settled: a file that still tells of it differs again. */
export function writtenOff(table: string, { reference, movement, kind, residue }: Difference): TransactWriteItem[] {
  if (movement === 'line' || kind === 'currency_differs' || kind === 'unknown_here') return [];
  return [
    {
      Update: {
        TableName: table,
        Key: toAttributes({ pk: ledgerPk.reference(reference), sk: movement }),
        UpdateExpression: 'REMOVE gsi2pk, gsi2sk ADD settled :residue',
        ExpressionAttributeValues: toAttributes({ ':residue': residue }),
      },
    },
  ];
}
