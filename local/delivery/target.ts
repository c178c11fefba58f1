import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';

/** What a rule or a schedule sends where. */
export interface Delivery {
  /** ARN of the rule or schedule. */
  source: string;
  target: string;
  /** JSON text for the target. */
  input: string;
  /** JSON text for the dead letter queue, if another than `input`. */
  event?: string | undefined;
  roleArn?: string | undefined;
  messageGroupId?: string | undefined;
  deadLetterArn?: string | undefined;
  maximumRetryAttempts: number;
  /** Seconds. */
  maximumAge: number;
  /** Why it cannot be delivered, if that is known beforehand: it goes to the dead letter queue at once. */
  fault?: Fault | undefined;
}

/** Why a delivery failed, in the words of the attributes that a message in a dead letter queue carries. */
export interface Fault {
  code: string;
  message: string;
  retryable: boolean;
}

/** The service that a target's ARN belongs to. */
export function serviceOfTarget(arn: string): string | undefined {
  return /^arn:aws:([a-z0-9-]+):/.exec(arn)?.[1];
}

/** Hands a delivery's input to a function, a queue or a state machine. Resolves when that has accepted it. */
export async function sendToTarget(kernel: Kernel, delivery: Delivery, principal: Principal): Promise<void> {
  const { target, input } = delivery;
  switch (serviceOfTarget(target)) {
    case 'lambda':
      await kernel.call(
        'lambda',
        'Invoke',
        { FunctionName: target, InvocationType: 'Event', Payload: input },
        principal,
      );
      return;
    case 'states':
      await kernel.call('states', 'StartExecution', { stateMachineArn: target, input }, principal);
      return;
    case 'sqs': {
      const MessageGroupId = delivery.messageGroupId;
      const message = {
        QueueUrl: urlOfQueue(kernel, target),
        MessageBody: input,
        ...(MessageGroupId && { MessageGroupId }),
      };
      await kernel.call('sqs', 'SendMessage', message, principal);
      return;
    }
    default:
      throw new AwsError('ValidationException', `${target} is no target that this machine delivers to.`);
  }
}

export function urlOfQueue(kernel: Kernel, arn: string): string {
  const [, , , , account, name] = arn.split(':');
  return `${kernel.endpoint}/${account}/${name}`;
}

const MISSING = new Set(['QueueDoesNotExist', 'ResourceNotFoundException', 'StateMachineDoesNotExist']);
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestThrottled', 'OverLimit']);

/** What an error of a target means: who has no right, or calls what is not there, fails at once; outages are worth another attempt. */
export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AwsError)) return { code: 'INTERNAL_ERROR', message, retryable: true };
  if (/^AccessDenied/.test(error.code)) return { code: 'NO_PERMISSIONS', message, retryable: false };
  if (MISSING.has(error.code)) return { code: 'NO_RESOURCE', message, retryable: false };
  if (THROTTLED.has(error.code)) return { code: 'THROTTLING', message, retryable: true };
  if (error.status < 500) return { code: 'SDK_CLIENT_ERROR', message, retryable: false };
  return { code: 'ERROR_FROM_TARGET', message, retryable: true };
}
