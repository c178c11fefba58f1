import type { Actor } from '../../../shared/domain/actor.ts';
import type { Command, PlaceOrder } from '../../../shared/domain/commands.ts';
import { LocationId, OrderId, Sku } from '../../../shared/domain/ids.ts';
import { auditOrder, bucketsBalance, commitmentsMatch } from '../../../shared/domain/invariants.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';
import type { Violation } from '../../../shared/domain/violation.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { securePayment } from '../../../shared/use-cases/capture-payment.ts';
import { confirmOrder } from '../../../shared/use-cases/confirm-order.ts';
import { type CommandMeta, type Executed, execute } from '../../../shared/use-cases/execute.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { bucket, modelWorld } from '../../model/world.ts';
import { placeCommand } from './orders.ts';

export const sku = (text: string) => Sku.parse(text);
export const component = (text: string, perUnit: number) => ({ sku: sku(text), perUnit });
type Lines = PlaceOrder['lines'];
export type LineGiven = Omit<Lines[number], 'sku'> & { sku: string };

const meta = (role: Actor['role']): CommandMeta => ({
  actor: { id: role, role },
  correlationId: 'test',
  causationId: 'test',
});

/**
 * The product in memory with this stock (`[sku, location, units]`): sites are dc-1, dc-2, store-1, in the order of their priority; the latter two
 * engrave.
 */
export function linesWorld(stock: [sku: string, location: string, onHand: number][], policy: Partial<Policy> = {}) {
  const world = modelWorld({
    seed: 1,
    buckets: stock.map(([name, location, onHand]) => bucket(name, location, onHand)),
    policy: { ...defaultPolicy, ...policy },
  });
  let placed = 0;
  const read = (id: OrderId): Order => {
    const order = world.orders.get(id);
    if (!order) throw new Error(`no order ${id}`);
    return order;
  };
  const issue = (id: OrderId, role: Actor['role'], ...commands: Command[]): Promise<Executed> =>
    execute(world.deps, id, commands, meta(role));
  return {
    ...world,
    read,
    issue,
    meta,
    async place(lines: LineGiven[], token = 'tok_ok', more: Partial<PlaceOrder> = {}): Promise<OrderId> {
      const orderId = OrderId.parse(`ord_${String(++placed).padStart(26, '0')}`);
      const given = lines.map((line) => ({ ...line, sku: sku(line.sku) }));
      const command = { ...placeCommand([]), orderId, externalId: `web-${placed}`, lines: given };
      const done = await issue(orderId, 'storefront', {
        ...command,
        payments: [{ method: 'card', token }],
        ...more,
      });
      if (done.outcome !== 'done') throw new Error(JSON.stringify(done));
      return orderId;
    },
    /** The workflow place-order. */
    async run(id: OrderId): Promise<string> {
      const reserved = await reserveStock(world.deps, id, meta('system'));
      if (reserved.outcome !== 'RESERVED') return reserved.outcome;
      const authorized = await authorizePayment(world.deps, id, meta('system'));
      if (authorized.outcome !== 'AUTHORIZED') return authorized.outcome;
      return (await confirmOrder(world.deps, id, meta('system'))).outcome;
    },
    reroute: (id: OrderId) => rerouteOrder(world.deps, id, meta('system')),
    /** A command of the warehouse on the order's nth fulfillment; what it was refused for, or undefined. */
    async verb(id: OrderId, type: Verb, nth = 0, more: object = {}): Promise<string | undefined> {
      const fulfillmentId = read(id).fulfillments[nth]?.id;
      if (!fulfillmentId) throw new Error(`${id} has no fulfillment ${nth}`);
      if (type === 'ship') await securePayment(world.deps, id, fulfillmentId, meta('system'));
      const shipment = { carrier: 'c', service: 'standard', trackingNumber: '1' };
      const command = { type, fulfillmentId, ...(type === 'ship' && { shipment }), ...more } as Command;
      const done = await issue(id, 'warehouse', command);
      return done.outcome === 'rejected' ? done.rejection.code : done.outcome === 'done' ? undefined : done.outcome;
    },
    /** `available/committed/onHand` of a bucket. */
    stock(name: string, location: string): string {
      const found = world.buckets.get(`${sku(name)} ${LocationId.parse(location)}`);
      return found ? `${found.available}/${found.committed}/${found.onHand}` : 'none';
    },
    audit(): Violation[] {
      const orders = [...world.orders.values()];
      const buckets = [...world.buckets.values()];
      return [
        ...buckets.flatMap(bucketsBalance),
        ...commitmentsMatch(orders, buckets),
        ...orders.flatMap((order) => auditOrder(order, world.log.get(order.id) ?? [])),
      ];
    },
  };
}
export type LinesWorld = ReturnType<typeof linesWorld>;
type Verb =
  | 'accept'
  | 'startCustomization'
  | 'finishCustomization'
  | 'pick'
  | 'pack'
  | 'ship'
  | 'deliver'
  | 'rejectFulfillment';
