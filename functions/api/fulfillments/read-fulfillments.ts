import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { fulfillmentAnswer } from '../../../shared/api/order-answers.ts';
import { representFulfillment } from '../../../shared/api/representation.ts';
import { orderIdOf } from '../../../shared/domain/ids.ts';
import type { OrderQueries, OrderStore } from '../../../shared/ports/order-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { etagOf, matchesNone } from '../../../shared/runtime/request-headers.ts';
import type { fulfillmentContracts } from './contract.ts';
import { listedLocation, visible } from './own-work.ts';

type RequestOf<Name extends keyof typeof fulfillmentContracts> = ApiRequest<(typeof fulfillmentContracts)[Name]>;

export interface ReadFulfillmentsDeps extends ListingDeps {
  orders: Pick<OrderStore, 'load'>;
  queries: Pick<OrderQueries, 'fulfillments'>;
}

export async function getFulfillment(
  deps: ReadFulfillmentsDeps,
  { params, headers, actor }: RequestOf<'getFulfillment'>,
): Promise<Answer> {
  const { order, fulfillment } = visible(await deps.orders.load(orderIdOf(params.id)), params.id, actor);
  const etag = etagOf(order.version);
  return matchesNone(headers, etag) ? { status: 304, headers: { etag } } : fulfillmentAnswer(order, fulfillment);
}

export async function listFulfillments(
  deps: ReadFulfillmentsDeps,
  request: RequestOf<'listFulfillments'>,
): Promise<Answer> {
  const { limit, cursor, status } = request.query;
  const location = listedLocation(request.query.location, request.actor);
  return pageAnswer(
    deps,
    { route: 'fulfillments', filters: { location, status }, limit, cursor, ...request },
    (page) => deps.queries.fulfillments({ locationId: location, status }, page),
    ({ order, fulfillment }) => representFulfillment(order, fulfillment),
  );
}
