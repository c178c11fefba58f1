import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import type { Broker } from './broker.ts';
import {
  checkQueueName,
  noSuchQueue,
  type Queue,
  queueArn,
  queueNameFromUrl,
  queueUrl,
  settingsFrom,
} from './queue.ts';
import type { QueueRegistry } from './queue-registry.ts';
import {
  cancelMessageMoveTaskShape,
  createQueueShape,
  getQueueAttributesShape,
  getQueueUrlShape,
  listDeadLetterSourceQueuesShape,
  listMessageMoveTasksShape,
  listQueuesShape,
  queueShape,
  setQueueAttributesShape,
  startMessageMoveTaskShape,
} from './wire-shapes.ts';

export type Operations = Record<string, (input: unknown, principal: Principal) => Promise<unknown>>;

/** Deleting the messages takes up to a minute on AWS, in which a second purge is refused. */
const PURGE_TAKES_MS = 60_000;

const moveTaskShape = z.object({
  handle: z.string(),
  destination: z.string().nullable(),
  moved: z.number(),
  started_at: z.number(),
});

/** The calls on queues themselves. */
export function queueApi(kernel: Kernel, queues: QueueRegistry, broker: Broker): Operations {
  const { db } = kernel.storage;
  db.exec(`CREATE TABLE IF NOT EXISTS sqs_move_task (
    handle TEXT PRIMARY KEY, source TEXT NOT NULL, destination TEXT, moved INTEGER NOT NULL, started_at INTEGER NOT NULL) STRICT`);
  const saveTask = db.prepare(
    'INSERT INTO sqs_move_task (handle, source, destination, moved, started_at) VALUES (?, ?, ?, ?, ?)',
  );
  const findTask = db.prepare('SELECT source FROM sqs_move_task WHERE handle = ?');
  const findTasks = db.prepare(
    'SELECT * FROM sqs_move_task WHERE source = ? ORDER BY started_at DESC, rowid DESC LIMIT ?',
  );

  /** When each queue was emptied last. */
  const purged = new Map<string, number>();
  const authorized = (url: string, action: string, principal: Principal): Queue => {
    kernel.authorizer.authorize(principal, `sqs:${action}`, queueArn(kernel, queueNameFromUrl(kernel, url)));
    return queues.byUrl(url);
  };
  const write = <T>(change: Parameters<typeof kernel.storage.write<T>>[0]) =>
    kernel.track(kernel.storage.write(change));

  return {
    async CreateQueue(input, principal) {
      const { QueueName, Attributes = {} } = parseInput(createQueueShape, input, 'InvalidParameterValue');
      checkQueueName(QueueName);
      kernel.authorizer.authorize(principal, 'sqs:CreateQueue', queueArn(kernel, QueueName));
      const existing = queues.find(QueueName);
      const settings = settingsFrom(Attributes, existing?.settings);
      if (!existing) await write(() => queues.save(QueueName, settings));
      else if (JSON.stringify(settings) !== JSON.stringify(existing.settings)) {
        throw new AwsError(
          'QueueNameExists',
          'A queue already exists with the same name and a different value for an attribute.',
        );
      }
      return { QueueUrl: queueUrl(kernel, QueueName) };
    },

    async DeleteQueue(input, principal) {
      const queue = authorized(parseInput(queueShape, input).QueueUrl, 'DeleteQueue', principal);
      await write(() => {
        broker.purge(queue);
        queues.delete(queue.name);
      });
      return {};
    },

    async GetQueueUrl(input, principal) {
      const { QueueName } = parseInput(getQueueUrlShape, input);
      kernel.authorizer.authorize(principal, 'sqs:GetQueueUrl', queueArn(kernel, QueueName));
      if (!queues.find(QueueName)) throw noSuchQueue();
      return { QueueUrl: queueUrl(kernel, QueueName) };
    },

    async ListQueues(input, principal) {
      const { QueueNamePrefix = '', MaxResults = 1000, NextToken = '' } = parseInput(listQueuesShape, input);
      kernel.authorizer.authorize(principal, 'sqs:ListQueues', queueArn(kernel, '*'));
      const after = queues
        .all()
        .map(({ name }) => name)
        .filter((name) => name.startsWith(QueueNamePrefix) && name > NextToken)
        .sort();
      const page = after.slice(0, MaxResults);
      return {
        QueueUrls: page.map((name) => queueUrl(kernel, name)),
        ...(after.length > page.length && { NextToken: page.at(-1) }),
      };
    },

    async GetQueueAttributes(input, principal) {
      const { QueueUrl, AttributeNames = [] } = parseInput(getQueueAttributesShape, input);
      const queue = authorized(QueueUrl, 'GetQueueAttributes', principal);
      const all = await kernel.storage.read(() => attributesOf(queue, broker));
      for (const name of AttributeNames) {
        if (name !== 'All' && !(name in all) && name !== 'RedrivePolicy') {
          throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
        }
      }
      const asked = Object.entries(all).filter(
        ([name]) => AttributeNames.includes('All') || AttributeNames.includes(name),
      );
      return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
    },

    async SetQueueAttributes(input, principal) {
      const { QueueUrl, Attributes } = parseInput(setQueueAttributesShape, input);
      const queue = authorized(QueueUrl, 'SetQueueAttributes', principal);
      const settings = settingsFrom(Attributes, queue.settings);
      await write(() => queues.save(queue.name, settings));
      return {};
    },

    async PurgeQueue(input, principal) {
      const queue = authorized(parseInput(queueShape, input).QueueUrl, 'PurgeQueue', principal);
      const now = kernel.clock.now();
      if (now - (purged.get(queue.name) ?? Number.NEGATIVE_INFINITY) < PURGE_TAKES_MS) {
        const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
        throw new AwsError('PurgeQueueInProgress', message, 403);
      }
      purged.set(queue.name, now);
      await write(() => broker.purge(queue));
      return {};
    },

    async ListDeadLetterSourceQueues(input, principal) {
      const { QueueUrl, MaxResults = 1000, NextToken = '' } = parseInput(listDeadLetterSourceQueuesShape, input);
      const { arn } = authorized(QueueUrl, 'ListDeadLetterSourceQueues', principal);
      const names = queues
        .all()
        .filter(({ name, settings }) => settings.redrive?.deadLetterTargetArn === arn && name > NextToken)
        .map(({ name }) => name)
        .sort();
      const page = names.slice(0, MaxResults);
      return {
        queueUrls: page.map((name) => queueUrl(kernel, name)),
        ...(names.length > page.length && { NextToken: page.at(-1) }),
      };
    },

    // The move is one transaction, so a task is completed by the time that anybody can ask about it.
    async StartMessageMoveTask(input, principal) {
      const { SourceArn, DestinationArn } = parseInput(startMessageMoveTaskShape, input, 'UnsupportedOperation');
      for (const action of ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage']) {
        kernel.authorizer.authorize(principal, `sqs:${action}`, SourceArn);
      }
      if (DestinationArn) kernel.authorizer.authorize(principal, 'sqs:SendMessage', DestinationArn);
      const source = queueOfTask(queues, SourceArn);
      const destination = DestinationArn ? queueOfTask(queues, DestinationArn) : undefined;
      if (!queues.all().some(({ settings }) => settings.redrive?.deadLetterTargetArn === SourceArn)) {
        throw new AwsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      }
      const TaskHandle = randomUUID();
      await write((group) => {
        const moved = broker.redrive(group, source, destination);
        saveTask.run(TaskHandle, SourceArn, DestinationArn ?? null, moved, kernel.clock.now());
      });
      return { TaskHandle };
    },

    async CancelMessageMoveTask(input, principal) {
      const { TaskHandle } = parseInput(cancelMessageMoveTaskShape, input, 'InvalidParameterValue');
      const task = await kernel.storage.read(() => findTask.get(TaskHandle));
      kernel.authorizer.authorize(
        principal,
        'sqs:CancelMessageMoveTask',
        task ? String(task.source) : queueArn(kernel, '*'),
      );
      if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
      throw new AwsError('UnsupportedOperation', 'Only active tasks can be cancelled: this one is completed.');
    },

    async ListMessageMoveTasks(input, principal) {
      const { SourceArn, MaxResults } = parseInput(listMessageMoveTasksShape, input);
      kernel.authorizer.authorize(principal, 'sqs:ListMessageMoveTasks', SourceArn);
      queueOfTask(queues, SourceArn);
      const rows = await kernel.storage.read(() => findTasks.all(SourceArn, MaxResults));
      const Results = rows.map((row) => {
        const task = moveTaskShape.parse(row);
        return {
          Status: 'COMPLETED',
          SourceArn,
          ...(task.destination !== null && { DestinationArn: task.destination }),
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.moved,
          StartedTimestamp: task.started_at,
        };
      });
      return { Results };
    },
  };
}

function queueOfTask(queues: QueueRegistry, arn: string): Queue {
  const queue = queues.findByArn(arn);
  if (queue) return queue;
  throw new AwsError(
    'ResourceNotFoundException',
    "The resource that you specified for the SourceArn parameter doesn't exist.",
    404,
  );
}

function attributesOf(queue: Queue, broker: Broker): Record<string, string> {
  const { redrive, ...numbers } = queue.settings;
  const counts = broker.counts(queue);
  const settings = Object.entries(numbers).map(([name, value]) => [name, String(value)]);
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ...Object.fromEntries(settings),
    ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
    SqsManagedSseEnabled: 'true',
  };
}
