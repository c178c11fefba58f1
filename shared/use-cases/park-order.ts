import type { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { ProcessException } from '../domain/order.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface Failure {
  workflow: string;
  fulfillmentId?: FulfillmentId | undefined;
  error: string;
  cause: string;
}

const categories: Record<string, ProcessException['category']> = {
  'place-order': 'RESERVATION',
  'ship-fulfillment': 'FULFILLMENT',
  'settle-order': 'PAYMENT',
  'deliver-digital': 'PAYMENT',
  reroute: 'ROUTING',
};

const categoryOf = ({ workflow, error }: Failure): ProcessException['category'] => {
  if (error.startsWith('Payment') || error === 'CaptureDeclined' || error === 'SettlementRefused') return 'PAYMENT';
  const isOutside = ['Carrier', 'Fraud', 'Tax'].some((word) => error.startsWith(word));
  if (isOutside) return 'INTEGRATION';
  return categories[workflow] ?? 'FULFILLMENT';
};

/** What a Lambda task reports as cause is JSON: the message is what a person needs; stack and request id stay in the log. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (parsed && typeof parsed === 'object' && 'errorMessage' in parsed)
      return String(parsed.errorMessage).slice(0, 500);
  } catch {
    // Not JSON: the cause itself.
  }
  return cause.slice(0, 500);
}

/** What a provider would not give back, a person may send. */
function suggestedFor({ workflow, error }: Failure): string[] {
  if (workflow === 'reroute') return ['retry', 'cancelRemainder'];
  return workflow === 'settle-order' && error === 'SettlementRefused' ? ['retry', 'recordRefund'] : ['retry', 'cancel'];
}

/** Parks what could not be finished: an open exception with its cause and what to do, visible on the order until somebody acts. */
export async function parkOrder(
  deps: ExecuteDeps,
  orderId: OrderId,
  failure: Failure,
  meta: CommandMeta,
): Promise<{ outcome: 'PARKED'; exceptionId: string }> {
  const { workflow, fulfillmentId, error } = failure;
  const exceptionId = `${workflow}:${fulfillmentId ?? 'order'}`;
  const parked = await execute(
    deps,
    orderId,
    [
      {
        type: 'openException',
        id: exceptionId,
        category: categoryOf(failure),
        workflow,
        ...(fulfillmentId && { fulfillmentId }),
        error,
        cause: messageOf(failure.cause),
        suggestedCommands: suggestedFor(failure),
      },
    ],
    meta,
  );
  mustSucceed(parked);
  return { outcome: 'PARKED', exceptionId };
}
