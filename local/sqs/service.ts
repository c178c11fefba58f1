import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, Service } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import type { QueueSource } from '../kernel/streams.ts';
import { Broker, type Outgoing } from './broker.ts';
import { messageApi } from './message-api.ts';
import { queueApi } from './queue-api.ts';
import { QueueRegistry } from './queue-registry.ts';
import { toRecord } from './received-message.ts';
import { queueResource } from './resources.ts';

/** For services that put messages into queues themselves and want it to be one transaction with what they write. */
export interface QueueSink {
  /**
   * Puts a message into a queue, inside the caller's write. Answers the message's id.
   * @throws AwsError AccessDeniedException, QueueDoesNotExist
   */
  enqueue(group: Group, queueArn: string, message: Outgoing, principal: Principal): string;
}

/** Amazon SQS: standard queues. Source of the rules: SQS API Reference and Developer Guide. */
export function createSqs(kernel: Kernel): Service & QueueSource & QueueSink & Pick<Broker, 'peek'> {
  const queues = new QueueRegistry(kernel);
  const broker = new Broker(kernel, queues);
  const operations = { ...queueApi(kernel, queues, broker), ...messageApi(kernel, queues, broker) };

  return {
    name: 'sqs',
    peek: (queue, limit) => broker.peek(queue, limit),
    operations: Object.keys(operations),
    json: { targetPrefixes: ['AmazonSQS'], version: '1.0' },
    resources: [queueResource(kernel, queues)],

    async call(operation, input, principal) {
      const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!handle) throw new AwsError('UnsupportedOperation', `SQS on this machine has no operation ${operation}.`);
      return await handle(input, principal);
    },

    start: () => {
      broker.releaseMappings();
      broker.startCleaning();
    },
    stop: async () => broker.stop(),

    async receiveFromQueue(queueArn, limit, principal) {
      kernel.authorizer.authorize(principal, 'sqs:ReceiveMessage', queueArn);
      const queue = queues.byArn(queueArn);
      if (!broker.mayReceive(queue)) return [];
      const taken = kernel.storage.write((group) =>
        broker.receive(group, queue, Math.min(limit, 10), queue.settings.VisibilityTimeout, true),
      );
      return (await kernel.track(taken)).map((received) => toRecord(kernel, queueArn, received));
    },

    async deleteFromQueue(queueArn, receiptHandles, principal) {
      kernel.authorizer.authorize(principal, 'sqs:DeleteMessage', queueArn);
      const queue = queues.byArn(queueArn);
      const deleted = kernel.storage.write(() => {
        for (const handle of receiptHandles) broker.delete(queue, handle);
      });
      await kernel.track(deleted);
    },

    onQueueVisible: (queueArn, listener) => broker.visibility.watch(queues.byArn(queueArn).name, listener),

    enqueue(group, queueArn, message, principal) {
      kernel.authorizer.authorize(principal, 'sqs:SendMessage', queueArn);
      return broker.send(group, queues.byArn(queueArn), message, principal);
    },
  };
}
