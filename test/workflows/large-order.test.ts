import { afterEach, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

const lines = Array.from({ length: 1000 }, (_, n) => ({ sku: `bulk-${n}`, quantity: 1, unitPrice: 100 }));

interface Stock {
  data: { sku: string; buckets: { available: number; committed: number }[] }[];
  nextCursor: string | null;
}

/** Ten units of each, by a feed. */
async function stockUp({ api, clock }: WorkflowWorld): Promise<void> {
  const feeds = '/v1/inventory/feeds';
  const begun = { mode: 'reset', source: 'ERP', format: 'json', onError: 'reject' };
  const { id } = await api.must<{ id: string }>('warehouse', 'POST', feeds, begun);
  const rows = lines.map(({ sku }) => ({ sku, locationId: 'dc-north', quantity: 10 }));
  await api.must('warehouse', 'PUT', `${feeds}/${id}/parts/1`, { rows });
  await api.must('warehouse', 'POST', `${feeds}/${id}/submit`);
  await clock.settle();
  expect(await api.must('warehouse', 'GET', `${feeds}/${id}`)).toMatchObject({ state: 'DONE', applied: lines.length });
}

async function committed({ api }: WorkflowWorld): Promise<number> {
  let sum = 0;
  let cursor: string | null = null;
  do {
    const asked: string = `/v1/inventory?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`;
    const page: Stock = await api.must<Stock>('warehouse', 'GET', asked);
    for (const { buckets } of page.data) for (const bucket of buckets) sum += bucket.committed;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return sum;
}

describe('golden 23: an order of 1,000 lines goes through its workflow', () => {
  test('confirmed in one execution, though the answers of three of its transactions are lost', async () => {
    world = await workflowWorld();
    await stockUp(world);
    const placed = await world.api.place(sampleOrder('wf-large', lines));
    const rule = { service: 'dynamodb', operation: 'TransactWriteItems', kind: 'timeout', times: 3 };
    const plan = { seed: 23, rules: [{ ...rule, probability: 0.3 }] };
    const answer = await fetch(`${world.cloud.awsUrl}/_local/faults`, { method: 'PUT', body: JSON.stringify(plan) });
    expect(answer.status).toBe(200);
    const read = () => world.api.order(placed.id);
    // Pauses before a retry: a minute at most.
    for (let seconds = 0; seconds < 60 && (await read()).status !== 'CONFIRMED'; seconds += 5) {
      await world.clock.advance(5 * second);
    }
    expect(await read()).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'AUTHORIZED' });
    const { rules } = (await (await fetch(`${world.cloud.awsUrl}/_local/faults`)).json()) as { rules: object[] };
    expect(rules).toMatchObject([{ struck: 3 }]);
    expect(await committed(world)).toBe(lines.length);
    expect((await world.executions('place-order')).map(({ status }) => status)).toEqual(['SUCCEEDED']);
  }, 240_000);

  test('declined: the order waits for another card, and all of its stock can be sold again', async () => {
    world = await workflowWorld();
    await stockUp(world);
    const placed = await world.api.place(sampleOrder('wf-large-declined', lines, { token: 'tok_declined' }));
    await world.clock.settle();
    expect(await world.api.order(placed.id)).toMatchObject({ status: 'ON_HOLD', holds: [{ reason: 'PAYMENT' }] });
    expect(await committed(world)).toBe(0);
    expect(world.failures).toEqual([]);
  }, 240_000);
});
