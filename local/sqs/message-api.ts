import type * as z from 'zod';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { runBatch } from './batch.ts';
import { type Broker, checkBatchSize, type Outgoing, type Received } from './broker.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import { type Queue, queueArn, queueNameFromUrl } from './queue.ts';
import type { Operations } from './queue-api.ts';
import type { QueueRegistry } from './queue-registry.ts';
import { toMessage } from './received-message.ts';
import {
  changeVisibilityBatchShape,
  changeVisibilityShape,
  deleteMessageBatchShape,
  deleteMessageShape,
  type messageShape,
  receiveMessageShape,
  sendMessageBatchShape,
  sendMessageShape,
} from './wire-shapes.ts';

type WireMessage = z.infer<typeof messageShape>;

// What the service answers to members that are missing or out of range.
const INVALID = 'InvalidParameterValue';

/** The calls on messages. */
export function messageApi(kernel: Kernel, queues: QueueRegistry, broker: Broker): Operations {
  const authorized = (url: string, action: string, principal: Principal): Queue => {
    kernel.authorizer.authorize(principal, `sqs:${action}`, queueArn(kernel, queueNameFromUrl(kernel, url)));
    return queues.byUrl(url);
  };
  const write = <T>(change: Parameters<typeof kernel.storage.write<T>>[0]) =>
    kernel.track(kernel.storage.write(change));

  return {
    async SendMessage(input, principal) {
      const { QueueUrl, ...message } = parseInput(sendMessageShape, input, INVALID);
      const queue = authorized(QueueUrl, 'SendMessage', principal);
      return await write((group) => answer(message, broker.send(group, queue, outgoing(message), principal)));
    },

    async SendMessageBatch(input, principal) {
      const { QueueUrl, Entries } = parseInput(sendMessageBatchShape, input, INVALID);
      const queue = authorized(QueueUrl, 'SendMessage', principal);
      checkBatchSize(Entries.map(outgoing));
      return await write((group) =>
        runBatch(Entries, (entry) => answer(entry, broker.send(group, queue, outgoing(entry), principal))),
      );
    },

    async ReceiveMessage(input, principal) {
      const asked = parseInput(receiveMessageShape, input, INVALID);
      const queue = authorized(asked.QueueUrl, 'ReceiveMessage', principal);
      const wait = asked.WaitTimeSeconds ?? queue.settings.ReceiveMessageWaitTimeSeconds;
      const timeout = asked.VisibilityTimeout ?? queue.settings.VisibilityTimeout;
      const received = await receiveWithin(kernel, broker, queue, asked.MaxNumberOfMessages, timeout, wait * 1000);
      const systemNames = [...asked.AttributeNames, ...asked.MessageSystemAttributeNames];
      const Messages = received.map((each) => toMessage(each, systemNames, asked.MessageAttributeNames));
      return Messages.length > 0 ? { Messages } : {};
    },

    async DeleteMessage(input, principal) {
      const { QueueUrl, ReceiptHandle } = parseInput(deleteMessageShape, input, INVALID);
      const queue = authorized(QueueUrl, 'DeleteMessage', principal);
      await write(() => broker.delete(queue, ReceiptHandle));
      return {};
    },

    async DeleteMessageBatch(input, principal) {
      const { QueueUrl, Entries } = parseInput(deleteMessageBatchShape, input, INVALID);
      const queue = authorized(QueueUrl, 'DeleteMessage', principal);
      return await write(() =>
        runBatch(Entries, (entry) => {
          broker.delete(queue, entry.ReceiptHandle);
          return {};
        }),
      );
    },

    async ChangeMessageVisibility(input, principal) {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout } = parseInput(changeVisibilityShape, input, INVALID);
      const queue = authorized(QueueUrl, 'ChangeMessageVisibility', principal);
      await write((group) => broker.changeVisibility(group, queue, ReceiptHandle, VisibilityTimeout));
      return {};
    },

    async ChangeMessageVisibilityBatch(input, principal) {
      const { QueueUrl, Entries } = parseInput(changeVisibilityBatchShape, input, INVALID);
      const queue = authorized(QueueUrl, 'ChangeMessageVisibility', principal);
      return await write((group) =>
        runBatch(Entries, (entry) => {
          broker.changeVisibility(group, queue, entry.ReceiptHandle, entry.VisibilityTimeout);
          return {};
        }),
      );
    },
  };
}

/**
 * A receive that waits up to `wait` milliseconds for a first message. The waiting itself is not tracked as work under way: a fake clock
 * must be able to move on meanwhile.
 */
async function receiveWithin(
  kernel: Kernel,
  broker: Broker,
  queue: Queue,
  limit: number,
  timeout: number,
  wait: number,
): Promise<Received[]> {
  const receive = async () =>
    broker.mayReceive(queue)
      ? await kernel.track(kernel.storage.write((group) => broker.receive(group, queue, limit, timeout)))
      : [];
  if (wait === 0) return await receive();

  let over = false;
  let visible = Promise.withResolvers<void>();
  // Watching starts before the first look, so that no message falls between a look and the wait after it.
  const unwatch = broker.visibility.watch(queue.name, () => visible.resolve());
  const cancel = kernel.clock.at(kernel.clock.now() + wait, () => {
    over = true;
    visible.resolve();
  });
  try {
    for (;;) {
      const received = await receive();
      if (received.length > 0 || over) return received;
      await visible.promise;
      visible = Promise.withResolvers<void>();
    }
  } finally {
    unwatch();
    cancel();
  }
}

function outgoing(message: WireMessage): Outgoing {
  return {
    body: message.MessageBody,
    attributes: message.MessageAttributes,
    delay: message.DelaySeconds,
    groupId: message.MessageGroupId,
    traceHeader: message.MessageSystemAttributes?.AWSTraceHeader?.StringValue,
  };
}

function answer(message: WireMessage, MessageId: string) {
  const { MessageBody, MessageAttributes = {}, MessageSystemAttributes } = message;
  const { AWSTraceHeader } = MessageSystemAttributes ?? {};
  return {
    MessageId,
    MD5OfMessageBody: md5(MessageBody),
    ...(Object.keys(MessageAttributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(MessageAttributes) }),
    ...(AWSTraceHeader && { MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader }) }),
  };
}
