import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { eventBridge } from '../../../shared/adapters/event-bus.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { envelopeFromRow } from '../../../shared/events/event-rows.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { log } from '../../../shared/runtime/log.ts';
import { type OutboxRecord, publishEvents } from '../../../shared/use-cases/publish-events.ts';

const env = parseEnv(z.object({ EVENT_BUS: requiredVariable, TENANT_ID: requiredVariable }));
const deps = {
  putEvents: eventBridge(env.EVENT_BUS),
  system: realSystem(),
  report: (sequenceNumber: string, failure: { code: string; message: string }) =>
    log.error('event not published', { sequenceNumber, ...failure }),
};

/** From the streams of `orders` and `inventory` to the bus: the second half of the outbox. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const from = await publishEvents(deps, Records.map(readRecord));
  return { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: from }] };
}

function readRecord({ dynamodb }: DynamoDBRecord): OutboxRecord {
  const sequenceNumber = dynamodb?.SequenceNumber ?? '';
  try {
    // The types of the stream and of the client differ in name only, for the strings and numbers that rows are made of.
    const row = unmarshall((dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>);
    return { sequenceNumber, envelope: envelopeFromRow(row, { tenantId: env.TENANT_ID }) };
  } catch (error) {
    return { sequenceNumber, unreadable: (error as Error).message };
  }
}
