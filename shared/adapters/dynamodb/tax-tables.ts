import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { noTaxTable, TaxTable } from '../../domain/pricing/tax/tax-table.ts';
import type { TaxTables } from '../../ports/tax.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { onlySk, pk } from './keys.ts';

/** The table of taxes, one item of the table `inventory`: it is read whole, and replaced whole. */
export const dynamoTaxTables = (client: DynamoDBClient, table: string): TaxTables => ({
  async table() {
    const key = toAttributes({ pk: pk.taxes, sk: onlySk });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item ? TaxTable.parse(JSON.parse(String(fromAttributes(Item).data))) : noTaxTable;
  },

  async put(taxes) {
    const item = toAttributes({ pk: pk.taxes, sk: onlySk, data: JSON.stringify(taxes) });
    await client.send(new PutItemCommand({ TableName: table, Item: item }));
  },
});
