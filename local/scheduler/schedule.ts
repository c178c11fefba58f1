import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Delivery, serviceOfTarget } from '../delivery/target.ts';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseSchedule, type Schedule } from './expression.ts';

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
// ISO text in a template, epoch seconds on the wire.
const time = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.iso.datetime({ offset: true }).transform(Date.parse),
]);

const targetShape = z.strictObject({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: z.string().optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: number(0, 185).optional(),
      MaximumEventAgeInSeconds: number(60, 86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().optional() }).optional(),
});

/** What CreateSchedule and the template have in common. */
export const scheduleShape = z.strictObject({
  Name: z.string().regex(/^[\w.-]{1,64}$/),
  GroupName: z.string().default('default'),
  Description: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  StartDate: time.optional(),
  EndDate: time.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  // A window is the latest that the service may be: this machine is never later than its beginning.
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: number(1, 1440).optional(),
  }),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Target: targetShape,
});
export type ScheduleDefinition = z.infer<typeof scheduleShape>;

export const storedShape = z.object({ definition: z.unknown(), createdAt: z.number(), fromTemplate: z.boolean() });

export interface StoredSchedule {
  definition: ScheduleDefinition;
  createdAt: number;
  fromTemplate: boolean;
}

/** @throws AwsError ValidationException, for a target that this machine does not deliver to as well. */
export function readSchedule(input: unknown): { definition: ScheduleDefinition; schedule: Schedule } {
  const definition = parseInput(scheduleShape, input);
  const service = serviceOfTarget(definition.Target.Arn);
  if (service !== 'lambda' && service !== 'sqs' && service !== 'states') {
    throw new AwsError(
      'ValidationException',
      `${definition.Name}: this machine runs no schedules for ${definition.Target.Arn}.`,
    );
  }
  return { definition, schedule: parseSchedule(definition.ScheduleExpression, definition.ScheduleExpressionTimezone) };
}

/** The next time within the schedule's start and end. */
export function nextTime(
  schedule: Schedule,
  { definition, createdAt }: StoredSchedule,
  after: number,
): number | undefined {
  const { StartDate, EndDate } = definition;
  const from = StartDate === undefined ? after : Math.max(after, StartDate - 1);
  const next = schedule.next(from, StartDate ?? createdAt);
  return next !== undefined && EndDate !== undefined && next > EndDate ? undefined : next;
}

/** What is sent at `dueAt`. The variables that AWS fills in are filled in, but for the number of the attempt. */
export function toDelivery(kernel: Kernel, arn: string, { Target }: ScheduleDefinition, dueAt: number): Delivery {
  const scheduledTime = `${new Date(dueAt).toISOString().slice(0, 19)}Z`;
  const executionId = randomUUID();
  const input = Target.Input?.replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', executionId);
  const standard = {
    version: '0',
    id: executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: kernel.account,
    time: scheduledTime,
    region: kernel.region,
    resources: [arn],
    detail: '{}',
  };
  return {
    source: arn,
    target: Target.Arn,
    roleArn: Target.RoleArn,
    input: input ?? JSON.stringify(standard),
    messageGroupId: Target.SqsParameters?.MessageGroupId,
    deadLetterArn: Target.DeadLetterConfig?.Arn,
    maximumRetryAttempts: Target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    maximumAge: Target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
  };
}
