import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { paths } from '../../infra/paths.ts';
import { triggeringEventTypes } from '../../shared/workflows/triggers.ts';
import { assembled, imported, listAt, referenced, resourcesOf, type Templates, valueAt } from './synthesized.ts';

let cloud: Templates;
beforeAll(async () => {
  cloud = await assembled();
});

describe('no event is lost', () => {
  test('every target of every rule has a dead letter queue and a retry policy', () => {
    const targets = resourcesOf(cloud.application, 'AWS::Events::Rule').flatMap(([, rule]) =>
      listAt(rule, 'Properties', 'Targets'),
    );
    expect(targets.length).toBe(4);
    for (const target of targets) {
      expect(referenced(valueAt(target, 'DeadLetterConfig', 'Arn'))).toBeDefined();
      expect(valueAt(target, 'RetryPolicy')).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
    }
  });

  test('every schedule has a dead letter queue and a retry policy', () => {
    const schedules = resourcesOf(cloud.application, 'AWS::Scheduler::Schedule');
    expect(schedules.map(([, each]) => valueAt(each, 'Properties', 'ScheduleExpression'))).toEqual([
      'rate(1 minute)',
      'rate(5 minutes)',
      'rate(1 hour)',
    ]);
    for (const [, schedule] of schedules) {
      expect(referenced(valueAt(schedule, 'Properties', 'Target', 'DeadLetterConfig', 'Arn'))).toBeDefined();
      expect(valueAt(schedule, 'Properties', 'Target', 'RetryPolicy')).toBeDefined();
    }
  });

  test('every queue gives up after five receives into a dead letter queue, or is one', () => {
    const queues = resourcesOf(cloud.application, 'AWS::SQS::Queue');
    const deadLetters = deadLetterQueueIds();
    expect(deadLetters.size).toBe(8);
    for (const [id, queue] of queues) {
      if (deadLetters.has(id)) continue;
      expect(valueAt(queue, 'Properties', 'RedrivePolicy', 'maxReceiveCount')).toBe(5);
    }
    expect(queues.length - deadLetters.size).toBe(5);
  });

  test('EventBridge may send to the queues and dead letter queues of its rules, and only for that rule', () => {
    const policies = resourcesOf(cloud.application, 'AWS::SQS::QueuePolicy');
    for (const [ruleId, rule] of resourcesOf(cloud.application, 'AWS::Events::Rule')) {
      for (const target of listAt(rule, 'Properties', 'Targets')) {
        for (const queueId of [
          referenced(valueAt(target, 'Arn')),
          referenced(valueAt(target, 'DeadLetterConfig', 'Arn')),
        ]) {
          const policy = policies.find(([, each]) => referenced(listAt(each, 'Properties', 'Queues')[0]) === queueId);
          const statements = listAt(policy?.[1], 'Properties', 'PolicyDocument', 'Statement');
          const allowed = statements.filter((each) => valueAt(each, 'Principal', 'Service') === 'events.amazonaws.com');
          expect(allowed.map((each) => referenced(valueAt(each, 'Condition', 'ArnEquals', 'aws:SourceArn')))).toEqual([
            ruleId,
          ]);
        }
      }
    }
  });

  test('queues are encrypted by SQS itself, which EventBridge can always write to, and refuse plain http', () => {
    const policies = resourcesOf(cloud.application, 'AWS::SQS::QueuePolicy');
    for (const [id, queue] of resourcesOf(cloud.application, 'AWS::SQS::Queue')) {
      expect(valueAt(queue, 'Properties', 'SqsManagedSseEnabled')).toBe(true);
      expect(valueAt(queue, 'Properties', 'KmsMasterKeyId')).toBeUndefined();
      const policy = policies.find(([, each]) => referenced(listAt(each, 'Properties', 'Queues')[0]) === id);
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    }
  });

  test('the archive keeps every event of ours for 30 days', () => {
    const [[, archive] = []] = resourcesOf(cloud.data, 'AWS::Events::Archive');
    expect(valueAt(archive, 'Properties', 'RetentionDays')).toBe(30);
    expect(valueAt(archive, 'Properties', 'EventPattern')).toEqual({ source: [{ prefix: 'oms.' }] });
  });
});

describe('streams', () => {
  const mappings = () =>
    resourcesOf(cloud.application, 'AWS::Lambda::EventSourceMapping').filter(
      ([, mapping]) => valueAt(mapping, 'Properties', 'StartingPosition') !== undefined,
    );

  test('a stream has at most two readers: more would be throttled', () => {
    const readers = Map.groupBy(mappings(), ([, each]) =>
      JSON.stringify(valueAt(each, 'Properties', 'EventSourceArn')),
    );
    expect(readers.size).toBe(2);
    for (const each of readers.values()) expect(each.length).toBeLessThanOrEqual(2);
  });

  test('a poison record is isolated, tried a finite number of times and kept whole', () => {
    for (const [, { Properties }] of mappings()) {
      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 10,
        MaximumRecordAgeInSeconds: 43_200,
        StartingPosition: 'TRIM_HORIZON',
      });
      expect(JSON.stringify(valueAt(Properties, 'DestinationConfig', 'OnFailure'))).toContain('FailedRecords');
    }
  });

  test('the publisher reads every event row, the starter only those that start a workflow', () => {
    const filters = mappings().map(([id, each]) => ({
      id,
      filter: JSON.parse(String(valueAt(each, 'Properties', 'FilterCriteria', 'Filters', 0, 'Pattern'))),
    }));
    const eventRow = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } } };
    for (const { id, filter } of filters) {
      if (id.startsWith('PublishEvents')) expect(filter).toEqual(eventRow);
      else expect(filter.dynamodb).toEqual({ ...eventRow.dynamodb, NewImage: { type: { S: triggeringEventTypes } } });
    }
  });
});

describe('alarms', () => {
  // Logical ids are of one stack each: an alarm stands in the stack of what it watches.
  const templates = () => [cloud.application, cloud.api];
  const alarms = () => templates().flatMap((template) => resourcesOf(template, 'AWS::CloudWatch::Alarm'));

  test('every dead letter queue, machine, stream reader and schedule has one, and the API', () => {
    const watched = new Set(
      alarms().flatMap(([, alarm]) => dimensionsOf(alarm.Properties).map(({ target }) => target)),
    );
    const ids = (type: string) => templates().flatMap((template) => resourcesOf(template, type).map(([id]) => id));
    const streams = ids('AWS::Lambda::EventSourceMapping').filter((id) => id.includes('Stream'));
    const functions = ids('AWS::Lambda::Function').filter((id) =>
      /^(PublishEvents|StartWorkflows|DueTimers|StuckOrders)/.test(id),
    );
    expect([streams.length, functions.length]).toEqual([4, 4]);
    const expected = [
      ...deadLetterQueueIds(),
      ...ids('AWS::StepFunctions::StateMachine'),
      ...ids('AWS::ApiGatewayV2::Api'),
      ...streams,
      ...functions,
    ];
    for (const id of expected) expect(watched, id).toContain(id);
  });

  test('every dimension names a resource of the template, of the kind that the metric is about', () => {
    const kinds: Record<string, string> = {
      QueueName: 'AWS::SQS::Queue',
      FunctionName: 'AWS::Lambda::Function',
      EventSourceMappingUUID: 'AWS::Lambda::EventSourceMapping',
      StateMachineArn: 'AWS::StepFunctions::StateMachine',
      ApiId: 'AWS::ApiGatewayV2::Api',
    };
    for (const template of templates()) {
      for (const [id, alarm] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
        const dimensions = dimensionsOf(alarm.Properties);
        expect(dimensions.length, id).toBeGreaterThan(0);
        for (const { name, target } of dimensions) {
          expect(template.Resources[target ?? '']?.Type, `${id}: ${name}`).toBe(kinds[name]);
        }
      }
    }
  });

  test('every alarm says what it means and has its section in the runbook, and every section its alarm', () => {
    const runbook = readFileSync(join(paths.root, 'docs/runbook.md'), 'utf8');
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    const named = alarms().map(([, { Properties }]) => {
      const [, meaning, anchor] =
        /^(.{30,}) What to do: docs\/runbook\.md#(.+)$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(meaning).toBeDefined();
      expect(Properties.AlarmName).toBe(`batuta-dev-${anchor}`);
      const topics = listAt(Properties, 'AlarmActions').map(
        (action) => referenced(action) ?? imported(cloud.application, action),
      );
      expect(topics).toEqual([expect.stringContaining('AlarmsTopic')]);
      return anchor;
    });
    // Of another choice than this template's: test/infra/taxes.test.ts has its alarm.
    expect(sections.toSorted()).toEqual([...named, 'report-taxes-dead-letters'].toSorted());
  });
});

function deadLetterQueueIds(): Set<string> {
  const named = [
    ...resourcesOf(cloud.application, 'AWS::SQS::Queue').map(([, queue]) =>
      valueAt(queue, 'Properties', 'RedrivePolicy', 'deadLetterTargetArn'),
    ),
    ...resourcesOf(cloud.application, 'AWS::Scheduler::Schedule').map(([, schedule]) =>
      valueAt(schedule, 'Properties', 'Target', 'DeadLetterConfig', 'Arn'),
    ),
  ];
  return new Set(named.map(referenced).filter((id) => id !== undefined));
}

function dimensionsOf(alarm: unknown): { name: string; target: string | undefined }[] {
  const own = listAt(alarm, 'Dimensions');
  const ofMath = listAt(alarm, 'Metrics').flatMap((metric) => listAt(metric, 'MetricStat', 'Metric', 'Dimensions'));
  return [...own, ...ofMath].map((dimension) => ({
    name: String(valueAt(dimension, 'Name')),
    target: referenced(valueAt(dimension, 'Value')),
  }));
}
