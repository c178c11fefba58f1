import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { ApiKeys } from '../../local/seed.ts';

export interface ShopAddress {
  api: string;
  aws: string;
  keys: ApiKeys;
}

/** `npm start` in a process of its own, to be killed. */
export class ShopProcess {
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #errors = '';

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws Error with what it printed, if it ends before it is ready */
  async start(): Promise<ShopAddress> {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        'local/main.ts',
        ...['--json', '--port', '0', '--aws-port', '0', '--data', this.#directory, '--log', 'off'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    this.#errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = `${this.#errors}${text}`.slice(-20_000);
    });
    const ended = once(child, 'close').then(([code, signal]) => {
      throw new Error(`the shop ended with ${code ?? signal}: ${this.#errors}`);
    });
    ended.catch(() => {});
    const line = once(createInterface({ input: child.stdout }), 'line');
    const [text] = (await Promise.race([line, ended])) as [string];
    return JSON.parse(text);
  }

  /** What the process has printed as failures since it was started. */
  get errors(): string {
    return this.#errors;
  }

  /** Resolves with the exit code when it ends by itself. */
  async end(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    return child.exitCode;
  }

  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'close');
  }
}

/** The names of the tables that the audit reads. */
export async function tablesOf(aws: string): Promise<{ orders: string; inventory: string }> {
  const client = new DynamoDBClient({
    endpoint: aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  client.destroy();
  const named = (part: string) => TableNames.find((name) => name.toLowerCase().includes(part)) ?? '';
  return { orders: named('orders'), inventory: named('inventory') };
}
