import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import { Cloud, FunctionFailure, machine } from './cloud.ts';

const fails = (type: string) => () => {
  throw new FunctionFailure(type, 'as scripted');
};

/** A function that fails `times` times with an error of this type and notes when it was called. */
function flaky(cloud: Cloud, name: string, times: number, type = 'Flaky'): { arn: string; calledAt: number[] } {
  const calledAt: number[] = [];
  const started = cloud.clock.now();
  const arn = cloud.function(name, (event, attempt) => {
    calledAt.push((cloud.clock.now() - started) / 1000);
    if (attempt <= times) throw new FunctionFailure(type, 'as scripted');
    return event;
  });
  return { arn, calledAt };
}

const task = (Resource: string, more: object = {}) => ({ Type: 'Task', Resource, End: true, ...more });

describe('retry', () => {
  test('the wait doubles from IntervalSeconds and stops at MaxDelaySeconds', async () => {
    const cloud = new Cloud();
    const { arn, calledAt } = flaky(cloud, 'f', 5);
    const retry = { ErrorEquals: ['Flaky'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 10, MaxAttempts: 5 };
    const { status } = await cloud.run(machine({ T: task(arn, { Retry: [retry] }) }), { a: 1 });
    expect(status).toBe('SUCCEEDED');
    expect(calledAt).toEqual([0, 2, 6, 14, 24, 34]);
  });

  test('defaults: three retries after 1, 2 and 4 seconds, then the error', async () => {
    const cloud = new Cloud();
    const { arn, calledAt } = flaky(cloud, 'f', 9);
    const { status, error } = await cloud.run(machine({ T: task(arn, { Retry: [{ ErrorEquals: ['States.ALL'] }] }) }));
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Flaky' });
    expect(calledAt).toEqual([0, 1, 3, 7]);
  });

  test('full jitter takes its share from the random source', async () => {
    const cloud = new Cloud({ random: () => 0.25 });
    const { arn, calledAt } = flaky(cloud, 'f', 1);
    const retry = { ErrorEquals: ['Flaky'], IntervalSeconds: 8, JitterStrategy: 'FULL' };
    await cloud.run(machine({ T: task(arn, { Retry: [retry] }) }));
    expect(calledAt).toEqual([0, 2]);
  });

  test('each retrier counts by itself; the first that matches decides', async () => {
    const cloud = new Cloud();
    const arn = cloud.function('f', (_event, attempt) => {
      if (attempt > 4) return 'done';
      throw new FunctionFailure(attempt % 2 === 1 ? 'Odd' : 'Even', 'as scripted');
    });
    const retry = [
      { ErrorEquals: ['Odd'], MaxAttempts: 2 },
      { ErrorEquals: ['Even'], MaxAttempts: 2 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 0 },
    ];
    expect((await cloud.run(machine({ T: task(arn, { Retry: retry }) }))).status).toBe('SUCCEEDED');
    const spent = [{ ErrorEquals: ['Odd'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }];
    const other = new Cloud();
    const odd = other.function('f', fails('Odd'));
    const { arn: execution } = await other.run(machine({ T: task(odd, { Retry: spent }) }));
    expect((await other.eventTypes(execution)).filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(2);
  });

  test('a retried task counts in the context and is scheduled again without being entered again', async () => {
    const cloud = new Cloud();
    const counts: unknown[] = [];
    const arn = cloud.function('f', (event, attempt) => {
      counts.push(event);
      if (attempt < 3) throw new FunctionFailure('Flaky', 'as scripted');
      return null;
    });
    const state = task(arn, {
      Arguments: '{% $states.context.State.RetryCount %}',
      Retry: [{ ErrorEquals: ['Flaky'] }],
    });
    const { arn: execution } = await cloud.run(machine({ T: state }));
    expect(counts).toEqual([0, 1, 2]);
    expect((await cloud.eventTypes(execution)).filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });
});

describe('catch', () => {
  test('hands on Error and Cause, the cause as JSON text, and assigns variables', async () => {
    const cloud = new Cloud();
    const arn = cloud.function('f', fails('Declined'));
    const { result } = await cloud.run(
      machine({
        T: task(arn, {
          Assign: { never: 1 },
          Catch: [{ ErrorEquals: ['Declined'], Next: 'Caught', Assign: { why: '{% $states.errorOutput.Error %}' } }],
        }),
        Caught: { Type: 'Pass', Output: { why: '{% $why %}', input: '{% $states.input %}' }, End: true },
      }),
    );
    expect(result).toMatchObject({ why: 'Declined', input: { Error: 'Declined' } });
    const { input } = result as { input: { Cause: string } };
    expect(JSON.parse(input.Cause)).toMatchObject({ errorType: 'Declined', errorMessage: 'as scripted' });
  });

  test('an error in the own Output of a task is caught', async () => {
    const cloud = new Cloud();
    const arn = cloud.function('f', () => 'fine');
    const { result } = await cloud.run(
      machine({
        T: task(arn, {
          Output: '{% $states.result.missing %}',
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }],
        }),
        Caught: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
      }),
    );
    expect(result).toBe('States.QueryEvaluationError');
  });

  test('a choice without a match is States.Runtime, which not even States.ALL of a parent catches', async () => {
    const cloud = new Cloud();
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Never' }] };
    const inner = machine({ C: choice, Never: { Type: 'Succeed' } });
    const { status, error } = await cloud.run(
      machine({
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: inner.StartAt, States: inner.States }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      }),
    );
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('time-outs', () => {
  const hang = () => new Promise<never>(() => {});

  test('TimeoutSeconds runs for each attempt; States.TaskFailed does not match it', async () => {
    const cloud = new Cloud();
    const calledAt: number[] = [];
    const started = cloud.clock.now();
    const arn = cloud.function('f', () => {
      calledAt.push((cloud.clock.now() - started) / 1000);
      return hang();
    });
    const {
      arn: execution,
      error,
      cause,
    } = await cloud.run(
      machine({
        T: task(arn, {
          TimeoutSeconds: 10,
          Retry: [{ ErrorEquals: ['States.TaskFailed'] }, { ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }],
        }),
      }),
    );
    expect(calledAt).toEqual([0, 11]);
    expect({ error, cause }).toEqual({ error: 'States.Timeout', cause: undefined });
    expect((await cloud.eventTypes(execution)).slice(-2)).toEqual(['LambdaFunctionTimedOut', 'ExecutionFailed']);
  });

  test.each(['States.HeartbeatTimeout', 'States.Timeout', 'States.ALL'])(
    'a heartbeat missed is caught as %s',
    async (name) => {
      const cloud = new Cloud();
      cloud.function('f', hang);
      const { result, arn } = await cloud.run(
        machine({
          T: task('arn:aws:states:::lambda:invoke', {
            Arguments: { FunctionName: 'f' },
            HeartbeatSeconds: 3,
            TimeoutSeconds: 10,
            Catch: [{ ErrorEquals: [name], Next: 'Caught' }],
          }),
          Caught: { Type: 'Pass', End: true },
        }),
      );
      expect(result).toEqual({ Error: 'States.Timeout' });
      expect(await cloud.eventTypes(arn)).toContain('TaskTimedOut');
    },
  );

  test('TimeoutSeconds of the machine ends it as TIMED_OUT while it waits', async () => {
    const cloud = new Cloud();
    const definition = { ...machine({ W: { Type: 'Wait', Seconds: 100, End: true } }), TimeoutSeconds: 30 };
    const described = await cloud.run(definition);
    expect(described).toMatchObject({ status: 'TIMED_OUT' });
    expect((described.stopDate ?? 0) - described.startDate).toBe(30);
    expect((await cloud.eventTypes(described.arn)).at(-1)).toBe('ExecutionTimedOut');
  });
});

describe('names of errors', () => {
  const invoke = task('arn:aws:states:::lambda:invoke', { Arguments: { FunctionName: 'f' } });
  const put = (prefix: string) => task(`arn:aws:states:::${prefix}dynamodb:putItem`, { Arguments: { TableName: 't' } });

  test.each([
    ['a handler that throws', invoke, new FunctionFailure('Declined', 'no'), 'Declined'],
    ['a function that ran out of time', invoke, new FunctionFailure('Sandbox.Timedout', 'late'), 'Lambda.Unknown'],
    [
      'a throttled function',
      invoke,
      new AwsError('TooManyRequestsException', 'slow down', 429),
      'Lambda.TooManyRequestsException',
    ],
    ['a forbidden function', invoke, new AwsError('AccessDeniedException', 'no', 403), 'Lambda.AWSLambdaException'],
    ['a bug behind the call', invoke, new TypeError('oops'), 'Lambda.SdkClientException'],
    [
      'a condition, optimized',
      put(''),
      new AwsError('ConditionalCheckFailedException', 'no'),
      'DynamoDB.ConditionalCheckFailedException',
    ],
    [
      'a condition, SDK',
      put('aws-sdk:'),
      new AwsError('ConditionalCheckFailedException', 'no'),
      'DynamoDb.ConditionalCheckFailedException',
    ],
    ['validation, optimized', put(''), new AwsError('ValidationException', 'no'), 'DynamoDB.AmazonDynamoDBException'],
    ['validation, SDK', put('aws-sdk:'), new AwsError('ValidationException', 'no'), 'DynamoDb.DynamoDbException'],
  ])('%s', async (_case, state, failure, name) => {
    const cloud = new Cloud();
    const fail = () => {
      throw failure;
    };
    cloud.function('f', fail);
    cloud.services.set('dynamodb:PutItem', fail);
    expect((await cloud.run(machine({ T: state }))).error).toBe(name);
  });

  test('a function that is not there', async () => {
    expect((await new Cloud().run(machine({ T: invoke }))).error).toBe('Lambda.ResourceNotFoundException');
  });

  test('a result over 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const cloud = new Cloud();
    cloud.function('f', () => 'é'.repeat(131_072));
    const { error, cause } = await cloud.run(
      machine({
        T: { ...invoke, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] },
        Caught: { Type: 'Succeed' },
      }),
    );
    expect(error).toBe('States.DataLimitExceeded');
    expect(cause).toBe(
      "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    );
  });
});
