import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, test } from 'vitest';
import { eventBridge } from '../../../shared/adapters/event-bus.ts';
import { envelopeFromRow } from '../../../shared/events/event-rows.ts';

const envelope = (sequence: number) =>
  envelopeFromRow(
    {
      pk: 'ORDER#ord_01J00000000000000000000000',
      sk: 'EVENT#1',
      id: `evt_${sequence}`,
      type: 'order.confirmed',
      sequence,
      at: '2026-01-05T09:00:00.000Z',
      correlationId: 'c',
      causationId: 'd',
      data: '{"total":1999,"currency":"EUR"}',
    },
    { tenantId: 'acme' },
  );

test('a call that succeeds while entries fail: each entry is answered for, one without an answer counts as failed', async () => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(await text(request));
    const Entries = [{ EventId: 'a' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }];
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedEntryCount: 1, Entries }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const sent = [1, 2, 3].map(envelope);
  expect(await eventBridge('batuta-test', client)(sent)).toEqual([
    undefined,
    { code: 'ThrottlingException', message: 'slow down' },
    { code: 'NoAnswer', message: '' },
  ]);
  const { Entries } = JSON.parse(asked[0] ?? '') as { Entries: Record<string, unknown>[] };
  expect(Entries[0]).toEqual({
    EventBusName: 'batuta-test',
    Source: 'oms.orders',
    DetailType: 'order.confirmed.v1',
    Time: Date.parse('2026-01-05T09:00:00Z') / 1000,
    Detail: JSON.stringify(sent[0]),
  });
  client.destroy();
  server.close();
});
