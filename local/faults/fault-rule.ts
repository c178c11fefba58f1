import * as z from 'zod';

/**
 * What can be made to go wrong, and where:
 *
 * | kind | of | what happens |
 * |---|---|---|
 * | `throttle` | any operation | refused with the service's own throttling error, nothing done |
 * | `server-error` | any operation | refused with 500, nothing done |
 * | `timeout` | any operation | carried out, and the answer lost: the connection breaks |
 * | `conflict` | writes of DynamoDB | another transaction has the item, nothing done |
 * | `delay` | any operation | carried out `delayMilliseconds` later |
 * | `crash` | any operation | the function that calls is gone with its thread, before the call is carried out or (`point: after`) without its answer |
 * | `clock-jump` | any operation | before it is carried out, the time is `jumpMilliseconds` later, or earlier |
 * | `duplicate` | `sqs:ReceiveMessage`, `dynamodb:GetRecords` | what feeds functions hands out a message or a batch of records twice |
 * | `reorder` | `sqs:ReceiveMessage` | messages come in another order |
 */
export const faultKinds = [
  'throttle',
  'server-error',
  'timeout',
  'conflict',
  'delay',
  'crash',
  'clock-jump',
  'duplicate',
  'reorder',
] as const;

/** Services whose calls can fail on demand, by their signing names. */
const services = [
  'dynamodb',
  'sqs',
  's3',
  'ses',
  'ssm',
  'secretsmanager',
  'lambda',
  'states',
  'events',
  'scheduler',
] as const;

const feeds = ['sqs ReceiveMessage', 'dynamodb GetRecords'];
export const conflicting = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'TransactGetItems'];

const TEN_YEARS = 3_653 * 86_400_000;

export const FaultRule = z
  .strictObject({
    service: z.enum(services),
    /** `TransactWriteItems`; absent = every operation of the service. */
    operation: z
      .string()
      .regex(/^[A-Z][A-Za-z0-9]+$/)
      .optional(),
    kind: z.enum(faultKinds),
    /** How often, from 0 to 1. */
    probability: z.number().min(0).max(1).default(1),
    /** The rule ends after it struck this often. */
    times: z.int().positive().optional(),
    delayMilliseconds: z.int().min(1).max(60_000).optional(),
    /** At most ten years. */
    jumpMilliseconds: z.int().min(-TEN_YEARS).max(TEN_YEARS).optional(),
    point: z.enum(['before', 'after']).optional(),
  })
  .check(({ value: rule, issues }) => {
    const refuse = (message: string) => issues.push({ code: 'custom', message, input: rule });
    const feed = `${rule.service} ${rule.operation}`;
    if ((rule.kind === 'delay') !== (rule.delayMilliseconds !== undefined)) refuse('delayMilliseconds goes with delay');
    if ((rule.kind === 'clock-jump') !== (rule.jumpMilliseconds !== undefined))
      refuse('jumpMilliseconds goes with clock-jump');
    if (rule.point !== undefined && rule.kind !== 'crash') refuse('point goes with crash');
    if (rule.kind === 'duplicate' && !feeds.includes(feed)) refuse(`duplicate is for ${feeds.join(' and ')} only`);
    if (rule.kind === 'reorder' && feed !== feeds[0]) refuse(`reorder is for ${feeds[0]} only`);
    const mayConflict = rule.operation === undefined || conflicting.includes(rule.operation);
    if (rule.kind === 'conflict' && (rule.service !== 'dynamodb' || !mayConflict)) {
      refuse(`conflict is for dynamodb only: ${conflicting.join(', ')}`);
    }
  });
export type FaultRule = z.infer<typeof FaultRule>;

export const FaultPlan = z.strictObject({
  /** The same seed and the same calls in the same order meet the same faults. */
  seed: z.int().default(1),
  rules: z.array(FaultRule).min(1).max(100),
});
export type FaultPlan = z.infer<typeof FaultPlan>;
