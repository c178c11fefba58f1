import * as z from 'zod';
import { system as systemActor } from '../domain/actor.ts';
import { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { CommandMeta } from '../use-cases/execute.ts';

/** What every task hands to its step: ids and the execution it belongs to. */
export const OrderStepInput = z.object({ orderId: OrderId, execution: z.string() });
export const FulfillmentStepInput = OrderStepInput.extend({ fulfillmentId: FulfillmentId });

/** Commands of a step are the system's; what they cause is tied to the execution. */
export const stepMeta = (step: string, { execution }: { execution: string }): CommandMeta => ({
  actor: systemActor(step),
  correlationId: execution,
  causationId: execution,
});
