import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { OrderId } from '../../../domain/ids.ts';
import type { LedgerSellers } from '../../../ports/ledger.ts';
import type { System } from '../../../ports/system.ts';
import { getRows } from '../inventory/rows.ts';
import { pk, sk } from '../keys.ts';
import { dynamoSellers, readEntity } from '../legal-entities.ts';
import type { Tables } from '../order-store.ts';

/** What of an order's head says whose it is: named when it was placed, or whoever sells in its storefront. */
const Head = z.object({ id: OrderId, channel: z.string(), legalEntityId: z.string().optional() });

export function dynamoLedgerSellers(
  client: DynamoDBClient,
  tables: Tables,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): LedgerSellers {
  const { sellerIn } = dynamoSellers(client, tables.inventory, system);
  const sellerOf = async ({ channel, legalEntityId }: z.infer<typeof Head>) => {
    const selling = await sellerIn(channel);
    if (legalEntityId === undefined || legalEntityId === selling.id) return selling;
    // The storefront has changed hands since.
    const named = await readEntity(client, tables.inventory, legalEntityId);
    return { id: legalEntityId, timeZone: named?.timeZone ?? selling.timeZone };
  };
  return {
    async sellersOf(orderIds) {
      const keys = orderIds.flatMap((id) => {
        const parsed = OrderId.safeParse(id);
        return parsed.success ? [{ pk: pk.order(parsed.data), sk: sk.head }] : [];
      });
      const rows = await getRows(client, tables.orders, keys, system);
      const sellers = new Map<string, { legalEntityId: string; timeZone: string }>();
      for (const row of rows) {
        const head = Head.parse(JSON.parse(String(row.data)));
        const { id, timeZone } = await sellerOf(head);
        sellers.set(head.id, { legalEntityId: id, timeZone });
      }
      return sellers;
    },
  };
}
