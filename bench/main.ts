import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyMadeElsewhere } from '../infra/made-elsewhere.ts';
import { ApiClient } from '../local/client.ts';
import { type Cloud, startCloud } from '../local/cloud.ts';
import { seed } from '../local/seed.ts';
import { localParameters } from '../local/template-parameters.ts';
import type { LoadRequest, LoadResult } from './load.ts';
import { assumptions, dollarsPerMillionOrders, prices } from './prices.ts';

/**
 * `npm run bench [-- --orders N] [--skus N] [--sockets]`: drives two-line orders over HTTP against the one-machine cloud with its durable store and
 * prints one JSON object: to delivered with one client and with 16, and a rush of 16 clients that only place (four times as many), until the last order
 * is confirmed. Orders are of a catalog of 100 SKUs; with `--skus 2` all want the same two. With `--sockets` functions reach the services as any client
 * of AWS does.
 */
const orders = numberOption('--orders', 200);
const skus = Array.from({ length: numberOption('--skus', 100) }, (_, index) => `bench-${index + 1}`);
const transport = process.argv.includes('--sockets') ? 'sockets' : 'messages';
const quiet = 400;
/** Orders before anything is measured: what serves them is loaded then, and compiled. */
const warmUp = 100;

function numberOption(name: string, otherwise: number): number {
  const place = process.argv.indexOf(name);
  const given = place > 0 ? Number(process.argv[place + 1]) : otherwise;
  if (!Number.isInteger(given) || given < 2) throw new Error(`${name} needs a whole number of at least 2`);
  return given;
}

interface Counters {
  cpu: number;
  writeUnits: number;
  readUnits: number;
  invocations: number;
  executions: number;
  statesEntered: number;
  mails: number;
}

function countersOf({ services }: Cloud): Counters {
  const { user, system } = process.cpuUsage();
  const { writeUnits, readUnits } = services.dynamodb.meter();
  const { executions, statesEntered } = services.states.meter();
  return {
    cpu: (user + system) / 1000,
    writeUnits,
    readUnits,
    invocations: services.lambda.meter().invocations,
    executions,
    statesEntered,
    mails: services.ses.mailCount(),
  };
}

/** Waits until what the load set in motion (events, workflows, mails) has come to rest. */
async function settled(cloud: Cloud): Promise<void> {
  for (let last = -1; ; ) {
    const { invocations } = countersOf(cloud);
    if (invocations === last) return;
    last = invocations;
    await new Promise((resolve) => setTimeout(resolve, quiet));
  }
}

async function load(request: LoadRequest): Promise<LoadResult> {
  const child = fork(new URL('./load.ts', import.meta.url));
  child.send(request);
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${code}`))),
  ]);
  child.kill();
  return result as LoadResult;
}

/** Invocations of each function since `before`, an order; most first. Functions that an order rarely meets are left out. */
function invocationsByFunction(before: Record<string, number>, after: Record<string, number>, placed: number) {
  const all = Object.entries(after).map(([name, count]) => [name, round((count - (before[name] ?? 0)) / placed, 2)]);
  const met = all.filter((each): each is [string, number] => Number(each[1]) >= 0.01);
  return Object.fromEntries(met.sort(([, a], [, b]) => b - a));
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-bench-'));
  const assembly = await assemblyMadeElsewhere();
  const cloud = await startCloud({
    assembly,
    dataDirectory: directory,
    apiPort: 0,
    awsPort: 0,
    transport,
    parameters: localParameters,
  });
  try {
    const keys = await seed(cloud);
    const api = new ApiClient(cloud.apiUrl, keys);
    for (const sku of skus) {
      await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/dc-north`, { onHand: 1_000_000 });
    }
    const target = { api: cloud.apiUrl, keys, skus };
    await load({ ...target, course: 'delivered', clients: 4, orders: warmUp, run: 'warm-up' });
    await settled(cloud);

    const before = countersOf(cloud);
    const invokedBefore = cloud.services.lambda.meter().byFunction;
    const one = await load({ ...target, course: 'delivered', clients: 1, orders: Math.ceil(orders / 2), run: 'one' });
    await settled(cloud);
    const middle = countersOf(cloud);
    const sixteen = await load({ ...target, course: 'delivered', clients: 16, orders, run: 'sixteen' });
    await settled(cloud);
    const after = countersOf(cloud);
    const invokedAfter = cloud.services.lambda.meter().byFunction;
    const rush = await load({ ...target, course: 'placed', clients: 16, orders: orders * 4, run: 'rush' });
    await settled(cloud);

    const placed = one.orders + sixteen.orders;
    const perOrder = (name: keyof Counters) => (after[name] - before[name]) / placed;
    const events = (one.events + sixteen.events) / placed;
    const mails = perOrder('mails');
    const usage = {
      writeUnits: perOrder('writeUnits'),
      readUnits: perOrder('readUnits'),
      invocations: perOrder('invocations'),
      executions: perOrder('executions'),
      statesEntered: perOrder('statesEntered'),
      apiRequests: (one.apiRequests + sixteen.apiRequests) / placed,
      events,
      // Every event goes to the webhook fan-out, some to the mails.
      queueMessages: events + mails,
      mails,
    };
    const speed = (result: LoadResult) => ({
      ordersPerSecond: round(result.orders / result.seconds),
      placingMilliseconds: result.placing,
      wholeMilliseconds: result.whole,
    });
    console.log(
      JSON.stringify(
        {
          orders: placed,
          skus: skus.length,
          transport,
          oneClient: speed(one),
          sixteenClients: speed(sixteen),
          sixteenClientsPlacing: {
            acknowledgedPerSecond: round(rush.orders / rush.seconds),
            confirmedPerSecond: round(rush.orders / rush.secondsToConfirmed),
            placingMilliseconds: rush.placing,
          },
          perOrder: {
            cpuMilliseconds: round((after.cpu - middle.cpu) / sixteen.orders),
            ...Object.fromEntries(Object.entries(usage).map(([name, value]) => [name, round(value)])),
          },
          invocationsPerOrder: invocationsByFunction(invokedBefore, invokedAfter, placed),
          peakMemoryMegabytes: round((process.resourceUsage().maxRSS * 1024) / 1e6),
          peakMemoryKilobytesPerOrder: round((process.resourceUsage().maxRSS * 1.024) / placed),
          dollarsPerMillionOrders: dollarsPerMillionOrders(usage),
          prices: prices.date,
          assumptions,
        },
        null,
        2,
      ),
    );
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
