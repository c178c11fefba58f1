import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';

/** A queue's settings. Times in seconds, sizes in bytes: the units of the service's API. */
export interface QueueSettings {
  DelaySeconds: number;
  MaximumMessageSize: number;
  MessageRetentionPeriod: number;
  ReceiveMessageWaitTimeSeconds: number;
  VisibilityTimeout: number;
  redrive?: RedrivePolicy | undefined;
}

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

export interface Queue {
  name: string;
  arn: string;
  settings: QueueSettings;
  createdAt: number;
  modifiedAt: number;
}

// Since January 2026 a message, and a batch of them, may be 1 MiB.
export const LARGEST_MESSAGE = 1_048_576;

const DEFAULTS: QueueSettings = {
  DelaySeconds: 0,
  MaximumMessageSize: LARGEST_MESSAGE,
  MessageRetentionPeriod: 345_600,
  ReceiveMessageWaitTimeSeconds: 0,
  VisibilityTimeout: 30,
};

const seconds = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

// The template carries an object, the API its JSON text; numbers may be text in both.
const redrivePolicy = z.preprocess(
  (value, context) => {
    if (typeof value !== 'string') return value;
    try {
      return parseJson(value);
    } catch {
      context.addIssue('RedrivePolicy is not JSON');
      return z.NEVER;
    }
  },
  z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().min(1).max(1000) }),
);

const attributesShape = z.strictObject({
  DelaySeconds: seconds(0, 900).optional(),
  MaximumMessageSize: seconds(1024, LARGEST_MESSAGE).optional(),
  MessageRetentionPeriod: seconds(60, 1_209_600).optional(),
  ReceiveMessageWaitTimeSeconds: seconds(0, 20).optional(),
  VisibilityTimeout: seconds(0, 43_200).optional(),
  RedrivePolicy: z.union([z.literal('').transform(() => undefined), redrivePolicy]).optional(),
  // Encryption at rest is the disk's business here: accepted, without effect.
  SqsManagedSseEnabled: z.unknown().optional(),
  KmsMasterKeyId: z.unknown().optional(),
  KmsDataKeyReusePeriodSeconds: z.unknown().optional(),
});

/**
 * Settings from the attributes of CreateQueue, SetQueueAttributes or the template, over `base`.
 * @throws AwsError InvalidAttributeValue for a value out of range and for an attribute that this machine does not honor.
 */
export function settingsFrom(attributes: Record<string, unknown>, base: QueueSettings = DEFAULTS): QueueSettings {
  const { RedrivePolicy, SqsManagedSseEnabled, KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, ...numbers } = parseInput(
    attributesShape,
    attributes,
    'InvalidAttributeValue',
  );
  const given = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
  const redrive = 'RedrivePolicy' in attributes ? RedrivePolicy : base.redrive;
  return { ...base, ...given, redrive };
}

export function queueArn(kernel: Kernel, name: string): string {
  return `arn:aws:sqs:${kernel.region}:${kernel.account}:${name}`;
}

export function queueUrl(kernel: Kernel, name: string): string {
  return `${kernel.endpoint}/${kernel.account}/${name}`;
}

export function checkQueueName(name: string): void {
  if (name.endsWith('.fifo')) {
    throw new AwsError('UnsupportedOperation', `${name}: this machine has no FIFO queues, only standard ones.`);
  }
  if (!/^[\w-]{1,80}$/.test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
}

export function noSuchQueue(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

/** The queue's name in its URL. The host does not matter: another port, or a name that stands for this machine, is the same queue. */
export function queueNameFromUrl(kernel: Kernel, url: string): string {
  const match = /\/(\d{12})\/([\w.-]{1,80})\/?$/.exec(url);
  if (match?.[1] !== kernel.account) throw noSuchQueue();
  return match[2]!;
}
