import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../shared/domain/events.ts';
import { executionsOf, startsOf } from '../../../shared/workflows/triggers.ts';
import { orderId, releasedStory } from '../domain/orders.ts';

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
  test('only the last hold that is released', () => {
    const released = (holdsLeft: number) =>
      startsOf({ type: 'order.hold.released', data: { handle: 'h', reason: 'MANUAL', holdsLeft } });
    expect(released(1)).toEqual([]);
    expect(released(0)).toEqual([{ machine: 'place-order' }]);
  });

  test('an exception that is resolved without a retry starts nothing, nor one of a workflow that is gone', () => {
    const resolved = (workflow: string, retry: boolean) =>
      startsOf({ type: 'exception.resolved', data: { exceptionId: 'x', workflow, retry } });
    expect(resolved('settle-order', false)).toEqual([]);
    expect(resolved('no-such-workflow', true)).toEqual([]);
    expect(resolved('settle-order', true)).toEqual([{ machine: 'settle-order' }]);
  });
});
