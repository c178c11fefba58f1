import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../shared/domain/events.ts';
import { FulfillmentId } from '../../../shared/domain/ids.ts';
import { executionsOf, startsOf } from '../../../shared/workflows/triggers.ts';
import { orderId, releasedStory } from '../domain/orders.ts';

const fulfillmentId = FulfillmentId.parse(`ful_${'0'.repeat(26)}_1`);

const correlated = (event: OrderEvent, correlationId: string): OrderEvent => ({ ...event, correlationId });

describe('which executions an order had', () => {
  const { log } = releasedStory([{ sku: 'cup', quantity: 1, unitPrice: 500 }]);

  test('the ones that its events started, by deterministic names', () => {
    expect(executionsOf(log)).toEqual([{ machine: 'place-order', name: `${orderId}-1`, eventSequence: 1 }]);
  });

  test('the one that supply started is known by what it wrote', () => {
    const supplied = `${orderId}-evt_supply`;
    const events = log.map((event) => (event.type === 'order.placed' ? event : correlated(event, supplied)));
    expect(executionsOf(events)).toEqual([
      { machine: 'place-order', name: `${orderId}-1`, eventSequence: 1 },
      { machine: 'place-order', name: supplied, eventSequence: 2 },
    ]);
  });

  test('what people asked for is no execution', () => {
    expect(executionsOf(log.map((event) => correlated(event, 'request-1')))).toHaveLength(1);
  });
});

describe('what starts a workflow', () => {
  test('what a site gives back or does not find is re-routed, unless the same transaction has done so', () => {
    const { log } = releasedStory([{ sku: 'cup', quantity: 1, unitPrice: 500 }]);
    const created = log.find(({ type }) => type === 'fulfillment.created');
    if (created?.type !== 'fulfillment.created') throw new Error('not released');
    const rejected = (rerouted: boolean) =>
      startsOf({
        type: 'fulfillment.rejected',
        data: {
          fulfillmentId: created.data.fulfillmentId,
          locationId: created.data.locationId,
          reason: 'closed',
          reservations: [],
          stock: 'AVAILABLE',
          excluded: true,
          attempts: 1,
          rerouted,
        },
      });
    expect(rejected(false)).toEqual([{ machine: 'reroute' }]);
    expect(rejected(true)).toEqual([]);
  });

  test('a released order goes on with reroute when its last hold is released', () => {
    const data = { handle: 'h', reason: 'MANUAL', holdsLeft: 0, lifecycle: 'RELEASED' } as const;
    expect(startsOf({ type: 'order.hold.released', data })).toEqual([{ machine: 'reroute' }]);
  });

  test('what is canceled lets the rest go on from where the order stood', () => {
    const data = { reason: 'x', lines: [], reservations: [], orderDelivered: false };
    const started = (lifecycle?: 'PLACED' | 'CONFIRMED') =>
      startsOf({ type: 'order.remainder_canceled', data: { ...data, ...(lifecycle && { lifecycle }) } });
    expect([started(), started('PLACED'), started('CONFIRMED')]).toEqual([
      [{ machine: 'settle-order' }],
      [{ machine: 'place-order' }],
      [{ machine: 'place-order' }],
    ]);
  });

  test('only the last hold that is released', () => {
    const released = (holdsLeft: number) =>
      startsOf({ type: 'order.hold.released', data: { handle: 'h', reason: 'MANUAL', holdsLeft } });
    expect(released(1)).toEqual([]);
    expect(released(0)).toEqual([{ machine: 'place-order' }]);
  });

  test('the delivery that completes an order, if money is left to give back, or if it does not say', () => {
    const delivered = (more: { orderDelivered: boolean; settled?: boolean }) =>
      startsOf({ type: 'fulfillment.delivered', data: { fulfillmentId, lines: [], ...more } });
    expect(delivered({ orderDelivered: true, settled: true })).toEqual([]);
    expect(delivered({ orderDelivered: false, settled: false })).toEqual([]);
    expect(delivered({ orderDelivered: true, settled: false })).toEqual([{ machine: 'settle-order' }]);
    expect(delivered({ orderDelivered: true })).toEqual([{ machine: 'settle-order' }]);
  });

  test('an exception that is resolved without a retry starts nothing, nor one of a workflow that is gone', () => {
    const resolved = (workflow: string, retry: boolean) =>
      startsOf({ type: 'exception.resolved', data: { exceptionId: 'x', workflow, retry } });
    expect(resolved('settle-order', false)).toEqual([]);
    expect(resolved('no-such-workflow', true)).toEqual([]);
    expect(resolved('settle-order', true)).toEqual([{ machine: 'settle-order' }]);
  });
});
