import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { describeError, log } from './log.ts';

/** The task's input or result does not have its declared shape: a fault of the machine or of the step, not worth a retry. */
export class InvalidStepInput extends Error {
  override readonly name = 'InvalidStepInput';
}
export class InvalidStepOutput extends Error {
  override readonly name = 'InvalidStepOutput';
}

export interface StepContext {
  /** Lambda's request id: the causation of what the step writes. */
  requestId: string;
  /** Until Lambda stops the function. */
  remainingMilliseconds(): number;
}

export type StepHandler<I, O> = (input: I, context: Context) => Promise<O>;

/**
 * A Lambda for a task of a state machine. The input is parsed at the door and the result before it leaves. An error keeps its `name`:
 * the machine's Retry and Catch lists are written in these names. Input fields that the schema does not name are refused or dropped as
 * the schema says.
 * @param name the ASL state's name, for the log
 */
export function defineStep<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  inputSchema: I,
  outputSchema: O,
  run: (input: z.output<I>, context: StepContext) => Promise<z.input<O>>,
): StepHandler<z.input<I>, z.output<O>> {
  return async (event, context) => {
    const started = Date.now();
    const keys = { step: name, requestId: context.awsRequestId, ...orderOf(event) };
    try {
      const input = inputSchema.safeParse(event);
      if (!input.success) throw new InvalidStepInput(`${name}: ${z.prettifyError(input.error)}`);
      const result = await run(input.data, {
        requestId: context.awsRequestId,
        remainingMilliseconds: () => context.getRemainingTimeInMillis(),
      });
      const output = outputSchema.safeParse(result);
      if (!output.success) throw new InvalidStepOutput(`${name}: ${z.prettifyError(output.error)}`);
      log.info('step done', { ...keys, milliseconds: Date.now() - started });
      return output.data;
    } catch (error) {
      log.warn('step failed', { ...keys, milliseconds: Date.now() - started, failure: describeError(error) });
      throw error;
    }
  };
}

const Identified = z.looseObject({ orderId: z.string().optional(), fulfillmentId: z.string().optional() });

function orderOf(event: unknown): { orderId?: string; fulfillmentId?: string } {
  const { data } = Identified.safeParse(event);
  return {
    ...(data?.orderId !== undefined && { orderId: data.orderId }),
    ...(data?.fulfillmentId !== undefined && { fulfillmentId: data.fulfillmentId }),
  };
}
