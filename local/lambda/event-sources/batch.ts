import { AwsError } from '../../kernel/errors.ts';
import type { LambdaFunction } from '../function.ts';
import type { InvocationResult, Invoker } from '../invoker.ts';

/** The limit on a synchronous invocation's payload, which a batch may not exceed either. */
export const LARGEST_PAYLOAD = 6 * 1024 * 1024;

/** A record as text, made once: batches are put together and split again many times. */
export interface Item<Record> {
  record: Record;
  text: string;
  /** Epoch milliseconds at which the mapping read it. */
  arrived: number;
}

/** How many of `items` from the first make a batch: up to `limit`, and no more than fit a payload, but at least one. */
export function batchLength(items: Item<unknown>[], limit: number): number {
  let bytes = 0;
  for (let count = 0; count < items.length && count < limit; count += 1) {
    bytes += Buffer.byteLength(items[count]!.text) + 1;
    if (bytes > LARGEST_PAYLOAD - 100 && count > 0) return count;
  }
  return Math.min(items.length, limit);
}

/** Invokes the function with a batch. `'throttled'`: its concurrency is used up, which says nothing about the records. */
export async function invokeWithBatch(
  invoker: Pick<Invoker, 'invoke'>,
  fn: LambdaFunction,
  items: Item<unknown>[],
): Promise<InvocationResult | 'throttled'> {
  try {
    return await invoker.invoke(fn, `{"Records":[${items.map(({ text }) => text).join(',')}]}`);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
    throw error;
  }
}
