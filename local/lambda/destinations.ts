import { type Clock, sleep } from '../kernel/clock.ts';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';

/** A record for a destination: what became of an event, with the event itself where the destination has room for it. */
export interface Delivery {
  /** ARN of a queue, a function, a bus or a bucket. */
  target: string;
  body: string;
  /** For a bus: `Lambda Function Invocation Result - Failure` */
  detailType?: string;
  /** For a bus: the ARNs that the event is about. */
  about?: string[];
  /** For a bucket. */
  objectKey?: string;
  /** For a queue: text attributes of the message. */
  attributes?: Record<string, string>;
}

type Sender = (kernel: Kernel, delivery: Delivery, name: string, principal: Principal) => Promise<unknown>;

const senders: Record<string, Sender> = {
  sqs: (kernel, { body, attributes = {} }, name, principal) =>
    kernel.call(
      'sqs',
      'SendMessage',
      {
        QueueUrl: `${kernel.endpoint}/${kernel.account}/${name}`,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, { DataType: 'String', StringValue: value }]),
        ),
      },
      principal,
    ),
  lambda: (kernel, { target, body }, _name, principal) =>
    kernel.call('lambda', 'Invoke', { FunctionName: target, InvocationType: 'Event', Payload: body }, principal),
  async events(kernel, { target, body, detailType, about }, _name, principal) {
    const entry = { Source: 'lambda', DetailType: detailType, Detail: body, Resources: about, EventBusName: target };
    const answer = await kernel.call('events', 'PutEvents', { Entries: [entry] }, principal);
    if (typeof answer === 'object' && answer && 'FailedEntryCount' in answer && answer.FailedEntryCount !== 0) {
      throw new Error(`PutEvents refused the record: ${JSON.stringify(answer)}`);
    }
  },
  s3(kernel, { target, body, objectKey }, name, principal) {
    // Lambda looks whether the bucket is there before it writes (developer guide, "Capturing records of Lambda asynchronous invocations").
    kernel.authorizer.authorize(principal, 's3:ListBucket', target);
    return kernel.call('s3', 'PutObject', { Bucket: name, Key: objectKey, Body: body }, principal);
  },
};

/** Refuses, when the template is read, a destination that nothing could be sent to later. */
export function checkDestination(arn: string | undefined, services: ('sqs' | 'lambda' | 'events' | 's3')[]): void {
  if (arn === undefined) return;
  if (!services.some((service) => arn.startsWith(`arn:aws:${service}:`))) {
    throw new AwsError('InvalidParameterValueException', `${arn} is no destination here: ${services.join(', ')} only`);
  }
}

/**
 * Delivers in the function's name, trying again for as long as it takes. Lambda drops a record that its destination refuses and counts
 * `DestinationDeliveryFailures`; here every refusal is reported and nothing is dropped.
 */
export async function deliver(
  kernel: Kernel,
  delivery: Delivery,
  principal: Principal,
  stopped: () => boolean,
): Promise<void> {
  const [, , service = '', , , resource = ''] = delivery.target.split(':');
  const send = senders[service];
  if (!send) throw new Error(`no way to deliver to ${delivery.target}`);
  for (let attempt = 0; !stopped(); attempt += 1) {
    try {
      await kernel.track(send(kernel, delivery, resource, principal));
      return;
    } catch (error) {
      kernel.report(`lambda destination ${delivery.target}`, error);
      await backOff(kernel.clock, attempt, 60_000);
    }
  }
}

/** 1 s, 2 s, 4 s … up to `longest` milliseconds. */
export function backOff(clock: Clock, attempt: number, longest: number): Promise<void> {
  return sleep(clock, backOffDelay(attempt, longest));
}

export function backOffDelay(attempt: number, longest: number): number {
  return Math.min(longest, 1000 * 2 ** Math.min(attempt, 20));
}
