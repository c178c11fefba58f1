import { type Place, queueFor } from '../../../shared/domain/queue-for-supply.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { ExpectedDeps } from '../../../shared/use-cases/quotes/expected.ts';
import type { quoteContracts } from './contract.ts';

/** Behind every rank. */
const last = '~';

export async function listBackorders(
  { backorders, stockQueries }: ExpectedDeps,
  { query: { sku, limit } }: ApiRequest<typeof quoteContracts.listBackorders>,
): Promise<Answer> {
  const orders = (found: readonly { orderId: string }[]) => new Set(found.map(({ orderId }) => orderId)).size;
  const [waiting, supplies] = await Promise.all([
    backorders.ahead(sku, last, (found) => orders(found) > limit),
    stockQueries.expectedSupplies(sku),
  ]);
  const queue: Place[] = queueFor(waiting, supplies);
  return { status: 200, body: { sku, data: queue.slice(0, limit), isWhole: queue.length <= limit } };
}
