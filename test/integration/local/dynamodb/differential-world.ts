import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { ConditionalCheckFailedException, DynamoDB, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { operator } from '../../../../local/kernel/kernel.ts';
import { startWire } from '../../../../local/kernel/wire.ts';
import { world } from './dynamodb-for-tests.ts';

const dynalite: (options: object) => Server = createRequire(import.meta.url)('dynalite');

export type Operation =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'CreateTable'
  | 'DeleteItem'
  | 'DeleteTable'
  | 'DescribeTable'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

export interface Request {
  operation: Operation;
  input: Record<string, unknown>;
}

export type Outcome =
  | { answer: Record<string, unknown>; error?: never }
  | { answer?: never; error: { name: string; message: string; item?: unknown } };

export type Side = (request: Request) => Promise<Outcome>;

export interface Sides {
  ours: Side;
  theirs: Side;
  stop(): Promise<void>;
}

/** Our DynamoDB behind our wire, and dynalite behind its own, each with the SDK's client. */
export async function startBoth(): Promise<Sides> {
  const made = world();
  const wire = await startWire('127.0.0.1', 0, (where, error) => made.kernel.report(where, error));
  wire.serve([made.db], () => operator);
  const other = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const clients = [wire.port, (other.address() as AddressInfo).port].map(clientOf);
  return {
    ours: sideOf(clients[0]!),
    theirs: sideOf(clients[1]!),
    async stop() {
      for (const client of clients) client.destroy();
      await Promise.all([wire.stop(), new Promise((resolve) => other.close(resolve))]);
      if (made.kernel.reports.length > 0) throw new Error(`Reported: ${String(made.kernel.reports[0]?.error)}`);
    },
  };
}

function clientOf(port: number): DynamoDB {
  return new DynamoDB({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
}

function sideOf(client: DynamoDB): Side {
  return async ({ operation, input }) => {
    try {
      const { $metadata: _, ...answer } = await send(client, operation, input);
      return { answer: comparable(answer) as Record<string, unknown> };
    } catch (error) {
      if (!(error instanceof DynamoDBServiceException)) throw error;
      const item = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
      const { name, message } = error;
      return { error: { name, message, ...(item ? { item: comparable(item) } : {}) } };
    }
  };
}

const METHODS = {
  BatchGetItem: 'batchGetItem',
  BatchWriteItem: 'batchWriteItem',
  CreateTable: 'createTable',
  DeleteItem: 'deleteItem',
  DeleteTable: 'deleteTable',
  DescribeTable: 'describeTable',
  GetItem: 'getItem',
  PutItem: 'putItem',
  Query: 'query',
  Scan: 'scan',
  UpdateItem: 'updateItem',
} as const;

/** Sends what the SDK's types would refuse, too: how wrong requests are answered is part of the comparison. */
async function send(client: DynamoDB, operation: Operation, input: object): Promise<Record<string, unknown>> {
  const method = client[METHODS[operation]].bind(client) as (input: object) => Promise<object>;
  return { ...(await method(input)) };
}

/** Sets have no order, and bytes are compared as text. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      isSet(name, member) ? (comparable(member) as string[]).sort() : comparable(member),
    ]),
  );
}

function isSet(name: string, member: unknown): boolean {
  return ['SS', 'NS', 'BS'].includes(name) && Array.isArray(member);
}
