import type { ServerResponse } from 'node:http';
import { readAssembly } from './assembly/assembly.ts';
import { type ProvisionedResource, provision } from './assembly/provision.ts';
import { openDoor } from './backup/door.ts';
import { developerPage } from './developer-page/pages.ts';
import { sourceOf } from './developer-page/source.ts';
import { faultsApi } from './faults/api.ts';
import { Faults } from './faults/faults.ts';
import type { DecisionListener } from './iam/authorizer.ts';
import { createIam, type Iam } from './iam/service.ts';
import { type Clock, realClock } from './kernel/clock.ts';
import { explainFailure, isFailureOfStorage } from './kernel/data-directory-error.ts';
import { AwsError } from './kernel/errors.ts';
import { FakeClock } from './kernel/fake-clock.ts';
import { listen } from './kernel/http-server.ts';
import { JumpingClock } from './kernel/jumping-clock.ts';
import type { Kernel, Service } from './kernel/kernel.ts';
import { openStorage, type Storage } from './kernel/storage.ts';
import { startWire } from './kernel/wire.ts';
import { createServices, type FunctionRunner, type Services, servicesByName } from './services.ts';

export interface CloudOptions {
  /** The directory that `cdk synth` wrote. */
  assembly: string;
  /** Where everything durable lives; absent = in memory, gone at the end. */
  dataDirectory?: string;
  /** 0 = any free one. */
  apiPort: number;
  awsPort: number;
  clock?: Clock;
  /** Values for the template's parameters, by name. */
  parameters?: Record<string, string>;
  /** Where to listen: 127.0.0.1 unless told otherwise. */
  host?: string;
  /** How functions run. */
  lambda?: Omit<FunctionRunner, 'exchange'>;
  /** How functions reach the services: as messages between threads unless told otherwise, or over sockets, as any other client of AWS does. */
  transport?: 'messages' | 'sockets';
  /** Hears of failures that nobody waits for; prints them unless told otherwise. */
  onFailure?: (where: string, error: unknown) => void;
  /** Hears that nothing can be written any more, and why: the process should end. See `StorageOptions`. */
  onStorageFailure?: (error: unknown) => void;
  /** Hears of every decision of IAM about a role or a service: for tests of the template's grants. */
  onDecision?: DecisionListener;
  /** Hears what the template made, with its properties resolved. Not kept: nothing of it is needed later. */
  onProvisioned?: (resources: ProvisionedResource[]) => void;
  /** Lets faults be planned, at `PUT /_local/faults`. Default: only in memory. */
  faults?: boolean;
}

export interface Cloud {
  apiUrl: string;
  awsUrl: string;
  kernel: Kernel;
  services: Services;
  /** The template's roles with their statements. */
  roles: ReturnType<Iam['roles']>;
  /** Outputs of all stacks, by key. */
  outputs: Record<string, string>;
  /** Lets what runs finish for a moment, then ends it. What was cut off goes on at the next start, from the data directory. */
  stop(): Promise<void>;
}

/** What the template's ARNs say of where they are. */
const PLACE = { region: 'us-east-1', account: '000000000000' };

/**
 * Runs everything a cloud assembly describes: AWS's services behind one port, the template's HTTP API behind another.
 * @throws DataDirectoryError; an Error with code `EADDRINUSE` for a port; TemplateError for what this machine does not run as AWS would
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { dataDirectory, onFailure = printFailure } = options;
  let storage: Storage | undefined;
  const report = (where: string, error: unknown) => {
    if (storage && isFailureOfStorage(error)) storage.fail(error);
    else onFailure(where, error);
  };
  const host = options.host ?? '127.0.0.1';
  // Undone last first: requests end before the services, the services before the storage.
  const undo: (() => Promise<void>)[] = [];
  const stop = once(async () => {
    for (const step of undo.reverse()) await step().catch((error: unknown) => report('stop', error));
  });
  try {
    const assembly = readAssembly(options.assembly);
    const opened = openStorage(dataDirectory, {
      onFailure: options.onStorageFailure ?? ((error) => onFailure('storage', error)),
      report,
    });
    storage = opened;
    undo.push(() => opened.close());
    const wire = await startWire(host, options.awsPort, report);
    undo.push(() => wire.stop());
    const byName = new Map<string, Service>();
    undo.push(() => stopServices([...byName.values()].reverse(), report));
    let services: Services | undefined;
    let open = false;
    const api = await listen(
      host,
      options.apiPort,
      async (request, response) =>
        open && services ? services.apigateway.handle(request, response) : notYet(response),
      report,
    );
    undo.push(() => api.stop());

    const iam = createIam(PLACE, options.onDecision);
    const awsUrl = urlOf(host, wire.port);
    const apiUrl = urlOf(host, api.port);
    const canFail = options.faults ?? dataDirectory === undefined;
    const clock = options.clock ?? (canFail ? new JumpingClock() : realClock());
    const kernel = createKernel(clock, opened, iam, awsUrl, byName, report);
    const faults = canFail ? new Faults((name) => services?.lambda.crash(name) ?? false) : undefined;
    const exchange = options.transport === 'sockets' ? undefined : wire.exchange;
    services = createServices(kernel, assembly.assets, apiUrl, { ...options.lambda, exchange }, faults);
    serveMailbox(services);
    for (const [name, service] of servicesByName(services))
      byName.set(name, faults?.around(service, kernel) ?? service);
    const { outputs, resources } = await provision(assembly, kernel, {
      services: [iam.service, ...byName.values()],
      check: iam.check,
      ...(options.parameters ? { parameters: options.parameters } : {}),
    });
    options.onProvisioned?.(resources);
    const source = sourceOf(services, kernel);
    wire.serve(byName.values(), iam.identify, async (request) =>
      request.path === '/_local/faults' ? faultsApi(faults, clock, request) : developerPage(source, apiUrl, request),
    );
    for (const service of byName.values()) service.start?.();
    open = true;
    if (dataDirectory !== undefined) {
      const door = await openDoor(dataDirectory, opened, report);
      undo.push(() => door.close());
    }
    return { apiUrl, awsUrl, kernel, services, roles: iam.roles(), outputs, stop };
  } catch (error) {
    await stop();
    throw dataDirectory === undefined ? error : explainFailure(dataDirectory, error);
  }
}

function createKernel(
  clock: Clock,
  storage: Storage,
  iam: Iam,
  endpoint: string,
  services: ReadonlyMap<string, Service>,
  report: Kernel['report'],
): Kernel {
  return {
    ...PLACE,
    clock,
    storage,
    authorizer: iam.authorizer,
    endpoint,
    report,
    async call(name, operation, input, principal) {
      const service = services.get(name);
      if (!service) throw new AwsError('UnknownOperationException', `There is no service ${name} on this machine`);
      return await service.call(operation, input, principal);
    },
    track: (work) => (clock instanceof FakeClock ? clock.track(work) : work),
  };
}

/** A mail's HTML is the product's, but what customers typed stands in it: nothing of it may run or be fetched. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
};

/** What the product mails, for the person at this machine: a page, or JSON for tests and scripts. */
function serveMailbox({ apigateway, ses }: Services): void {
  apigateway.extraRoute('/local/mailbox', async ({ method, headers }) => {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };
    return headers.accept?.includes('application/json')
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mails: ses.mailbox() }) }
      : { status: 200, headers: PAGE_HEADERS, body: ses.mailboxPage() };
  });
}

async function stopServices(services: Service[], report: Kernel['report']): Promise<void> {
  for (const service of services) {
    await service.stop?.().catch((error: unknown) => report(`stop ${service.name}`, error));
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}

/** A server that listens everywhere is reached from here by the loopback address. */
function urlOf(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

function notYet(response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/json' });
  response.end('{"message":"Service Unavailable"}');
}

function printFailure(where: string, error: unknown): void {
  console.error(`[${where}]`, error);
}
