import type { OrderStore } from '../../../shared/ports/order-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { executionsOf, type Machine } from '../../../shared/workflows/triggers.ts';
import type { executionContracts } from './contract.ts';

/** What Step Functions says of an execution. */
export interface ExecutionStatus {
  executionArn: string;
  status: string;
  startedAt?: string;
  stoppedAt?: string;
  error?: string;
  note?: string;
}

export interface ExecutionsDeps {
  orders: Pick<OrderStore, 'events'>;
  describeExecution(machine: Machine, name: string): Promise<ExecutionStatus>;
}

export async function listOrderExecutions(
  deps: ExecutionsDeps,
  { params }: ApiRequest<typeof executionContracts.listOrderExecutions>,
): Promise<Answer> {
  const events = await deps.orders.events(params.id);
  // Every order has an event 1.
  if (events.length === 0) throw new ProblemError('order_not_found');
  const data = await Promise.all(
    executionsOf(events).map(async ({ machine, name, eventSequence, fulfillmentId }) => ({
      machine,
      name,
      eventSequence,
      fulfillmentId,
      ...(await deps.describeExecution(machine, name)),
    })),
  );
  return { status: 200, body: { data } };
}
