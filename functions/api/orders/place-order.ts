import { customerIdOf } from '../../../shared/api/customer-id.ts';
import { type AnsweringDeps, answerExecuted, metaOf, refuse } from '../../../shared/api/order-answers.ts';
import type { PlaceOrder } from '../../../shared/domain/commands.ts';
import { OrderId, type Sku } from '../../../shared/domain/ids.ts';
import type { CartHold } from '../../../shared/domain/stock/cart-hold.ts';
import type { CartHoldStore } from '../../../shared/ports/cart-holds.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import type { KitStore } from '../../../shared/ports/kits.ts';
import { type Answer, retryAfter } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { execute, StoreContention } from '../../../shared/use-cases/execute.ts';
import { withComponents } from '../../../shared/use-cases/with-components.ts';
import type { orderContracts } from './contract.ts';
import type { PlaceOrderBody } from './requests.ts';
import type { ShippingServices } from './shipping-services.ts';

export interface PlaceOrderDeps extends AnsweringDeps {
  inventory: Pick<Inventory, 'knownSkus'>;
  kits: Pick<KitStore, 'kitsAmong'>;
  holds: Pick<CartHoldStore, 'hold'>;
  services: ShippingServices;
}

export async function placeOrder(
  deps: PlaceOrderDeps,
  request: ApiRequest<typeof orderContracts.placeOrder>,
): Promise<Answer> {
  const answering = { deps, request, status: 201 };
  const lines = await withComponents(deps.kits, request.body.lines);
  const unknown = await unknownSkus(deps, lines);
  if (unknown.length > 0) return refuse(answering, new ProblemError('unknown_sku', undefined, { errors: unknown }));
  const { service } = request.body.delivery;
  const isSent = lines.some(({ kind }) => kind !== 'digital');
  if (isSent && !(await deps.services.has(service))) return refuse(answering, unknownService(service));
  const orderId = OrderId.parse(`ord_${deps.system.ulid()}`);
  try {
    for (let attempt = 1; ; attempt++) {
      const command = commandOf(orderId, { ...request.body, lines }, await cartHold(deps, request.body));
      const executed = await execute(deps, orderId, [command], metaOf(request, answering.status));
      // The customer's own tab may just have extended the hold.
      if (executed.outcome !== 'cart_hold_changed' || attempt === mostReads) {
        return await answerExecuted(answering, executed);
      }
    }
  } catch (error) {
    // Nothing of a new order can be contended for but its key and its external id: somebody is placing the same order.
    if (!(error instanceof StoreContention)) throw error;
    throw new ProblemError('idempotency_key_in_flight', undefined, { headers: retryAfter(1) });
  }
}

const unknownService = (service: string): ProblemError => {
  const detail = `No shipping rate has ${service}.`;
  return new ProblemError('unknown_service', undefined, {
    errors: [{ pointer: '/delivery/service', code: 'unknown_service', detail }],
  });
};

const mostReads = 5;

async function cartHold({ holds }: PlaceOrderDeps, { cartHoldId }: PlaceOrderBody): Promise<CartHold | undefined> {
  if (cartHoldId === undefined) return undefined;
  const kept = await holds.hold(cartHoldId);
  if (kept) return kept.hold;
  const errors = [{ pointer: '/cartHoldId', code: 'cart_hold_unrelated', detail: 'There is no hold with this id.' }];
  throw new ProblemError('cart_hold_unrelated', undefined, { errors });
}

const billingOf = ({ company, taxId, address }: NonNullable<PlaceOrderBody['billing']>): PlaceOrder['billing'] => ({
  ...(company !== undefined && { company }),
  ...(taxId !== undefined && { taxId }),
  ...(address && { address }),
});

const commandOf = (
  orderId: OrderId,
  { customer, delivery, ...body }: PlaceOrderBody,
  hold: CartHold | undefined,
): PlaceOrder => ({
  type: 'place',
  orderId,
  externalId: body.externalId,
  ...(body.priority !== undefined && { priority: body.priority }),
  channel: body.channel,
  currency: body.currency,
  customer: { id: customerIdOf(customer.email), locale: customer.locale },
  contact: {
    email: customer.email,
    name: customer.name,
    ...(customer.phone !== undefined && { phone: customer.phone }),
  },
  lines: body.lines,
  delivery,
  ...(body.charges && { charges: body.charges }),
  ...(body.taxMode && { taxMode: body.taxMode }),
  ...(body.tax && { tax: body.tax }),
  ...(body.total !== undefined && { total: body.total }),
  ...(body.billing && { billing: billingOf(body.billing) }),
  ...(body.client && { client: body.client }),
  ...(body.purchaseOrderNumber !== undefined && { purchaseOrderNumber: body.purchaseOrderNumber }),
  payments: body.payments ?? (body.payment ? [body.payment] : []),
  ...(hold && { cartHold: hold }),
});

type Lines = PlaceOrderBody['lines'];

/** Stock is asked for of what is taken from the shelves: of a kit its components, of a digital line nothing. */
async function unknownSkus({ inventory }: PlaceOrderDeps, lines: Lines) {
  const taken = lines.flatMap(({ sku, kind, components }, index) => {
    if (kind === 'digital') return [];
    if (!components) return [{ sku, pointer: `/lines/${index}/sku` }];
    return components.map((one, part) => ({ sku: one.sku, pointer: `/lines/${index}/components/${part}/sku` }));
  });
  const known = await inventory.knownSkus([...new Set(taken.map(({ sku }) => sku))]);
  return taken.flatMap(({ sku, pointer }) =>
    known.has(sku) ? [] : [{ pointer, code: 'unknown_sku', detail: `${sku} has never had stock anywhere.` }],
  );
}

const mostRemembered = 50_000;

/** A SKU that was known once stays known: remembered, it is not asked for again. Unknown ones are, as stock may come at any time. */
export function rememberingInventory(inventory: Pick<Inventory, 'knownSkus'>): Pick<Inventory, 'knownSkus'> {
  const remembered = new Set<Sku>();
  return {
    async knownSkus(skus) {
      const asked = skus.filter((sku) => !remembered.has(sku));
      if (asked.length === 0) return remembered;
      const known = await inventory.knownSkus(asked);
      if (remembered.size > mostRemembered) remembered.clear();
      for (const sku of known) remembered.add(sku);
      return new Set(skus.filter((sku) => remembered.has(sku)));
    },
  };
}
