import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface AlarmProps {
  /** After `batuta-<stage>-` it is the alarm's name; also the anchor of its section in docs/runbook.md. */
  name: string;
  /** What it means that this alarm rings, in a sentence: whom it hurts, what still works. */
  meaning: string;
  metric: IMetric;
  /** Rings above it. */
  threshold: number;
  /** Periods of the metric in a row. Default 1. */
  evaluationPeriods?: number;
}

/** Every alarm, and the topic that carries them. Subscribe a mail address, a chat or a pager to the topic. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly #stage: string;

  constructor(scope: Construct, id: string, { stage }: { stage: string }) {
    super(scope, id);
    this.#stage = stage;
    this.topic = new Topic(this, 'Topic', { topicName: `batuta-${stage}-alarms`, enforceSSL: true });
    // A topic with a policy of its own lets in only whom that policy names.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  /** @param scope default: this construct. An alarm belongs to the stack of what it watches. */
  add({ name, meaning, metric, threshold, evaluationPeriods = 1 }: AlarmProps, scope: Construct = this): void {
    const alarm = new Alarm(scope, name, {
      alarmName: `batuta-${this.#stage}-${name}`,
      alarmDescription: `${meaning} What to do: docs/runbook.md#${name}`,
      metric,
      threshold,
      evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }

  /** Rings as soon as a dead letter queue holds a message, and until it is empty again. */
  addForDeadLetters(queue: IQueue, name: string, meaning: string): void {
    this.add({
      name,
      meaning,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 0,
    });
  }
}
