import { afterEach, beforeEach, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createSqs } from '../../../../local/sqs/service.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, lambdaForTests, printed, provisionFunction, ROLE, type TestLambda } from './lambda-for-tests.ts';

let kernel: TestKernel;
let sqs: ReturnType<typeof createSqs>;
let lambda: TestLambda;
let bundles: Bundles;
let QueueUrl: string;
let arn: string;

/** Prints the bodies of each batch; a body with `bad` fails the batch, or is reported if the function reports failures. */
const SOURCE = `exports.handler = async (event) => {
  console.log(event.Records.map(({ body }) => body).join(' '));
  const bad = event.Records.filter(({ body }) => body.includes('bad'));
  if (process.env.REPORTS) return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  if (bad.length > 0) throw new Error('bad message');
};`;

beforeEach(() => {
  kernel = kernelForTests();
  bundles = new Bundles();
  sqs = createSqs(kernel);
  kernel.services.set('sqs', sqs);
  const queue = kernel.provision(sqs, 'AWS::SQS::Queue', 'Deliveries', {
    QueueName: 'deliveries',
    VisibilityTimeout: 30,
  });
  QueueUrl = queue.ref;
  arn = queue.attributes.Arn!;
  lambda = lambdaForTests(kernel, bundles, { inProcess: true, queues: sqs });
});
afterEach(async () => {
  await lambda.stop();
  await sqs.stop?.();
  bundles.remove();
});

function map(more: object = {}, source = SOURCE, functionMore: object = {}): void {
  provisionFunction(kernel, lambda, bundles, 'deliver', source, functionMore);
  kernel.provision(lambda, 'AWS::Lambda::EventSourceMapping', 'Deliver', {
    FunctionName: 'deliver',
    EventSourceArn: arn,
    ...more,
  });
  lambda.start();
}
const send = (...bodies: string[]) =>
  Promise.all(bodies.map((MessageBody) => sqs.call('SendMessage', { QueueUrl, MessageBody }, operator)));
const left = async () => {
  const input = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] };
  const { Attributes } = (await sqs.call('GetQueueAttributes', input, operator)) as {
    Attributes: Record<string, string>;
  };
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
};
const batches = () => printed(lambda, 'deliver');
const bodies = () =>
  batches()
    .flatMap((batch) => batch.split(' '))
    .sort();

test('messages reach the function and leave the queue', async () => {
  await send('a');
  map();
  await kernel.clock.settle();
  await send('b', 'c');
  await kernel.clock.settle();
  expect(bodies()).toEqual(['a', 'b', 'c']);
  expect(await left()).toBe(0);
});

test('more messages than one batch are all processed, batch by batch', async () => {
  const many = Array.from({ length: 37 }, (_, n) => `m${n}`);
  await send(...many);
  map({ BatchSize: 10 });
  await kernel.clock.settle();
  expect(bodies()).toEqual([...many].sort());
  expect(Math.max(...batches().map((batch) => batch.split(' ').length))).toBeLessThanOrEqual(10);
  expect(await left()).toBe(0);
});

test('a failed batch comes back when its visibility time-out ends', async () => {
  map(
    {},
    `let runs = 0; exports.handler = async (event) => { console.log(Date.now() / 1000 % 60); if (++runs === 1) throw new Error('outage'); };`,
  );
  await send('a');
  await kernel.clock.advance(45_000);
  expect(batches()).toEqual(['0', '30']);
  expect(await left()).toBe(0);
});

test('only what was not reported as failed is deleted', async () => {
  map({ FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumBatchingWindowInSeconds: 1 }, SOURCE, {
    Environment: { Variables: { REPORTS: '1' } },
  });
  await send('a', 'bad', 'c');
  await kernel.clock.advance(1000);
  expect(bodies()).toEqual(['a', 'bad', 'c']);
  expect(await left()).toBe(1);
  await kernel.clock.advance(31_000);
  expect(bodies()).toEqual(['a', 'bad', 'bad', 'c']);
});

test('an answer that makes no sense fails the whole batch', async () => {
  map(
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    'exports.handler = async () => ({ batchItemFailures: [{ itemIdentifier: "nobody" }] });',
  );
  await send('a');
  await kernel.clock.settle();
  expect(await left()).toBe(1);
  expect(kernel.reports.map(({ error }) => String(error))).toEqual([expect.stringContaining('make no sense')]);
});

test('messages that no filter lets through are deleted unseen', async () => {
  map({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { type: [{ prefix: 'order.' }] } }) }] } });
  await send('{"type":"order.placed"}', '{"type":"payment.captured"}', 'no json');
  await kernel.clock.settle();
  expect(bodies()).toEqual(['{"type":"order.placed"}']);
  expect(await left()).toBe(0);
});

test('a window gathers a batch larger than one receive', async () => {
  map({ BatchSize: 15, MaximumBatchingWindowInSeconds: 2 });
  await send(...Array.from({ length: 12 }, (_, n) => `m${n}`));
  await kernel.clock.advance(1000);
  expect(batches()).toEqual([]);
  await send('x', 'y', 'z');
  await kernel.clock.settle();
  expect(batches().map((batch) => batch.split(' ').length)).toEqual([15]);
  await send('last');
  await kernel.clock.advance(2000);
  expect(batches()).toHaveLength(2);
});

test.each([
  { ScalingConfig: undefined, atOnce: 5 },
  { ScalingConfig: { MaximumConcurrency: 2 }, atOnce: 2 },
])('no more than $atOnce batches run at a time', async ({ ScalingConfig, atOnce }) => {
  map(
    { BatchSize: 1, ...(ScalingConfig && { ScalingConfig }) },
    `let running = 0; exports.handler = async () => {
       console.log(++running); await new Promise((resolve) => setTimeout(resolve, 100)); running -= 1;
     };`,
  );
  await send(...Array.from({ length: 9 }, (_, n) => `m${n}`));
  await kernel.clock.advance(1000);
  expect(batches()).toHaveLength(9);
  expect(Math.max(...batches().map(Number))).toBe(atOnce);
});

test('a role that may not consume the queue fails the start', () => {
  kernel.deny = ({ principal, action }) =>
    principal.kind === 'role' && principal.arn === ROLE && action === 'sqs:DeleteMessage';
  expect(() => map()).toThrow(/sqs:DeleteMessage/);
});

test('what is for streams is refused for a queue', () => {
  expect(() => map({ ParallelizationFactor: 2 })).toThrow(/ParallelizationFactor is for streams/);
  expect(() => map({ BatchSize: 11 })).toThrow(/needs a MaximumBatchingWindowInSeconds/);
});
