import * as z from 'zod';

/** The inputs of the calls, as AWS JSON 1.0 carries them. Strict: a member that is not honored is refused. */

const attribute = z.strictObject({
  DataType: z.string().regex(/^(String|Number|Binary)(\..{1,248})?$/, 'DataType must be String, Number or Binary'),
  StringValue: z.string().min(1).optional(),
  BinaryValue: z.string().min(1).optional(),
});
const attributes = z.record(z.string().regex(/^[\w.-]{1,256}$/, 'invalid attribute name'), attribute);
const systemAttributes = z.strictObject({ AWSTraceHeader: attribute.optional() });

const message = {
  MessageBody: z.string(),
  DelaySeconds: z.number().int().min(0).max(900).optional(),
  MessageAttributes: attributes.optional(),
  MessageSystemAttributes: systemAttributes.optional(),
  MessageGroupId: z.string().min(1).max(128).optional(),
};
const QueueUrl = z.string();
const visibilityTimeout = z.number().int().min(0).max(43_200);
const queueAttributes = z.record(z.string(), z.string());

export const messageShape = z.strictObject(message);
export const createQueueShape = z.strictObject({
  QueueName: z.string(),
  Attributes: queueAttributes.optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
export const getQueueUrlShape = z.strictObject({
  QueueName: z.string(),
  QueueOwnerAWSAccountId: z.string().optional(),
});
export const getQueueAttributesShape = z.strictObject({ QueueUrl, AttributeNames: z.array(z.string()).optional() });
export const setQueueAttributesShape = z.strictObject({ QueueUrl, Attributes: queueAttributes });
export const listQueuesShape = z.strictObject({
  QueueNamePrefix: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).optional(),
  NextToken: z.string().optional(),
});
export const listDeadLetterSourceQueuesShape = z.strictObject({
  QueueUrl,
  MaxResults: z.number().int().min(1).max(1000).optional(),
  NextToken: z.string().optional(),
});
export const queueShape = z.strictObject({ QueueUrl });
export const sendMessageShape = z.strictObject({ QueueUrl, ...message });
export const sendMessageBatchShape = z.strictObject({
  QueueUrl,
  Entries: z.array(z.strictObject({ Id: z.string(), ...message })),
});
export const receiveMessageShape = z.strictObject({
  QueueUrl,
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
  VisibilityTimeout: visibilityTimeout.optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});
export const deleteMessageShape = z.strictObject({ QueueUrl, ReceiptHandle: z.string() });
export const deleteMessageBatchShape = z.strictObject({
  QueueUrl,
  Entries: z.array(z.strictObject({ Id: z.string(), ReceiptHandle: z.string() })),
});
export const changeVisibilityShape = z.strictObject({
  QueueUrl,
  ReceiptHandle: z.string(),
  VisibilityTimeout: visibilityTimeout,
});
export const changeVisibilityBatchShape = z.strictObject({
  QueueUrl,
  Entries: z.array(
    z.strictObject({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: visibilityTimeout.default(0) }),
  ),
});
export const startMessageMoveTaskShape = z.strictObject({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
});
export const cancelMessageMoveTaskShape = z.strictObject({ TaskHandle: z.string() });
export const listMessageMoveTasksShape = z.strictObject({
  SourceArn: z.string(),
  MaxResults: z.number().int().min(1).max(10).default(1),
});
