import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createSqs } from '../../../../local/sqs/service.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, unknown>;
  MD5OfMessageAttributes?: string;
}

describe('a standard queue', () => {
  let kernel: TestKernel;
  let sqs: ReturnType<typeof createSqs>;
  let QueueUrl: string;

  beforeEach(() => {
    kernel = kernelForTests();
    sqs = createSqs(kernel);
    QueueUrl = kernel.provision(sqs, 'AWS::SQS::Queue', 'Orders', { QueueName: 'orders' }).ref;
  });

  const call = (operation: string, input: object) => sqs.call(operation, input, operator);
  const send = (MessageBody: string, more: object = {}) => call('SendMessage', { QueueUrl, MessageBody, ...more });
  const receive = async (more: object = {}): Promise<Message[]> => {
    const answer = (await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, ...more })) as {
      Messages?: Message[];
    };
    return answer.Messages ?? [];
  };

  test('a message is received once, comes back after the visibility time-out, and is gone once deleted', async () => {
    await send('hello');
    const [first] = await receive({ VisibilityTimeout: 10, MessageSystemAttributeNames: ['All'] });
    expect(first).toMatchObject({ Body: 'hello', Attributes: { ApproximateReceiveCount: '1' } });
    expect(await receive()).toEqual([]);

    await kernel.clock.advance(10_000);
    const [second] = await receive({ AttributeNames: ['ApproximateReceiveCount'] });
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.Attributes).toEqual({ ApproximateReceiveCount: '2' });

    // The handle of the first receive is stale by now: it deletes nothing.
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    await kernel.clock.advance(30_000);
    const [third] = await receive();
    expect(third?.Body).toBe('hello');
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: third?.ReceiptHandle });
    await kernel.clock.advance(30_000);
    expect(await receive()).toEqual([]);
  });

  test('a long poll ends when a message arrives, and with nothing when its time is over', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    await kernel.clock.advance(5_000);
    await send('late');
    expect((await waiting).map(({ Body }) => Body)).toEqual(['late']);

    const inVain = receive({ WaitTimeSeconds: 20 });
    await kernel.clock.advance(20_000);
    expect(await inVain).toEqual([]);
  });

  test('a long poll ends when a delayed message turns visible', async () => {
    await send('in a while', { DelaySeconds: 7 });
    const waiting = receive({ WaitTimeSeconds: 20, AttributeNames: ['All'] });
    const started = kernel.clock.now();
    await kernel.clock.advance(7_000);
    const [message] = await waiting;
    expect(message?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(String(started + 7_000));
  });

  test('digests are those that the SDKs compute', async () => {
    const MessageAttributes = {
      timestamp: { DataType: 'Number', StringValue: '1493147359900' },
    };
    // Vector of the AWS SDKs' own tests.
    const answer = await send('This is a test message', { MessageAttributes });
    expect(answer).toMatchObject({
      MD5OfMessageBody: 'fafb00f5732ab283681e124bf8747ed1',
      MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c',
    });
    const [message] = await receive({ MessageAttributeNames: ['All'] });
    expect(message).toMatchObject({ MessageAttributes, MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c' });
  });

  test('a message received too often moves to the dead letter queue, and back by a move task as a new message', async () => {
    const dead = kernel.provision(sqs, 'AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    kernel.provision(sqs, 'AWS::SQS::Queue', 'Orders', {
      QueueName: 'orders',
      RedrivePolicy: { deadLetterTargetArn: dead.attributes.Arn, maxReceiveCount: 2 },
    });
    await send('poison');
    for (let round = 0; round < 2; round++) {
      expect(await receive({ VisibilityTimeout: 1 })).toHaveLength(1);
      await kernel.clock.advance(1_000);
    }
    expect(await receive()).toEqual([]);
    const buried = await receive({ QueueUrl: dead.ref, AttributeNames: ['All'], VisibilityTimeout: 0 });
    expect(buried).toMatchObject([
      { Body: 'poison', Attributes: { DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders' } },
    ]);

    const task = Object(await call('StartMessageMoveTask', { SourceArn: dead.attributes.Arn }));
    expect(task).toEqual({ TaskHandle: expect.any(String) });
    // It is done by the time that anybody could cancel it.
    await expect(call('CancelMessageMoveTask', task)).rejects.toMatchObject({ code: 'UnsupportedOperation' });
    await expect(call('CancelMessageMoveTask', { TaskHandle: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    const [back] = await receive({ AttributeNames: ['All'] });
    expect(back).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
    expect(back?.MessageId).not.toBe(buried[0]?.MessageId);
    expect(await call('ListMessageMoveTasks', { SourceArn: dead.attributes.Arn })).toMatchObject({
      Results: [{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }],
    });
  });

  test('messages past the retention period are never received', async () => {
    await call('SetQueueAttributes', { QueueUrl, Attributes: { MessageRetentionPeriod: '60' } });
    await send('forgotten');
    await kernel.clock.advance(60_000);
    expect(await receive()).toEqual([]);
    expect(await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })).toEqual({
      Attributes: { ApproximateNumberOfMessages: '0' },
    });
  });

  test('a second purge within a minute is refused', async () => {
    await send('x');
    await call('PurgeQueue', { QueueUrl });
    expect(await receive()).toEqual([]);
    await kernel.clock.advance(59_999);
    await expect(call('PurgeQueue', { QueueUrl })).rejects.toMatchObject({
      code: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
    });
    await kernel.clock.advance(1);
    expect(await call('PurgeQueue', { QueueUrl })).toEqual({});
  });

  test('a dead letter queue knows whose it is', async () => {
    const { attributes, ref } = kernel.provision(sqs, 'AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    const RedrivePolicy = { deadLetterTargetArn: attributes.Arn, maxReceiveCount: 3 };
    const source = kernel.provision(sqs, 'AWS::SQS::Queue', 'Source', { QueueName: 'source', RedrivePolicy }).ref;
    expect(await call('ListDeadLetterSourceQueues', { QueueUrl: ref })).toEqual({ queueUrls: [source] });
    expect(await call('ListDeadLetterSourceQueues', { QueueUrl })).toEqual({ queueUrls: [] });
  });

  test('one group with many messages, or slow ones, does not keep the others waiting', async () => {
    for (let n = 0; n < 30; n++) await send(`noisy-${n}`, { MessageGroupId: 'noisy' });
    const bodies = async (MaxNumberOfMessages: number) =>
      (await receive({ MaxNumberOfMessages, VisibilityTimeout: 60 })).map(({ Body }) => Body);
    expect(await bodies(2)).toEqual(['noisy-0', 'noisy-1']);
    await send('quiet-0', { MessageGroupId: 'quiet' });
    await send('quiet-1', { MessageGroupId: 'quiet' });
    await send('of no group');
    // Two of the noisy group are in flight: the quiet one is served until it has as many.
    expect(await bodies(3)).toEqual(['quiet-0', 'quiet-1', 'noisy-2']);
    // What has no group comes in its turn by age; when nobody else waits, the noisy group is served as fast as anybody.
    expect(await bodies(10)).toEqual(Array.from({ length: 10 }, (_, n) => `noisy-${n + 3}`));
    await kernel.clock.advance(60_000);
    const rest = [...(await bodies(10)), ...(await bodies(10)), ...(await bodies(10)), ...(await bodies(10))];
    expect(rest).toHaveLength(33);
    expect(new Set(rest).size).toBe(33);
  });

  test('among groups that have as much in flight the oldest message comes first', async () => {
    for (const [body, MessageGroupId] of [
      ['1', 'z'],
      ['2', 'a'],
      ['3', 'z'],
    ] as const) {
      await send(body, { MessageGroupId });
      await kernel.clock.advance(10);
    }
    expect((await receive()).map(({ Body }) => Body)).toEqual(['1', '2', '3']);
  });

  test('one bad entry of a batch fails alone', async () => {
    const answer = await call('SendMessageBatch', {
      QueueUrl,
      Entries: [
        { Id: 'good', MessageBody: 'fine', MessageGroupId: 'tenant-1' },
        { Id: 'bad', MessageBody: 'a null \u0000 byte' },
      ],
    });
    expect(answer).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'InvalidMessageContents', SenderFault: true }],
    });
    const [message] = await receive({ AttributeNames: ['MessageGroupId'] });
    expect(message).toMatchObject({ Body: 'fine', Attributes: { MessageGroupId: 'tenant-1' } });
  });

  test('a batch with an id twice, or of eleven, is refused whole', async () => {
    const entry = (Id: string) => ({ Id, MessageBody: 'x' });
    await expect(call('SendMessageBatch', { QueueUrl, Entries: [entry('a'), entry('a')] })).rejects.toMatchObject({
      code: 'BatchEntryIdsNotDistinct',
    });
    const eleven = Array.from({ length: 11 }, (_, index) => entry(String(index)));
    await expect(call('SendMessageBatch', { QueueUrl, Entries: eleven })).rejects.toMatchObject({
      code: 'TooManyEntriesInBatchRequest',
    });
    expect(await receive()).toEqual([]);
  });

  test('changing the visibility to zero gives a message back at once, and wakes who waits', async () => {
    await send('again');
    const [message] = await receive();
    const waiting = receive({ WaitTimeSeconds: 20 });
    await kernel.clock.settle();
    await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await waiting).toHaveLength(1);
  });

  test('the visibility of a message that is not in flight cannot be changed', async () => {
    await send('back already');
    const [message] = await receive({ VisibilityTimeout: 1 });
    await kernel.clock.advance(1_000);
    const change = call('ChangeMessageVisibility', {
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 9,
    });
    await expect(change).rejects.toMatchObject({ code: 'MessageNotInflight' });
  });

  test('a queue is found by a URL with any host, and by no other account', async () => {
    await call('SendMessage', {
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders',
      MessageBody: 'x',
    });
    expect(await receive()).toHaveLength(1);
    const other = call('SendMessage', { QueueUrl: 'http://x/999999999999/orders', MessageBody: 'x' });
    await expect(other).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
  });

  test('what is not authorized does not happen', async () => {
    kernel.deny = ({ action }) => action === 'sqs:SendMessage';
    await expect(send('forbidden')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(kernel.asked.at(-1)).toMatchObject({ resource: 'arn:aws:sqs:eu-west-1:111122223333:orders' });
    expect(await receive()).toEqual([]);
  });

  test('FIFO queues and members that nothing honors are refused', async () => {
    await expect(call('CreateQueue', { QueueName: 'a.fifo' })).rejects.toThrow('no FIFO queues');
    expect(() => kernel.provision(sqs, 'AWS::SQS::Queue', 'F', { FifoQueue: true })).toThrow('no FIFO queues');
    await expect(send('x', { MessageDeduplicationId: 'y' })).rejects.toThrow('MessageDeduplicationId');
    await expect(call('CreateQueue', { QueueName: 'q', Attributes: { Policy: '{}' } })).rejects.toThrow('Policy');
  });
});

describe('the door for event source mappings', () => {
  test('records carry what functions see, and listeners hear of messages that turn visible again', async () => {
    const kernel = kernelForTests();
    const sqs = createSqs(kernel);
    const { ref: QueueUrl, attributes } = kernel.provision(sqs, 'AWS::SQS::Queue', 'Work', { VisibilityTimeout: 30 });
    const arn = attributes.Arn!;
    let heard = 0;
    const unsubscribe = sqs.onQueueVisible(arn, () => (heard += 1));

    await sqs.call('SendMessage', { QueueUrl, MessageBody: 'job' }, operator);
    expect(heard).toBe(1);
    const [record] = await sqs.receiveFromQueue(arn, 10, operator);
    expect(record).toMatchObject({
      body: 'job',
      md5OfBody: '9dddd5ce1b1375bc497feeb871842d4b',
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: 'eu-west-1',
      attributes: { ApproximateReceiveCount: '1', SenderId: '111122223333' },
    });

    await kernel.clock.advance(30_000);
    expect(heard).toBe(2);
    const [again] = await sqs.receiveFromQueue(arn, 10, operator);
    await sqs.deleteFromQueue(arn, [again!.receiptHandle], operator);
    await kernel.clock.advance(60_000);
    expect(await sqs.receiveFromQueue(arn, 10, operator)).toEqual([]);
    unsubscribe();
    await sqs.call('SendMessage', { QueueUrl, MessageBody: 'unheard' }, operator);
    expect(heard).toBe(3);
  });
});

test('messages outlive a restart, with their visibility and receive count', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sqs-'));
  try {
    const before = kernelForTests(directory);
    const first = createSqs(before);
    const { ref: QueueUrl } = before.provision(first, 'AWS::SQS::Queue', 'Kept', {});
    await first.call('SendMessage', { QueueUrl, MessageBody: 'kept' }, operator);
    await first.call('ReceiveMessage', { QueueUrl, VisibilityTimeout: 60 }, operator);
    await before.storage.close();

    const after = kernelForTests(directory, before.clock.now() + 10_000);
    const second = createSqs(after);
    expect(after.provision(second, 'AWS::SQS::Queue', 'Kept', {}).ref).toBe(QueueUrl);
    const waiting = second.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20, AttributeNames: ['All'] }, operator);
    await after.clock.advance(20_000);
    expect(await waiting).toEqual({});
    await after.clock.advance(30_000);
    expect(await second.call('ReceiveMessage', { QueueUrl, AttributeNames: ['All'] }, operator)).toMatchObject({
      Messages: [{ Body: 'kept', Attributes: { ApproximateReceiveCount: '2' } }],
    });
    await after.storage.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
