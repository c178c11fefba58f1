import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OrderId } from '../../domain/ids.ts';
import { addedBy, type PolicyTotals } from '../../domain/routing/shadow-totals.ts';
import type { RouteRecord } from '../../ports/route-log.ts';
import type { ShadowLog } from '../../ports/shadow-log.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { listShards, onlySk, pk, shardOf } from './keys.ts';

/** A year, and a month to look back at it. */
const keptForDays = 400;

/** One attribute for each number of each policy. */
const counters = ({ policy, cost, ...numbers }: PolicyTotals): [name: string, value: number][] => [
  ...Object.entries(numbers).map(([name, value]): [string, number] => [`${policy} ${name}`, value]),
  ...Object.entries(cost).map(([currency, value]): [string, number] => [`${policy} cost ${currency}`, value]),
];

/**
 * Adds a committed decision to the totals of its storefront's day: all of its policies in one write, so that they always speak of the same decisions. Not part of
 * the order's transaction, where orders would meet at the row: a decision whose function dies just then is missing from the totals, of all policies alike.
 */
export async function countShadows(
  client: DynamoDBClient,
  table: string,
  orderId: OrderId,
  { decision, input, at }: RouteRecord,
): Promise<void> {
  const added = addedBy(decision, input).flatMap(counters);
  if (added.length === 0) return;
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toAttributes({ pk: pk.shadow(input.order.channel, at.slice(0, 10), shardOf(orderId)), sk: onlySk }),
        UpdateExpression: `SET expiresAt = :expires ADD ${added.map((_, n) => `#n${n} :n${n}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(added.map(([name], n) => [`#n${n}`, name])),
        ExpressionAttributeValues: {
          ':expires': { N: String(Math.floor(Date.parse(at) / 1000) + keptForDays * 24 * 3600) },
          ...Object.fromEntries(added.map(([, value], n) => [`:n${n}`, { N: String(value) }])),
        },
      }),
    );
  } catch {
    // The order is committed, and a comparison of policies must not undo that.
  }
}

export function dynamoShadowLog(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
): ShadowLog {
  return {
    async totals(storefront, days) {
      const shards = Array.from({ length: listShards }, (_, shard) => shard);
      const keys = days.flatMap((day) => shards.map((shard) => pk.shadow(storefront, day, shard)));
      let left: Record<string, AttributeValue>[] = keys.map((key) => toAttributes({ pk: key, sk: onlySk }));
      const found = new Map<string, Map<string, PolicyTotals>>();
      for (let round = 0; left.length > 0; round++) {
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left.slice(0, 100) } } }),
        );
        for (const item of Responses?.[table] ?? []) {
          const { pk: key, sk: _, expiresAt: __, ...numbers } = fromAttributes(item);
          const day = String(key).split('#').at(-2) ?? '';
          const policies = found.get(day) ?? new Map<string, PolicyTotals>();
          found.set(day, policies);
          for (const [name, value] of Object.entries(numbers)) count(policies, name, Number(value));
        }
        const again = UnprocessedKeys?.[table]?.Keys ?? [];
        if (again.length > 0) await system.sleep(system.random() * Math.min(1000, 20 * 2 ** round));
        left = [...again, ...left.slice(100)];
      }
      return [...found]
        .map(([day, policies]) => ({
          day,
          policies: [...policies.values()].sort((a, b) => (a.policy < b.policy ? -1 : 1)),
        }))
        .sort((a, b) => (a.day < b.day ? -1 : 1));
    },
  };
}

const numbers = [
  'decisions',
  'decided',
  'unitsServed',
  'unitsShort',
  'parcels',
  'splits',
  'late',
  'lateHours',
] as const;

function count(policies: Map<string, PolicyTotals>, name: string, value: number): void {
  const [policy = '', what, currency] = name.split(' ');
  const zeros = {
    decisions: 0,
    decided: 0,
    unitsServed: 0,
    unitsShort: 0,
    parcels: 0,
    splits: 0,
    late: 0,
    lateHours: 0,
  };
  const totals = policies.get(policy) ?? { policy, ...zeros, cost: {} };
  policies.set(policy, totals);
  if (what === 'cost' && currency !== undefined) totals.cost[currency] = exact((totals.cost[currency] ?? 0) + value);
  const number = numbers.find((one) => one === what);
  if (number) totals[number] = exact(totals[number] + value);
}

/** Shards' sums of fractions, to the thousandth. */
const exact = (amount: number): number => Math.round(amount * 1000) / 1000;
