import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ScreeningWanted } from '../../ports/fraud-book.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { fraudConfigKey } from './keys.ts';

/** Milliseconds. A first rule is in force by then; a shop without rules pays one small read in this time, not one an order. */
const rememberedFor = 30_000;

/** Two numbers of the settings, without what is written there: whoever asks carries none of the rules' schema. */
export function rememberedWish(client: DynamoDBClient, table: string, now: () => number): ScreeningWanted {
  let known: { isWanted: boolean; until: number } | undefined;
  return {
    async isWanted() {
      if (known && now() < known.until) return known.isWanted;
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          Key: toAttributes(fraudConfigKey),
          ProjectionExpression: 'ruleCount, entries',
        }),
      );
      const { ruleCount = 0, entries = 0 } = Item ? fromAttributes(Item) : {};
      known = { isWanted: Number(ruleCount) + Number(entries) > 0, until: now() + rememberedFor };
      return known.isWanted;
    },
  };
}
