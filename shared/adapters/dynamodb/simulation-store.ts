import { type DynamoDBClient, GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { SimulatedDay } from '../../domain/routing/simulation.ts';
import { Simulation, SimulationId, type SimulationStore } from '../../ports/simulations.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { commitStep } from './commit-step.ts';
import { indexKeys, indexPartitions, onlySk, pk } from './keys.ts';
import { queryAll } from './order-store.ts';

const daySk = (day: string): string => `DAY#${day}`;
/** As long as what it was made from. */
const keptForDays = 90;

/** Simulations of routing, in the table `orders`, in partitions of their own. */
export function dynamoSimulations(client: DynamoDBClient, table: string): SimulationStore {
  const expiresAt = ({ startedAt }: Simulation) => Math.floor(Date.parse(startedAt) / 1000) + keptForDays * 24 * 3600;

  const headPut = (simulation: Simulation, before: Simulation | undefined): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: toAttributes({
        pk: pk.simulation(simulation.id),
        sk: onlySk,
        data: JSON.stringify(simulation),
        version: simulation.version,
        expiresAt: expiresAt(simulation),
        ...(simulation.state === 'RUNNING' && indexKeys.runningSimulation(simulation.startedAt, simulation.id)),
      }),
      ...(before
        ? {
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': { N: String(before.version) } },
          }
        : { ConditionExpression: 'attribute_not_exists(pk)' }),
    },
  });

  const committed = (actions: TransactWriteItem[]): Promise<boolean> => commitStep(client, actions);

  const get = async (id: SimulationId, sk: string) => {
    const Key = toAttributes({ pk: pk.simulation(id), sk });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && (JSON.parse(String(fromAttributes(Item).data)) as unknown);
  };

  return {
    create: (simulation) => committed([headPut(simulation, undefined)]),

    async load(id) {
      const row = await get(id, onlySk);
      return row === undefined ? undefined : Simulation.parse(row);
    },

    save: (before, after, day) =>
      committed([
        headPut({ ...after, version: before.version + 1 }, before),
        ...(day
          ? [
              {
                Put: {
                  TableName: table,
                  Item: toAttributes({
                    pk: pk.simulation(after.id),
                    sk: daySk(day.day),
                    data: JSON.stringify(day.totals),
                    expiresAt: expiresAt(after),
                  }),
                },
              },
            ]
          : []),
      ]),

    async day(id, day) {
      const row = await get(id, daySk(day));
      return row === undefined ? undefined : SimulatedDay.parse(row);
    },

    async days(id) {
      const rows = await queryAll(client, table, pk.simulation(id), daySk(''));
      return rows.map(({ sk, data }) => ({
        day: String(sk).slice(daySk('').length),
        totals: SimulatedDay.parse(JSON.parse(String(data))),
      }));
    },

    async running(limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :running',
          ExpressionAttributeValues: { ':running': { S: indexPartitions.runningSimulations } },
          Limit: limit,
        }),
      );
      return Items.map((item) => SimulationId.parse(String(item.pk?.S).slice(pk.simulation('').length)));
    },
  };
}
