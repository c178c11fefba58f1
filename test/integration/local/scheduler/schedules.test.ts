import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { parseSchedule } from '../../../../local/scheduler/expression.ts';
import { createScheduler } from '../../../../local/scheduler/service.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:due-timers';
const ROLE = 'arn:aws:iam::111122223333:role/scheduler';

function cloud(directory?: string, start?: number) {
  const kernel = kernelForTests(directory, start);
  const scheduler = createScheduler(kernel);
  const invocations: { time: string; payload: Record<string, unknown>; principal: unknown }[] = [];
  kernel.services.set('lambda', {
    async call(_, input, principal) {
      const payload = JSON.parse((input as { Payload: string }).Payload);
      invocations.push({ time: new Date(kernel.clock.now()).toISOString(), payload, principal });
    },
  });
  const schedule = (properties: object) =>
    kernel.provision(scheduler, 'AWS::Scheduler::Schedule', 'Timer', {
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE },
      ...properties,
    });
  return { kernel, scheduler, invocations, schedule };
}

describe('a schedule', () => {
  test('that is updated ticks as it is told now; what is left out goes back to its default', async () => {
    const { kernel, scheduler, invocations, schedule } = cloud();
    const { ref: Name } = schedule({ ScheduleExpression: 'rate(1 minute)', Description: 'often' });
    scheduler.start?.();
    const changed = {
      Name,
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE },
    };
    await scheduler.call('UpdateSchedule', changed, operator);
    await kernel.clock.advance(3_600_000);
    expect(invocations.map(({ time }) => time)).toEqual(['2026-01-05T10:00:00.000Z']);
    const described = await scheduler.call('GetSchedule', { Name }, operator);
    expect(described).toMatchObject({ ScheduleExpression: 'rate(1 hour)' });
    expect(described).not.toHaveProperty('Description');
    const none = scheduler.call('UpdateSchedule', { ...changed, Name: 'none' }, operator);
    await expect(none).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    const wrong = scheduler.call('UpdateSchedule', { ...changed, ScheduleExpression: 'often' }, operator);
    await expect(wrong).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test('ticks at its rate, as the role of its target', async () => {
    const { kernel, scheduler, invocations, schedule } = cloud();
    const { attributes } = schedule({ ScheduleExpression: 'rate(1 minute)' });
    scheduler.start?.();
    await kernel.clock.advance(150_000);
    expect(invocations).toMatchObject([
      {
        time: '2026-01-05T09:01:00.000Z',
        payload: { 'detail-type': 'Scheduled Event', time: '2026-01-05T09:01:00Z', resources: [attributes.Arn] },
        principal: { kind: 'role', arn: ROLE },
      },
      { time: '2026-01-05T09:02:00.000Z' },
    ]);
  });

  test('sends its input with the variables filled in', async () => {
    const { kernel, scheduler, invocations, schedule } = cloud();
    schedule({
      ScheduleExpression: 'at(2026-01-05T12:00:00)',
      ScheduleExpressionTimezone: 'Europe/Madrid',
      Target: {
        Arn: FUNCTION,
        RoleArn: ROLE,
        Input: '{"at":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>"}',
      },
    });
    scheduler.start?.();
    await kernel.clock.advance(86_400_000);
    expect(invocations).toMatchObject([
      { time: '2026-01-05T11:00:00.000Z', payload: { at: '2026-01-05T11:00:00Z', attempt: '1' } },
    ]);
  });

  test('keeps its phase over a restart, and a tick missed meanwhile comes once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'scheduler-'));
    try {
      const before = cloud(directory);
      before.schedule({ ScheduleExpression: 'rate(5 minutes)' });
      before.scheduler.start?.();
      await before.kernel.clock.advance(300_000);
      expect(before.invocations).toHaveLength(1);
      await before.scheduler.stop?.();
      await before.kernel.storage.close();

      // Down over the ticks of 09:10 and 09:15.
      const after = cloud(directory, Date.parse('2026-01-05T09:17:00Z'));
      after.schedule({ ScheduleExpression: 'rate(5 minutes)' });
      after.scheduler.start?.();
      await after.kernel.clock.advance(240_000);
      expect(after.invocations.map(({ time, payload }) => [time, payload.time])).toEqual([
        ['2026-01-05T09:17:00.000Z', '2026-01-05T09:10:00Z'],
        ['2026-01-05T09:20:00.000Z', '2026-01-05T09:20:00Z'],
      ]);
      await after.kernel.storage.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('is created, shown, listed and deleted over REST', async () => {
    const { kernel, scheduler, invocations } = cloud();
    scheduler.start?.();
    const wire = async (method: string, path: string, body: object = {}) => {
      const url = new URL(path, 'http://x');
      const response = await scheduler.wire!({
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: {},
        body: Buffer.from(JSON.stringify(body)),
        principal: operator,
        requestId: 'r',
      });
      return JSON.parse(response.body.toString());
    };
    const created = await wire('POST', '/schedules/once', {
      ClientToken: 't',
      ScheduleExpression: 'rate(1 minute)',
      StartDate: kernel.clock.now() / 1000 + 3600,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE },
    });
    expect(created).toEqual({ ScheduleArn: 'arn:aws:scheduler:eu-west-1:111122223333:schedule/default/once' });
    expect(await wire('GET', '/schedules/once')).toMatchObject({ Name: 'once', ScheduleExpression: 'rate(1 minute)' });
    expect(await wire('GET', '/schedules')).toMatchObject({ Schedules: [{ Name: 'once' }] });
    await kernel.clock.advance(3_599_000);
    expect(invocations).toHaveLength(0);
    await kernel.clock.advance(61_000);
    expect(invocations).toHaveLength(1);
    await wire('DELETE', '/schedules/once');
    await kernel.clock.advance(600_000);
    expect(invocations).toHaveLength(1);
    await expect(wire('GET', '/schedules/once')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(wire('PATCH', '/schedules/once')).rejects.toThrow('PATCH /schedules/once');
  });

  test('for a target that nothing here delivers to is refused', () => {
    const { schedule } = cloud();
    const Target = { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances', RoleArn: ROLE };
    expect(() => schedule({ ScheduleExpression: 'rate(1 minute)', Target })).toThrow('runs no schedules for');
  });
});

describe('schedule expressions', () => {
  const times = (expression: string, zone: string, from: string, count: number) => {
    const schedule = parseSchedule(expression, zone);
    const found: string[] = [];
    let time: number | undefined = Date.parse(from);
    while (found.length < count && time !== undefined) {
      time = schedule.next(time, Date.parse(from));
      if (time !== undefined) found.push(new Date(time).toISOString().slice(0, 16));
    }
    return found;
  };

  test.each([
    ['cron(0/20 8-9 * * ? *)', ['2026-03-02T08:00', '2026-03-02T08:20', '2026-03-02T08:40', '2026-03-02T09:00']],
    ['cron(0 12 ? * MON-FRI *)', ['2026-03-02T12:00', '2026-03-03T12:00', '2026-03-04T12:00', '2026-03-05T12:00']],
    ['cron(0 0 L * ? *)', ['2026-03-31T00:00', '2026-04-30T00:00', '2026-05-31T00:00', '2026-06-30T00:00']],
    ['cron(0 0 1W * ? *)', ['2026-03-02T00:00', '2026-04-01T00:00', '2026-05-01T00:00', '2026-06-01T00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-03-27T00:00', '2026-04-24T00:00', '2026-05-29T00:00', '2026-06-26T00:00']],
    ['cron(0 0 ? * TUE#1 *)', ['2026-03-03T00:00', '2026-04-07T00:00', '2026-05-05T00:00', '2026-06-02T00:00']],
    ['cron(0 0 ? * SAT-MON *)', ['2026-03-02T00:00', '2026-03-07T00:00', '2026-03-08T00:00', '2026-03-09T00:00']],
    ['cron(0 0 1 1 ? 2027-2028)', ['2027-01-01T00:00', '2028-01-01T00:00']],
    ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00']],
  ])('%s', (expression, expected) => {
    expect(times(expression, 'UTC', '2026-03-01T10:00:00Z', expected.length)).toEqual(expected);
  });

  test('a local time that the clock skips in spring is skipped, one that it shows twice in autumn counts once', () => {
    const daily = 'cron(30 2 * * ? *)';
    // Madrid goes from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
    expect(times(daily, 'Europe/Madrid', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
    expect(times(daily, 'Europe/Madrid', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  });

  test.each([
    'rate(0 minutes)',
    'rate(2 minute)',
    'rate(5 seconds)',
    'cron(0 0 * * * *)',
    'cron(0 0 ? * ? *)',
    'cron(61 * * * ? *)',
    'at(tomorrow)',
    'every day',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression)).toThrow('Invalid Schedule Expression');
  });

  test('an unknown time zone is refused', () => {
    expect(() => parseSchedule('cron(0 0 * * ? *)', 'Mars/Olympus')).toThrow('Mars/Olympus');
  });
});
