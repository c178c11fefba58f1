import { describe, expect, test } from 'vitest';
import { faultsApi } from '../../../../local/faults/api.ts';
import { FaultPlan } from '../../../../local/faults/fault-rule.ts';
import { type CrashFunction, Faults } from '../../../../local/faults/faults.ts';
import { realClock } from '../../../../local/kernel/clock.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { JumpingClock } from '../../../../local/kernel/jumping-clock.ts';
import { operator, type Principal, type Service } from '../../../../local/kernel/kernel.ts';
import type { QueueRecord, QueueSource, StreamRecord, StreamSource } from '../../../../local/kernel/streams.ts';

const role: Principal = { kind: 'role', arn: 'arn:aws:iam::000000000000:role/tester', session: 'tester' };

/** DynamoDB that only counts. */
function counted(plan: object, crash?: CrashFunction) {
  const faults = new Faults(crash);
  faults.plan(FaultPlan.parse(plan));
  let carriedOut = 0;
  const service: Service = {
    name: 'dynamodb',
    resources: [],
    call: async () => {
      carriedOut += 1;
      return {};
    },
  };
  const clock = new FakeClock();
  const faulty = faults.around(service, { clock });
  const ask = (operation = 'PutItem', principal = role) =>
    faulty.call(operation, {}, principal).then(
      () => 'ok',
      (error: Error) => error.name,
    );
  return { faults, ask, clock, carriedOut: () => carriedOut };
}

const rule = (rest: object) => ({ rules: [{ service: 'dynamodb', ...rest }] });

describe('faults on demand', () => {
  test('a throttled call is not carried out; a call whose answer is lost is', async () => {
    const throttled = counted(rule({ kind: 'throttle' }));
    expect([await throttled.ask(), throttled.carriedOut()]).toEqual(['ThrottlingException', 0]);
    const lost = counted(rule({ kind: 'timeout' }));
    expect([await lost.ask(), lost.carriedOut()]).toEqual(['RequestTimeout', 1]);
  });

  test('a transaction meets a conflict as a cancellation, a single write as a conflict, a read never', async () => {
    const { ask } = counted(rule({ kind: 'conflict' }));
    expect(await ask('TransactWriteItems')).toBe('TransactionCanceledException');
    expect(await ask('UpdateItem')).toBe('TransactionConflictException');
    expect(await ask('GetItem')).toBe('ok');
  });

  test('a rule is about its operation, strikes as often as it says, and leaves the person at the machine alone', async () => {
    const { ask, faults } = counted(rule({ kind: 'server-error', operation: 'PutItem', times: 2 }));
    expect(await ask('GetItem')).toBe('ok');
    expect(await ask('PutItem', operator)).toBe('ok');
    expect([await ask(), await ask(), await ask()]).toEqual(['InternalServerError', 'InternalServerError', 'ok']);
    expect(faults.report().rules).toMatchObject([{ struck: 2 }]);
  });

  test('the same seed strikes the same calls, another seed others', async () => {
    const outcomes = async (seed: number) => {
      const { ask } = counted({ ...rule({ kind: 'throttle', probability: 0.3 }), seed });
      return Promise.all(Array.from({ length: 100 }, () => ask()));
    };
    const first = await outcomes(7);
    expect(await outcomes(7)).toEqual(first);
    expect(await outcomes(8)).not.toEqual(first);
    expect(first.filter((outcome) => outcome !== 'ok').length).toBeGreaterThan(15);
  });

  test('a delayed call is carried out when its time has come', async () => {
    const { ask, clock, carriedOut } = counted(rule({ kind: 'delay', delayMilliseconds: 500 }));
    const answer = ask();
    await clock.advance(499);
    expect(carriedOut()).toBe(0);
    await clock.advance(1);
    expect([await answer, carriedOut()]).toEqual(['ok', 1]);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])(
    'a function that calls is gone %s the call was carried out; whoever is no function goes on',
    async (point, done) => {
      const crashed: string[] = [];
      const { ask, carriedOut } = counted(rule({ kind: 'crash', point }), (name) => {
        crashed.push(name);
        return name === 'tester';
      });
      expect([await ask(), carriedOut()]).toEqual(['RequestTimeout', done]);
      const execution: Principal = { kind: 'role', arn: 'arn:aws:iam::000000000000:role/machine', session: 'ord_1-1' };
      expect([await ask('PutItem', execution), carriedOut()]).toEqual(['ok', done + 1]);
      expect(crashed).toEqual(['tester', 'ord_1-1']);
    },
  );

  test('the clock jumps at a call: what fell due fires at once, and after a jump back nothing fires early', async () => {
    const clock = new JumpingClock();
    const faults = new Faults();
    const rules = [{ service: 'dynamodb', kind: 'clock-jump', jumpMilliseconds: 3_600_000, times: 1 }];
    faults.plan(FaultPlan.parse({ rules }));
    const before = clock.now();
    const fired: string[] = [];
    clock.at(before + 3_600_000, () => fired.push('in an hour'));
    clock.at(before + 7_200_000, () => fired.push('in two hours'));
    clock.at(before + 1_800_000, () => fired.push('canceled'))();
    const service: Service = { name: 'dynamodb', resources: [], call: async () => clock.now() };
    const told = Number(await faults.around(service, { clock }).call('GetItem', {}, role));
    expect(Math.round((told - before) / 60_000)).toBe(60);
    await new Promise<void>((resolve) => clock.at(clock.now() + 1, resolve));
    expect(fired).toEqual(['in an hour']);
    clock.jump(-3_600_000);
    expect(Math.round((clock.now() - before) / 60_000) + 0).toBe(0);
    clock.jump(7_200_000);
    await new Promise<void>((resolve) => clock.at(clock.now() + 1, resolve));
    expect(fired).toEqual(['in an hour', 'in two hours']);
  });

  test('a clock that cannot be set is told so when the plan is made', () => {
    const rules = [{ service: 'dynamodb', kind: 'clock-jump', jumpMilliseconds: -1000 }];
    const request = {
      method: 'PUT',
      path: '',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify({ rules })),
    };
    expect(faultsApi(new Faults(), new FakeClock(), request).status).toBe(400);
    expect(faultsApi(new Faults(), new JumpingClock(), request).status).toBe(200);
  });

  test.each([
    ['a jump without a length', { service: 'sqs', kind: 'clock-jump' }],
    ['a point of a throttle', { service: 'sqs', kind: 'throttle', point: 'after' }],
    ['a conflict of a queue', { service: 'sqs', kind: 'conflict' }],
    ['a delay without a length', { service: 'sqs', kind: 'delay' }],
    ['reordered reads of a table', { service: 'dynamodb', operation: 'Query', kind: 'reorder' }],
    ['a service that is not there', { service: 'kinesis', kind: 'throttle' }],
  ])('%s is refused', (_, refused) => {
    expect(FaultPlan.safeParse({ rules: [refused] }).success).toBe(false);
  });
});

describe('what feeds functions', () => {
  const message = (messageId: string): QueueRecord => ({
    messageId,
    receiptHandle: messageId,
    body: '',
    attributes: {},
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'queue',
    awsRegion: 'us-east-1',
  });

  function queueOf(ids: string[]): QueueSource {
    const waiting = ids.map(message);
    return {
      receiveFromQueue: async (_, limit) => waiting.splice(0, limit),
      deleteFromQueue: async () => {},
      onQueueVisible: () => () => {},
    };
  }

  test('messages come a second time, and whoever waits for them is woken', async () => {
    const faults = new Faults();
    faults.plan(
      FaultPlan.parse({ rules: [{ service: 'sqs', operation: 'ReceiveMessage', kind: 'duplicate', times: 1 }] }),
    );
    const clock = new FakeClock();
    const queue = faults.queues(queueOf(['a', 'b']), { clock });
    let woken = 0;
    queue.onQueueVisible('queue', () => {
      woken += 1;
    });
    const receive = async () => (await queue.receiveFromQueue('queue', 10, role)).map(({ messageId }) => messageId);
    expect(await receive()).toEqual(['a', 'b']);
    expect(await receive()).toEqual([]);
    await clock.advance(100);
    expect(woken).toBe(1);
    expect(await receive()).toEqual(['a', 'b']);
    expect(await receive()).toEqual([]);
  });

  test('reordered messages are all there, in another order', async () => {
    const faults = new Faults();
    faults.plan(FaultPlan.parse({ rules: [{ service: 'sqs', operation: 'ReceiveMessage', kind: 'reorder' }] }));
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const queue = faults.queues(queueOf(ids), { clock: realClock() });
    const received = (await queue.receiveFromQueue('queue', 10, role)).map(({ messageId }) => messageId);
    expect(received).not.toEqual(ids);
    expect(received.toSorted()).toEqual(ids);
  });

  test('a batch of a stream is read twice', () => {
    const faults = new Faults();
    faults.plan(
      FaultPlan.parse({ rules: [{ service: 'dynamodb', operation: 'GetRecords', kind: 'duplicate', times: 1 }] }),
    );
    const record = { eventID: '1' } as StreamRecord;
    const stream: StreamSource = { readStream: () => [record], onStreamAppend: () => () => {} };
    const faulty = faults.streams(stream);
    expect(faulty.readStream('stream', undefined, 10)).toEqual([record, record]);
    expect(faulty.readStream('stream', undefined, 10)).toEqual([record]);
  });
});
