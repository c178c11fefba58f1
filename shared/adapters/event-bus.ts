import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { detailType, type Envelope } from '../events/envelope.ts';
import type { PutEvents } from '../ports/event-bus.ts';
import { lean } from './lean-client.ts';

/** The bus of EventBridge. A call succeeds even when all of its entries fail: each one's `ErrorCode` is looked at. */
export function eventBridge(busName: string, client = lean(new EventBridgeClient({ maxAttempts: 3 }))): PutEvents {
  return async (envelopes) => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: envelopes.map((envelope) => entryOf(envelope, busName)) }),
    );
    return envelopes.map((_, index) => {
      const entry = Entries[index];
      if (entry?.EventId !== undefined && entry.ErrorCode === undefined) return undefined;
      return { code: entry?.ErrorCode ?? 'NoAnswer', message: entry?.ErrorMessage ?? '' };
    });
  };
}

const entryOf = (envelope: Envelope, busName: string): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: envelope.source,
  DetailType: detailType(envelope),
  Time: new Date(envelope.time),
  Detail: JSON.stringify(envelope),
});
