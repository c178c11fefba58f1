import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';

export interface WorkedQueueProps {
  stage: string;
  /** After `batuta-<stage>-`; its dead letter queue has `-dead-letters` behind it. */
  name: string;
  /** Seconds that the function which works it off may take. */
  functionTimeout: number;
  /** What a message in the dead letter queue means, for its alarm. */
  deadLettersMean: string;
  alarms: Alarms;
}

export interface Gathering {
  /** Messages of one invocation, at most. */
  batchSize: number;
  /** Seconds that messages are gathered for, so that one invocation serves many. */
  window: number;
  /** Invocations at once: at least 2, the least that Lambda takes. Default: as many as it takes. */
  mostAtOnce?: number;
}

/** A queue that one function works off: dead letters after five tries, only failed messages come again. */
export class WorkedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkedQueueProps) {
    super(scope, id);
    const { stage, name, alarms } = props;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', `batuta-${stage}-${name}-dead-letters`);
    this.queue = new Queue(this, 'Queue', {
      queueName: `batuta-${stage}-${name}`,
      // Keys of our own would have to be granted to EventBridge, which loses events silently if that is forgotten.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS's rule for queues that feed Lambda: less, and messages that a throttled function could not take come twice.
      visibilityTimeout: Duration.seconds(6 * props.functionTimeout),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    alarms.addForDeadLetters(this.deadLetters, `${name}-dead-letters`, props.deadLettersMean);
  }

  /** @param gathering default: up to ten at a time, as soon as there are any */
  workedOffBy(worker: BatutaFunction, gathering?: Gathering): void {
    // What Lambda asks for to read a queue (Lambda developer guide, "Configuring execution role permissions").
    worker.grant({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [this.queue.queueArn],
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: worker.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: gathering?.batchSize ?? 10,
      ...(gathering && {
        maxBatchingWindow: Duration.seconds(gathering.window),
        ...(gathering.mostAtOnce !== undefined && { maxConcurrency: gathering.mostAtOnce }),
      }),
      reportBatchItemFailures: true,
    });
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'The queue has a dead letter queue; a mapping of SQS takes no destination.',
    });
  }
}

/** Keeps what nobody could work off for 14 days, the most that SQS can. */
export function deadLetterQueue(scope: Construct, id: string, queueName: string): Queue {
  const queue = new Queue(scope, id, {
    queueName,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  acknowledge(queue, {
    'AwsSolutions-SQS3': 'It is itself a dead letter queue.',
    'Serverless-SQSRedrivePolicy': 'It is itself a dead letter queue.',
  });
  return queue;
}
