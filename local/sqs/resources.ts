import { AwsError } from '../kernel/errors.ts';
import type { Kernel, ResourceHandler } from '../kernel/kernel.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { queueUrl, settingsFrom } from './queue.ts';
import type { QueueRegistry } from './queue-registry.ts';

export function queueResource(kernel: Kernel, queues: QueueRegistry): ResourceHandler {
  return {
    type: 'AWS::SQS::Queue',
    honored: [
      'QueueName',
      'FifoQueue',
      'DelaySeconds',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy',
      'VisibilityTimeout',
    ],
    ignored: ['Tags', 'SqsManagedSseEnabled', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'],
    provision(resource) {
      const { QueueName, FifoQueue, Tags: _, ...attributes } = resource.properties;
      if (FifoQueue === true || FifoQueue === 'true') {
        throw new AwsError(
          'UnsupportedOperation',
          `${resource.logicalId}: this machine has no FIFO queues, only standard ones.`,
        );
      }
      const name = typeof QueueName === 'string' ? QueueName : physicalName(resource, 80);
      const queue = queues.save(name, settingsFrom(attributes));
      const url = queueUrl(kernel, name);
      return { ref: url, attributes: { Arn: queue.arn, QueueName: name, QueueUrl: url } };
    },
  };
}
