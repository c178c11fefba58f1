import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { bundleAndSynth } from '../../infra/bundle.ts';
import { ApiClient } from '../../local/client.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud.ts';
import { seed } from '../../local/seed.ts';
import { localParameters } from '../../local/template-parameters.ts';

/** The whole product on this machine, from the synthesized template, on free ports. Failures that nobody waits for are collected. */
export async function startShop(options: Pick<CloudOptions, 'dataDirectory' | 'transport'> = {}) {
  const { assembly } = await bundleAndSynth();
  const failures: string[] = [];
  const cloud: Cloud = await startCloud({
    assembly,
    apiPort: 0,
    awsPort: 0,
    parameters: localParameters,
    onFailure: (where, error) => failures.push(`${where}: ${error}`),
    ...options,
  });
  const keys = await seed(cloud);
  return { cloud, failures, keys, api: new ApiClient(cloud.apiUrl, keys) };
}
export type Shop = Awaited<ReturnType<typeof startShop>>;

export interface ReceivedEvent {
  id: string;
  type: string;
  time: string;
  sequence: number;
  subject: string;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/** A partner's server: verifies each delivery with the reference library and keeps what it got. */
export async function startPartner() {
  const received: ReceivedEvent[] = [];
  const refused: string[] = [];
  let secret = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const event = new Webhook(secret).verify(Buffer.concat(chunks).toString(), headers) as ReceivedEvent;
        received.push({ ...event, receivedAt: Date.now() });
        response.writeHead(204).end();
      } catch (error) {
        refused.push(String(error));
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    refused,
    use: (given: string) => {
      secret = given;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Waits for `isThere`; the deadline is for a machine that is busy, not a measurement. */
export async function until(isThere: () => boolean | Promise<boolean>, what: string, timeout = 20_000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`still waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
