import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { fromAttributes } from '../../shared/adapters/dynamodb/client.ts';
import type { ReceivedEvent } from './fixture.ts';

/** Which events a partner has received, how often, and how long after they happened. */
export class Receipts {
  readonly #received: readonly ReceivedEvent[];
  /** Milliseconds from the event to its first webhook, by event id. */
  readonly #lateness = new Map<string, number>();
  #read = 0;

  constructor(received: readonly ReceivedEvent[]) {
    this.#received = received;
  }

  missing(due: Iterable<string>): string[] {
    this.#readOn();
    return [...due].filter((id) => !this.#lateness.has(id));
  }

  /** In words. */
  figures(): string {
    this.#readOn();
    const sorted = [...this.#lateness.values()].sort((a, b) => a - b);
    const late = (share: number) =>
      `${((sorted[Math.floor(sorted.length * share)] ?? sorted.at(-1) ?? 0) / 1000).toFixed(1)} s`;
    return (
      `${this.#read} webhooks of ${sorted.length} events (${this.#read - sorted.length} duplicates), ` +
      `${late(0.5)} after the event (median), ${late(0.99)} (99 %), ${late(1)} (latest)`
    );
  }

  #readOn(): void {
    for (const { id, time, receivedAt } of this.#received.slice(this.#read)) {
      if (!this.#lateness.has(id)) this.#lateness.set(id, receivedAt - Date.parse(time));
      this.#read++;
    }
  }
}

/**
 * What the shop still owes somebody, or has given up, read through its AWS endpoint: webhooks of any event that are not delivered, mails that are
 * not sent, messages in dead letter queues.
 * @param mailed ids of the events that customers are written to about
 */
export async function owed(endpoint: string, mailed: readonly string[]): Promise<string[]> {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  };
  const [dynamoDb, sqs] = [new DynamoDBClient(config), new SQSClient(config)];
  try {
    return [...(await owedByTable(dynamoDb, mailed)), ...(await deadLetters(sqs))];
  } finally {
    dynamoDb.destroy();
    sqs.destroy();
  }
}

async function owedByTable(client: DynamoDBClient, mailed: readonly string[]): Promise<string[]> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const table = TableNames.find((name) => name.toLowerCase().includes('delivery'));
  if (table === undefined) throw new Error(`no table of deliveries among ${TableNames}`);
  const found: string[] = [];
  const sent = new Set<string>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const { pk, sk, status, messageId } of Items.map(fromAttributes)) {
      if (String(sk).startsWith('DELIVERY#') && status !== 'delivered') found.push(`${pk} ${sk} is ${status}`);
      if (String(pk).startsWith('NOTIFICATION#') && messageId !== undefined) sent.add(String(pk));
    }
  }
  return [...found, ...mailed.map((id) => `NOTIFICATION#${id}#email`).filter((key) => !sent.has(key))];
}

async function deadLetters(client: SQSClient): Promise<string[]> {
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  const queues = QueueUrls.filter((url) => url.endsWith('-dead-letters'));
  if (queues.length === 0) throw new Error('no dead letter queues');
  const found: string[] = [];
  for (const QueueUrl of queues) {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
    const messages = Number((await client.send(asked)).Attributes?.ApproximateNumberOfMessages);
    if (messages !== 0) found.push(`${messages} messages in ${QueueUrl}`);
  }
  return found;
}
