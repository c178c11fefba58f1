import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { freeEverywhere, ShippingRates } from '../../domain/network/shipping-rates.ts';
import type { RatesReader } from '../../ports/network.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { networkSk, pk } from './keys.ts';

/** The rates, for who needs nothing else of the network. */
export const dynamoShippingRates = (client: DynamoDBClient, table: string): RatesReader => ({
  async rates() {
    const key = toAttributes({ pk: pk.network, sk: networkSk.rates });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item ? ShippingRates.parse(JSON.parse(String(fromAttributes(Item).data))) : freeEverywhere;
  },
});
