import type { Json, Kernel } from '../kernel/kernel.ts';
import type { QueueRecord } from '../kernel/streams.ts';
import type { Received } from './broker.ts';
import { type MessageAttributes, md5, md5OfAttributes } from './message-digest.ts';

function systemAttributesOf(received: Received): Record<string, string> {
  const { message } = received;
  const { SenderId, MessageGroupId, AWSTraceHeader } = message.system;
  return {
    ApproximateReceiveCount: String(received.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId,
    ApproximateFirstReceiveTimestamp: String(received.firstReceivedAt),
    ...(MessageGroupId !== undefined && { MessageGroupId }),
    ...(AWSTraceHeader !== undefined && { AWSTraceHeader }),
    ...(message.deadLetterSource !== null && { DeadLetterQueueSourceArn: message.deadLetterSource }),
  };
}

/** A message in the answer of ReceiveMessage, with the attributes that were asked for and no others. */
export function toMessage(received: Received, systemNames: string[], attributeNames: string[]) {
  const { message, receiptHandle } = received;
  const system = Object.entries(systemAttributesOf(received)).filter(
    ([name]) => systemNames.includes('All') || systemNames.includes(name),
  );
  const attributes: MessageAttributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => attributeNames.some((asked) => asksFor(asked, name))),
  );
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(hasAttributes && { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

/** `All`, `.*`, a name, or the start of names: `order.*`. */
function asksFor(asked: string, name: string): boolean {
  if (asked === 'All' || asked === '.*') return true;
  return asked.endsWith('.*') ? name.startsWith(asked.slice(0, -2)) : asked === name;
}

/** A message as a function sees it in an event of the queue. */
export function toRecord(kernel: Kernel, queueArn: string, received: Received): QueueRecord {
  const { message, receiptHandle } = received;
  const messageAttributes: Record<string, Json> = {};
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(message.attributes)) {
    messageAttributes[name] = {
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    };
  }
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: systemAttributesOf(received),
    messageAttributes,
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: kernel.region,
  };
}
