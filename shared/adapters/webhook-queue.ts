import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WebhookQueue } from '../ports/webhooks.ts';
import { lean } from './lean-client.ts';

/** The queue of attempts. `MessageGroupId` on a standard queue is for fairness, not for order: one slow endpoint does not delay the others. */
export function sqsWebhookQueue(queueUrl: string, client = lean(new SQSClient({ maxAttempts: 4 }))): WebhookQueue {
  return {
    async send(message, delaySeconds) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(message),
          MessageGroupId: message.endpointId,
          DelaySeconds: delaySeconds,
        }),
      );
    },
  };
}
