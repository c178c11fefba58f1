import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Receive } from '../ports/receive.ts';
import { describeError, log } from './log.ts';

export interface SubscriberRecord extends Receive {
  attributes: SQSRecord['attributes'];
}

export type SubscriberHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/**
 * A Lambda fed by a queue (`reportBatchItemFailures`): each record is handled on its own, all of a batch at once, and only those that
 * threw come back. What cannot be parsed fails as well, so that the dead letter queue shows it instead of it vanishing.
 * A FIFO queue would need its order kept: none is used.
 * @param bodySchema of the message's body, given as JSON
 */
export function defineSubscriber<B extends z.ZodType>(
  name: string,
  bodySchema: B,
  handleRecord: (body: z.output<B>, record: SubscriberRecord) => Promise<void>,
): SubscriberHandler {
  const handleOne = async (record: SQSRecord): Promise<boolean> => {
    try {
      await handleRecord(parseBody(bodySchema, record.body), {
        messageId: record.messageId,
        receiveCount: Number(record.attributes.ApproximateReceiveCount),
        attributes: record.attributes,
      });
      return true;
    } catch (error) {
      const { messageId, attributes } = record;
      const receiveCount = Number(attributes.ApproximateReceiveCount);
      log.warn('record failed', { subscriber: name, messageId, receiveCount, failure: describeError(error) });
      return false;
    }
  };
  return async ({ Records }) => {
    const done = await Promise.all(Records.map(handleOne));
    return {
      batchItemFailures: Records.filter((_, index) => !done[index]).map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    };
  };
}

/** The message's body does not have the shape of what this queue carries. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
}

export function parseBody<B extends z.ZodType>(schema: B, body: string): z.output<B> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new InvalidMessage('The body is not JSON.');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new InvalidMessage(z.prettifyError(parsed.error));
  return parsed.data;
}
