import * as z from 'zod';
import { type Delivery, serviceOfTarget } from '../delivery/target.ts';
import { AwsError } from '../kernel/errors.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { parseSchedule, type Schedule } from '../scheduler/expression.ts';
import { compilePattern, type EventPattern } from './pattern.ts';
import { compilePath, compileTransformer, type EventObject } from './target-input.ts';

// The service's own: 24 hours, 185 attempts.
const DEFAULT_AGE = 86_400;
const DEFAULT_ATTEMPTS = 185;

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

export const targetShape = z.strictObject({
  Id: z.string().regex(/^[\w.-]{1,64}$/),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
    .optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: number(0, 185).optional(),
      MaximumEventAgeInSeconds: number(60, 86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string() }).optional(),
});
export type Target = z.infer<typeof targetShape>;

export const ruleShape = z.object({
  name: z.string(),
  bus: z.string(),
  arn: z.string(),
  enabled: z.boolean(),
  description: z.string().optional(),
  pattern: z.string().optional(),
  schedule: z.string().optional(),
  targets: z.array(targetShape),
  /** Of the template: removed when the template no longer has it. */
  fromTemplate: z.boolean(),
});
export type RuleDefinition = z.infer<typeof ruleShape>;

/** A rule with everything compiled that is put to each event. */
export interface Rule {
  definition: RuleDefinition;
  pattern: EventPattern | undefined;
  schedule: Schedule | undefined;
  deliveries: ((event: EventObject, eventText: string) => Delivery)[];
}

/** @throws AwsError InvalidEventPatternException, ValidationException */
export function compileRule(definition: RuleDefinition): Rule {
  const { name, pattern, schedule, targets } = definition;
  if (!/^[\w.-]{1,64}$/.test(name)) throw new AwsError('ValidationException', `${name}: not a name of a rule.`);
  if (pattern === undefined && schedule === undefined) {
    throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (schedule !== undefined && definition.bus !== 'default') {
    throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
  }
  if (targets.length > 5)
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
  return {
    definition,
    pattern: pattern === undefined ? undefined : compilePattern(pattern),
    schedule: schedule === undefined ? undefined : parseSchedule(schedule),
    deliveries: targets.flatMap((target) => compileTarget(definition, target) ?? []),
  };
}

const DELIVERABLE = new Set(['lambda', 'sqs', 'states', 'events']);

function compileTarget(rule: RuleDefinition, target: Target): Rule['deliveries'][number] | undefined {
  const service = serviceOfTarget(target.Arn);
  // A log group as a target is a record for operators: nothing reads it here.
  if (service === 'logs') return undefined;
  if (!service || !DELIVERABLE.has(service)) {
    throw new AwsError('ValidationException', `${rule.name}: this machine delivers no events to ${target.Arn}.`);
  }
  if ((service === 'states' || service === 'events') && !target.RoleArn) {
    throw new AwsError('ValidationException', `RoleArn is required for target ${target.Arn}.`);
  }
  const makeInput = compileInput(rule, target);
  const base = {
    source: rule.arn,
    target: target.Arn,
    roleArn: target.RoleArn,
    messageGroupId: target.SqsParameters?.MessageGroupId,
    deadLetterArn: target.DeadLetterConfig?.Arn,
    maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_ATTEMPTS,
    maximumAge: target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE,
  };
  if (!makeInput) return (_, eventText) => ({ ...base, input: eventText });
  return (event, eventText) => {
    try {
      return { ...base, input: makeInput(event), event: eventText };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ...base, input: eventText, fault: { code: 'INVALID_JSON', message, retryable: false } };
    }
  };
}

function compileInput(rule: RuleDefinition, target: Target): ((event: EventObject) => string) | undefined {
  const { Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw new AwsError('ValidationException', 'Only one of Input, InputPath, or InputTransformer must be provided.');
  }
  if (Input !== undefined) {
    checkJson(Input);
    return () => Input;
  }
  if (InputPath !== undefined && InputPath !== '$') {
    const read = compilePath(InputPath);
    return (event) => JSON.stringify(read(event) ?? null);
  }
  return InputTransformer && compileTransformer(InputTransformer, { ruleArn: rule.arn, ruleName: rule.name });
}

function checkJson(text: string): void {
  try {
    parseJson(text);
  } catch {
    throw new AwsError('ValidationException', 'Parameter Input is not valid. Reason: it is not JSON.');
  }
}

export function parseTargets(value: unknown): Target[] {
  return parseInput(z.array(targetShape), value ?? []);
}
