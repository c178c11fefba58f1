import { customerIdOf } from '../../../shared/api/customer-id.ts';
import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { type AnsweringDeps, orderAnswer } from '../../../shared/api/order-answers.ts';
import { toEnvelope } from '../../../shared/events/envelope.ts';
import type { ListedOrder, OrderQueries } from '../../../shared/ports/order-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { etagOf, matchesNone } from '../../../shared/runtime/request-headers.ts';
import type { orderContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof orderContracts> = ApiRequest<(typeof orderContracts)[Name]>;

export interface ReadOrdersDeps extends AnsweringDeps, ListingDeps {
  queries: Pick<OrderQueries, 'orders'>;
  tenantId: string;
}

export async function getOrder(deps: ReadOrdersDeps, { params, headers }: RequestOf<'getOrder'>): Promise<Answer> {
  const order = await deps.orders.load(params.id);
  if (!order) throw new ProblemError('order_not_found');
  const etag = etagOf(order.version);
  return matchesNone(headers, etag) ? { status: 304, headers: { etag } } : orderAnswer(deps, order);
}

export async function listOrders(deps: ReadOrdersDeps, request: RequestOf<'listOrders'>): Promise<Answer> {
  const { limit, cursor, ...filters } = request.query;
  const { customer, ...others } = filters;
  // An id does not look like an address, nor an address like an id.
  const customerId = customer?.includes('@') ? customerIdOf(customer) : customer;
  return pageAnswer(
    deps,
    { route: 'orders', filters, limit, cursor, ...request },
    (page) => deps.queries.orders({ ...others, customerId }, page),
    summary,
  );
}

const summary = (order: ListedOrder) => ({
  id: order.id,
  externalId: order.externalId,
  channel: order.channel,
  status: order.status,
  lifecycle: order.lifecycle,
  currency: order.currency,
  total: order.total,
  customer: order.customer,
  version: order.version,
  placedAt: order.placedAt,
  updatedAt: order.updatedAt,
});

export async function listOrderEvents(deps: ReadOrdersDeps, request: RequestOf<'listOrderEvents'>): Promise<Answer> {
  const { params, query } = request;
  // One more than asked for tells whether there is more.
  const events = await deps.orders.events(params.id, { afterSequence: query.afterSequence, limit: query.limit + 1 });
  // Every order has an event 1.
  if (events.length === 0 && (query.afterSequence === 0 || !(await deps.orders.load(params.id)))) {
    throw new ProblemError('order_not_found');
  }
  const page = events.slice(0, query.limit);
  const nextAfterSequence = events.length > query.limit ? (page.at(-1)?.sequence ?? null) : null;
  return { status: 200, body: { data: page.map((event) => toEnvelope(event, deps)), nextAfterSequence } };
}
