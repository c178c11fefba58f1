import { describe, expect, test } from 'vitest';
import { operator, type Principal } from '../../../../local/kernel/kernel.ts';
import { FunctionLogs } from '../../../../local/lambda/logs.ts';
import { parseFilterPattern } from '../../../../local/logs/filter-pattern.ts';
import { createLogs } from '../../../../local/logs/service.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

interface Events {
  events: { message: string; timestamp: number; eventId: string }[];
  nextToken?: string;
  nextForwardToken?: string;
  nextBackwardToken?: string;
}

/** Two functions that share a group, one with a group of its own; a line each second. */
function logsForTests() {
  const kernel = kernelForTests(undefined, 0);
  let now = 0;
  const kept = new FunctionLogs(
    () => {},
    () => now,
  );
  const print = (functionName: string, text: string) => {
    now += 1000;
    kept.append([{ functionName, requestId: 'r', text }]);
  };
  const source = (name: string, group: string) => ({ group, stream: `${name}/[$LATEST]`, lines: () => kept.of(name) });
  const all = [source('place', '/shop'), source('ship', '/shop'), source('alone', '/aws/lambda/alone')];
  const logs = createLogs(kernel, () => all);
  const ask = async (operation: string, input: object, principal: Principal = operator) =>
    (await logs.call(operation, input, principal)) as Events;
  return { kernel, print, ask, logs };
}
const messages = ({ events }: Events) => events.map(({ message }) => message);

describe('what functions print, over the protocol of CloudWatch Logs', () => {
  test('groups and streams are those of the functions', async () => {
    const { print, ask } = logsForTests();
    print('place', 'one');
    expect(await ask('DescribeLogGroups', { logGroupNamePrefix: '/sh' })).toMatchObject({
      logGroups: [
        { logGroupName: '/shop', arn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/shop:*', storedBytes: 3 },
      ],
    });
    expect(await ask('DescribeLogStreams', { logGroupName: '/shop' })).toMatchObject({
      logStreams: [{ logStreamName: 'place/[$LATEST]', lastEventTimestamp: 1000 }, { logStreamName: 'ship/[$LATEST]' }],
    });
    await expect(ask('DescribeLogStreams', { logGroupName: '/none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('lines of a group come in the order in which they were printed, from a time to a time, page by page', async () => {
    const { print, ask } = logsForTests();
    for (const [name, text] of [
      ['place', 'a'],
      ['ship', 'b'],
      ['place', 'c'],
      ['alone', 'd'],
    ] as const)
      print(name, text);
    expect(messages(await ask('FilterLogEvents', { logGroupName: '/shop' }))).toEqual(['a', 'b', 'c']);
    expect(messages(await ask('FilterLogEvents', { logGroupName: '/shop', startTime: 2000, endTime: 3000 }))).toEqual([
      'b',
    ]);
    const first = await ask('FilterLogEvents', { logGroupName: '/shop', limit: 2 });
    expect(messages(first)).toEqual(['a', 'b']);
    const second = await ask('FilterLogEvents', { logGroupName: '/shop', limit: 2, nextToken: first.nextToken });
    expect([messages(second), second.nextToken]).toEqual([['c'], undefined]);
    expect(
      messages(await ask('FilterLogEvents', { logGroupName: '/shop', logStreamNames: ['ship/[$LATEST]'] })),
    ).toEqual(['b']);
  });

  test('a stream is read from its end or its beginning, forward and back, until a token leads to itself', async () => {
    const { print, ask } = logsForTests();
    for (const text of ['a', 'b', 'c']) print('place', text);
    const stream = { logGroupName: '/shop', logStreamName: 'place/[$LATEST]' };
    const last = await ask('GetLogEvents', { ...stream, limit: 2 });
    expect(messages(last)).toEqual(['b', 'c']);
    expect(messages(await ask('GetLogEvents', { ...stream, nextToken: last.nextBackwardToken }))).toEqual(['a']);
    const end = await ask('GetLogEvents', { ...stream, nextToken: last.nextForwardToken });
    expect([messages(end), end.nextForwardToken]).toEqual([[], last.nextForwardToken]);
    print('place', 'd');
    expect(messages(await ask('GetLogEvents', { ...stream, nextToken: last.nextForwardToken }))).toEqual(['d']);
    expect(messages(await ask('GetLogEvents', { ...stream, startFromHead: true, limit: 1 }))).toEqual(['a']);
  });

  test('roles need the permission; what is not there is refused', async () => {
    const { kernel, ask } = logsForTests();
    kernel.deny = ({ action, resource }) =>
      action === 'logs:FilterLogEvents' && resource.endsWith(':log-group:/shop:*');
    await expect(ask('FilterLogEvents', { logGroupName: '/shop' })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    await expect(ask('PutLogEvents', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
    await expect(ask('FilterLogEvents', {})).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(ask('FilterLogEvents', { logGroupName: '/shop', unmask: true })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

describe('filter patterns', () => {
  const line =
    '{"level":"ERROR","message":"payment failed","orderId":"ord_1","milliseconds":150,"failure":{"name":"Declined"}}';
  test.each([
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['ERROR ord_1', true],
    ['ERROR ord_2', false],
    ['"payment failed"', true],
    ['"failed payment"', false],
    ['ERROR -ord_1', false],
    ['?WARN ?ERROR', true],
    ['?WARN ?INFO', false],
    ['{ $.level = "ERROR" }', true],
    ['{ $.level != "ERROR" }', false],
    ['{ $.orderId = "ord_*" }', true],
    ['{ $.orderId = "or.*" }', false],
    ['{ $.milliseconds > 100 }', true],
    ['{ $.milliseconds = 150 }', true],
    ['{ $.milliseconds < 150 || $.level = ERROR }', true],
    ['{ $.milliseconds >= 150 && $.failure.name = "Declined" }', true],
    ['{ $.message = "a || b" }', false],
    ['{ $.none != "x" }', false],
  ])('%s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)(line)).toBe(expected);
  });

  test('a line that is no JSON has no fields', () => {
    expect(parseFilterPattern('{ $.level = "*" }')('START')).toBe(false);
  });

  test.each(['[a, b]', '%x%', '{ $.a = ', '{ $.a ~ 1 }', '{ ($.a = 1) }', '{ $.a < "x" }', '"open', '-'])(
    '%s is refused',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }));
    },
  );
});
