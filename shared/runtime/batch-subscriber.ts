import type { SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { describeError, log } from './log.ts';
import { parseBody, type SubscriberHandler } from './subscriber.ts';

export interface BatchRecord<T> {
  messageId: string;
  body: T;
}

/**
 * A Lambda fed by a queue (`reportBatchItemFailures`) that works a whole batch off together. What cannot be parsed fails alone; when the handler
 * throws, all of the batch comes back.
 * @param handleBatch returns why messages failed, by message id; the others are done
 */
export function defineBatchSubscriber<B extends z.ZodType>(
  name: string,
  bodySchema: B,
  handleBatch: (records: readonly BatchRecord<z.output<B>>[]) => Promise<ReadonlyMap<string, unknown>>,
): SubscriberHandler {
  return async ({ Records }) => {
    const failed = new Map<string, unknown>();
    const readable = Records.flatMap(({ messageId, body }: SQSRecord) => {
      try {
        return [{ messageId, body: parseBody(bodySchema, body) }];
      } catch (error) {
        failed.set(messageId, error);
        return [];
      }
    });
    try {
      for (const [messageId, error] of await handleBatch(readable)) failed.set(messageId, error);
    } catch (error) {
      for (const { messageId } of readable) failed.set(messageId, error);
    }
    for (const [messageId, error] of failed) {
      log.warn('record failed', { subscriber: name, messageId, failure: describeError(error) });
    }
    return { batchItemFailures: [...failed.keys()].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
