import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createSqs } from '../../../../local/sqs/service.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

const NAME = 'deliveries';

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-sqs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The service on a data directory, as at the start of the machine. */
function start(directory: string) {
  const kernel = kernelForTests(directory);
  const sqs = createSqs(kernel);
  const dead = kernel.provision(sqs, 'AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
  const { ref, attributes } = kernel.provision(sqs, 'AWS::SQS::Queue', 'Queue', {
    QueueName: NAME,
    VisibilityTimeout: 360,
    RedrivePolicy: { deadLetterTargetArn: dead.attributes.Arn, maxReceiveCount: 2 },
  });
  sqs.start?.();
  return {
    send: (MessageBody: string) => sqs.call('SendMessage', { QueueUrl: ref, MessageBody }, operator),
    /** As an event source mapping. */
    take: () => sqs.receiveFromQueue(attributes.Arn ?? '', 10, operator),
    /** As any client. */
    receive: () => sqs.call('ReceiveMessage', { QueueUrl: ref }, operator),
    end: async () => {
      await sqs.stop?.();
      await kernel.storage.close();
    },
  };
}

test('what a mapping had taken when the machine ended comes back at the start, however often that happens, and not as another try', async () => {
  const directory = newDirectory();
  const first = start(directory);
  await first.send('hello');
  expect(await first.take()).toHaveLength(1);
  await first.end();
  for (const restart of [1, 2, 3, 4]) {
    const again = start(directory);
    const [record] = await again.take();
    // The count itself goes on: by it the product knows that somebody may have worked on the message before.
    expect(record).toMatchObject({ body: 'hello', attributes: { ApproximateReceiveCount: String(restart + 1) } });
    expect(await again.take()).toEqual([]);
    await again.end();
  }
});

test('what a client of its own had taken stays hidden: it may still be working on it', async () => {
  const directory = newDirectory();
  const first = start(directory);
  await first.send('hello');
  expect(await first.receive()).toMatchObject({ Messages: [{ Body: 'hello' }] });
  await first.end();
  const again = start(directory);
  expect(await again.receive()).toEqual({});
  await again.end();
});

test('messages of a directory from before there was a note of who took them are still there', async () => {
  const directory = newDirectory();
  const first = start(directory);
  await first.send('hello');
  await first.end();
  const db = new DatabaseSync(join(directory, 'cloud.sqlite'));
  db.exec(
    'ALTER TABLE sqs_message DROP COLUMN by_mapping; ALTER TABLE sqs_message DROP COLUMN released; PRAGMA user_version = 1;',
  );
  db.close();
  const again = start(directory);
  expect(await again.take()).toMatchObject([{ body: 'hello' }]);
  await again.end();
});
