import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';
import { deadLetterQueue } from './worked-queue.ts';

export interface RecurringProps {
  stage: string;
  name: string;
  /** `rate(1 minute)` */
  rate: string;
  target: BatutaFunction;
  /** What it means for people that the function does not run or fails, for the alarms; a sentence after a colon. */
  isDown: string;
  alarms: Alarms;
}

/** A function that runs again and again. A tick carries no data, so the next one makes good for a lost one. */
export class Recurring extends Construct {
  constructor(scope: Construct, id: string, props: RecurringProps) {
    super(scope, id);
    const { stage, name, rate, target, alarms, isDown } = props;
    const deadLetters = deadLetterQueue(this, 'DeadLetters', `batuta-${stage}-${name}-dead-letters`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `Lets the schedule batuta-${stage}-${name} call its function`,
    });
    const allow = (action: string, resource: string) =>
      role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    allow('lambda:InvokeFunction', target.lambda.functionArn);
    allow('sqs:SendMessage', deadLetters.queueArn);
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: `batuta-${stage}-${name}`,
      description: target.spec.description,
      scheduleExpression: rate,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.lambda.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // An old tick is of no use when the next one is due.
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 2 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
    // Scheduler tries the role when the schedule is made.
    schedule.node.addDependency(role);
    alarms.addForDeadLetters(deadLetters, `${name}-dead-letters`, `The schedule could not call ${name}: ${isDown}`);
    alarms.add({
      name: `${name}-errors`,
      meaning: `${name} fails: ${isDown}`,
      metric: target.lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 0,
      evaluationPeriods: 2,
    });
  }
}
