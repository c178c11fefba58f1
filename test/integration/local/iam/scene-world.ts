import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApiClient, type OrderView, sampleOrder } from '../../../../local/client.ts';
import type { Cloud } from '../../../../local/cloud.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import { dynamoOrderStore } from '../../../../shared/adapters/dynamodb/order-store.ts';
import { realSystem } from '../../../../shared/adapters/system.ts';
import type { Command } from '../../../../shared/domain/commands.ts';
import { OrderId } from '../../../../shared/domain/ids.ts';
import type { Order } from '../../../../shared/domain/order.ts';
import { defaultPolicy } from '../../../../shared/domain/policy.ts';
import type { System } from '../../../../shared/ports/system.ts';
import { execute } from '../../../../shared/use-cases/execute.ts';
import type { startReceiver } from './webhook-scenes.ts';

export const second = 1000;

export const minute = 60 * second;

export const hour = 60 * minute;

export interface World {
  cloud: Cloud;
  clock: FakeClock;
  api: ApiClient;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
}

export const mug = { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 };

export const beans = { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 };

export async function placed(
  world: World,
  externalId: string,
  lines: (typeof mug)[],
  token?: string,
): Promise<OrderView> {
  const body = sampleOrder(externalId, lines, token === undefined ? {} : { token });
  const answer = await world.api.place(body);
  await world.clock.settle();
  return world.api.order(answer.id);
}

export async function fulfill({ api, clock }: World, order: OrderView, pause = 0): Promise<void> {
  for (const { id } of order.fulfillments) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) {
      await api.verb(id, verb);
      await clock.advance(pause);
    }
  }
}

export async function carrierFails(cloud: Cloud, times: number): Promise<void> {
  const Item = { pk: { S: 'FAULT#carrier' }, sk: { S: '-' }, counter: { N: String(times) } };
  await cloud.kernel.call('dynamodb', 'PutItem', { TableName: cloud.outputs.SandboxTable, Item }, operator);
}

export const callStates = (cloud: Cloud, operation: string, input: object) =>
  cloud.kernel.call('states', operation, input, operator);

export async function machineArn(cloud: Cloud, machine: string): Promise<string> {
  const { stateMachines } = (await callStates(cloud, 'ListStateMachines', {})) as {
    stateMachines: { name: string; stateMachineArn: string }[];
  };
  const found = stateMachines.find(({ name }) => name.endsWith(machine));
  if (!found) throw new Error(`there is no machine ${machine}`);
  return found.stateMachineArn;
}

export async function stopExecutions(cloud: Cloud, machine: string): Promise<void> {
  const running = { stateMachineArn: await machineArn(cloud, machine), statusFilter: 'RUNNING' };
  const { executions } = (await callStates(cloud, 'ListExecutions', running)) as {
    executions: { executionArn: string }[];
  };
  if (executions.length === 0) throw new Error(`no execution of ${machine} is running`);
  for (const { executionArn } of executions) await callStates(cloud, 'StopExecution', { executionArn });
}

/** One command, as a function that died right after it would have left it. */
export async function writeAs(cloud: Cloud, orderId: string, command: Command): Promise<Order> {
  return asOperator(cloud, async (client, system) => {
    const { OrdersTable: orders = '', InventoryTable: inventory = '' } = cloud.outputs;
    const deps = { orders: dynamoOrderStore(client, { orders, inventory }, system), system, policy: defaultPolicy };
    const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
    const result = await execute(deps, OrderId.parse(orderId), [command], meta);
    if (result.outcome !== 'done') throw new Error(`${command.type}: ${JSON.stringify(result)}`);
    return result.order;
  });
}

export async function asOperator<T>(
  cloud: Cloud,
  act: (client: DynamoDBClient, system: System) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.kernel.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  try {
    return await act(client, { ...realSystem(), now: () => cloud.kernel.clock.now() });
  } finally {
    client.destroy();
  }
}

/** The secret that signs cursors is made by whoever needs it first. */
export async function forgetCursorSecret(cloud: Cloud): Promise<void> {
  const Key = { pk: { S: 'SECRET#cursor' }, sk: { S: '-' } };
  await cloud.kernel.call('dynamodb', 'DeleteItem', { TableName: cloud.outputs.AccessTable, Key }, operator);
}

export function expectThat(order: { id: string }, holds: boolean, what: string): void {
  if (!holds) throw new Error(`${order.id} ${what}: it does not`);
}
