import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Envelope } from '../../../shared/events/envelope.ts';
import { envelopeFromRow, UnreadableEvent } from '../../../shared/events/event-rows.ts';
import type { PutEvents, PutFailure } from '../../../shared/ports/event-bus.ts';
import { type OutboxRecord, publishEvents } from '../../../shared/use-cases/publish-events.ts';

const row = (order: number, sequence: number, more: Record<string, unknown> = {}) => ({
  pk: `ORDER#ord_01J${String(order).padStart(23, '0')}`,
  sk: `EVENT#${String(sequence).padStart(10, '0')}`,
  id: `evt_${order}_${sequence}`,
  type: 'order.confirmed',
  sequence,
  version: sequence,
  at: '2026-01-05T09:00:00.000Z',
  actor: '{"id":"machine","role":"system"}',
  correlationId: 'c',
  causationId: 'd',
  data: '{"total":1999,"currency":"EUR"}',
  ...more,
});

const envelope = (order: number, sequence: number, padding = 0) => {
  const made = envelopeFromRow(row(order, sequence), { tenantId: 'acme' });
  return padding === 0 ? made : { ...made, data: { ...made.data, padding: 'x'.repeat(padding) } };
};

let last = 0;
const record = (order: number, sequence: number, padding = 0): OutboxRecord => ({
  sequenceNumber: String(++last),
  envelope: envelope(order, sequence, padding),
});

function bus(fails: (id: string, call: number) => 'entry' | 'call' | false = () => false) {
  const taken: Envelope[] = [];
  const calls: Envelope[][] = [];
  const pauses: number[] = [];
  const reported: [string, PutFailure][] = [];
  const putEvents: PutEvents = async (envelopes) => {
    calls.push([...envelopes]);
    const verdicts = envelopes.map(({ id }) => fails(id, calls.length));
    if (verdicts.includes('call')) throw new Error('ThrottlingException');
    return envelopes.map((one, index) => {
      if (verdicts[index]) return { code: 'InternalFailure', message: 'no' };
      taken.push(one);
      return undefined;
    });
  };
  const deps = {
    putEvents,
    system: { sleep: async (ms: number) => void pauses.push(ms), random: () => 0 },
    report: (sequenceNumber: string, failure: PutFailure) => void reported.push([sequenceNumber, failure]),
  };
  return { deps, taken, calls, pauses, reported };
}

const ids = (envelopes: readonly Envelope[]) => envelopes.map(({ id }) => id);

describe('publish-events', () => {
  test('an order event and a stock event become envelopes; the secret stays behind', () => {
    const secret = '{"contact":{"email":"ana@example.com"},"token":"tok_visa"}';
    const made = envelopeFromRow(row(1, 2, { secret }), { tenantId: 'acme' });
    expect(Envelope.parse(made)).toEqual({
      specversion: '1.0',
      id: 'evt_1_2',
      source: 'oms.orders',
      type: 'order.confirmed',
      version: 1,
      time: '2026-01-05T09:00:00.000Z',
      timestamp: '2026-01-05T09:00:00.000Z',
      subject: 'ord_01J00000000000000000000001',
      tenantid: 'acme',
      sequence: 2,
      correlationid: 'c',
      causationid: 'd',
      dataschema: 'https://batuta.example/schemas/order.confirmed/1.json',
      data: { total: 1999, currency: 'EUR' },
    });
    const stock = row(1, 1, {
      pk: 'SKU#MUG-1',
      type: 'stock.adjusted',
      data: '{"sku":"MUG-1","locationId":"madrid","onHand":5,"available":0,"change":-3}',
    });
    expect(envelopeFromRow(stock, { tenantId: 'acme' })).toMatchObject({
      source: 'oms.inventory',
      subject: 'sku_MUG-1',
      data: { change: -3 },
    });
  });

  test.each([
    ['an unknown type', { type: 'order.exploded' }],
    ['data that is not JSON', { data: '{' }],
    ['data of another type', { data: '{"total":"much"}' }],
    ['no id', { id: undefined }],
    ['a row that is no event', { sk: 'STATE#HEAD' }],
    [
      'a stock event among the orders',
      { type: 'stock.adjusted', data: '{"sku":"A","locationId":"b","onHand":1,"available":1,"change":1}' },
    ],
  ])('%s is unreadable', (_name, more) => {
    expect(() => envelopeFromRow(row(1, 1, more), { tenantId: 'acme' })).toThrow(UnreadableEvent);
  });

  test('ten orders go in one call, the eleventh in the next; two events of one order never share a call', async () => {
    const { deps, calls, taken } = bus();
    const records = [...Array.from({ length: 11 }, (_, order) => record(order, 1)), record(0, 2), record(0, 3)];
    expect(await publishEvents(deps, records)).toBeUndefined();
    expect(calls.map(({ length }) => length)).toEqual([10, 2, 1]);
    expect(ids(taken).filter((id) => id.startsWith('evt_0_'))).toEqual(['evt_0_1', 'evt_0_2', 'evt_0_3']);
  });

  test('a call stays below 900 kB', async () => {
    const { deps, calls } = bus();
    await publishEvents(
      deps,
      [1, 2, 3, 4, 5].map((order) => record(order, 1, 390_000)),
    );
    expect(calls.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  test('an entry that fails once is sent again alone, after a pause', async () => {
    const { deps, calls, pauses } = bus((id, call) => id === 'evt_2_1' && call === 1 && 'entry');
    expect(await publishEvents(deps, [record(1, 1), record(2, 1), record(3, 1)])).toBeUndefined();
    expect(calls.map(ids)).toEqual([['evt_1_1', 'evt_2_1', 'evt_3_1'], ['evt_2_1']]);
    expect(pauses).toEqual([50]);
  });

  test('an entry that goes on failing holds back its order and nobody else; the stream comes back to it', async () => {
    const { deps, taken, reported } = bus((id) => id === 'evt_1_1' && 'entry');
    const records = [record(2, 1), record(1, 1), record(1, 2), record(2, 2), record(3, 1)];
    expect(await publishEvents(deps, records)).toBe(records[1]?.sequenceNumber);
    expect(ids(taken)).toEqual(['evt_2_1', 'evt_3_1', 'evt_2_2']);
    expect(reported).toEqual([[records[1]?.sequenceNumber, { code: 'InternalFailure', message: 'no' }]]);
  });

  test('a bus that is down is asked four times and then left alone until the stream comes back', async () => {
    const { deps, calls } = bus(() => 'call');
    const records = Array.from({ length: 30 }, (_, order) => record(order, 1));
    expect(await publishEvents(deps, records)).toBe(records[0]?.sequenceNumber);
    expect(calls).toHaveLength(4);
  });

  test('a poison row is reported; everything else goes out, later events of its order too', async () => {
    const { deps, taken, reported } = bus();
    const poison: OutboxRecord = { sequenceNumber: 'poison', unreadable: 'unknown event type' };
    expect(await publishEvents(deps, [record(1, 1), poison, record(1, 3), record(2, 1)])).toBe('poison');
    expect(ids(taken)).toEqual(['evt_1_1', 'evt_2_1', 'evt_1_3']);
    expect(reported).toEqual([['poison', { code: 'UnreadableEvent', message: 'unknown event type' }]]);
  });

  test('however entries and calls fail, nothing is lost and first sightings of an order are in order', async () => {
    const verdict = fc.constantFrom<'entry' | 'call' | false>('entry', 'call', false, false, false);
    const orders = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(orders, fc.array(verdict, { maxLength: 400 }), async (owners, verdicts) => {
        const next = new Map<number, number>();
        const records = owners.map((order) => {
          const sequence = (next.get(order) ?? 0) + 1;
          next.set(order, sequence);
          return record(order, sequence);
        });
        const pending = [...verdicts];
        const { deps, taken } = bus(() => pending.shift() ?? false);
        // The stream: again from the reported record, until none is reported.
        let batch: readonly OutboxRecord[] = records;
        for (let invocation = 0; batch.length > 0; invocation++) {
          expect(invocation).toBeLessThan(500);
          const from = await publishEvents(deps, batch);
          batch =
            from === undefined ? [] : batch.slice(batch.findIndex(({ sequenceNumber }) => sequenceNumber === from));
        }
        const seen = [...new Set(ids(taken))];
        expect([...seen].sort()).toEqual(records.map((one) => ('envelope' in one ? one.envelope.id : '')).sort());
        for (const order of next.keys()) {
          const sequences = seen.filter((id) => id.startsWith(`evt_${order}_`)).map((id) => Number(id.split('_')[2]));
          expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });
});
