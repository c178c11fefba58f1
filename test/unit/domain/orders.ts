import type { Actor } from '../../../shared/domain/actor.ts';
import type { Command, PlaceOrder } from '../../../shared/domain/commands.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { defaultLegalEntity } from '../../../shared/domain/default-legal-entity.ts';
import type { OrderEvent } from '../../../shared/domain/events.ts';
import { evolve } from '../../../shared/domain/evolve.ts';
import { type FulfillmentId, LocationId, lineId, OrderId, paymentId, Sku } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';

export const orderId = OrderId.parse(`ord_${'0'.repeat(26)}`);
export const now = '2026-01-05T09:00:00.000Z';
export const location = (id: string) => LocationId.parse(id);

/** An order under commands: decides, evolves and keeps the log. Everybody may do everything unless told otherwise. */
export function story(policy: Policy = defaultPolicy) {
  let order: Order | undefined;
  const log: OrderEvent[] = [];
  const roles: Record<string, Actor['role']> = {
    place: 'storefront',
    accept: 'warehouse',
    pick: 'warehouse',
    pack: 'warehouse',
    ship: 'warehouse',
    deliver: 'warehouse',
    confirmReceipt: 'storefront',
  };
  const issue = (command: Command, role: Actor['role'] = roles[command.type] ?? 'system') => {
    const decision = decide(order, command, { now, actor: { id: role, role }, policy });
    if (!decision.ok) return decision.rejection;
    const version = (order?.version ?? 0) + 1;
    for (const proposed of decision.events) {
      const event = {
        ...proposed,
        id: `evt_${log.length + 1}`,
        orderId,
        sequence: log.length + 1,
        version,
        at: now,
        actor: { id: role, role },
        correlationId: 'test',
        causationId: 'test',
      } as OrderEvent;
      order = evolve(order, event);
      log.push(event);
    }
    return undefined;
  };
  return {
    log,
    issue,
    /** Issues a command that must be accepted. */
    given: (command: Command) => {
      const rejection = issue(command);
      if (rejection) throw new Error(`${command.type}: ${rejection.code}`);
    },
    get order(): Order {
      if (!order) throw new Error('not placed');
      return order;
    },
  };
}

export const placeCommand = (
  lines: { sku: string; quantity: number; unitPrice: number }[],
  changes: Partial<PlaceOrder> = {},
): PlaceOrder => ({
  type: 'place',
  orderId,
  externalId: 'web-1',
  channel: 'web',
  currency: Currency.parse('EUR'),
  customer: { id: 'cus_1' },
  contact: { email: 'ada@example.com', name: 'Ada' },
  lines: lines.map((line) => ({ ...line, sku: Sku.parse(line.sku) })),
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'Ada', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' },
  },
  payments: [{ method: 'card', token: 'tok_ok' }],
  ...changes,
});

export const reserveCommand = (
  ...allocations: [line: number, location: string, quantity: number][]
): Extract<Command, { type: 'reserve' }> => ({
  type: 'reserve',
  allocations: allocations.map(([line, at, quantity]) => ({
    lineId: lineId(line),
    locationId: location(at),
    quantity,
  })),
  backorders: [],
  routing: { candidates: [], sites: 1 },
});

export const approve: Command = {
  type: 'authorize',
  paymentId: paymentId(1),
  outcome: { approved: true, providerReference: 'auth' },
};
export const decline: Command = {
  type: 'authorize',
  paymentId: paymentId(1),
  outcome: { approved: false, reason: 'card_declined' },
};

/** The invoice of what was packed. */
export const invoiceCommand = (fulfillmentId: FulfillmentId): Command => ({
  type: 'postInvoice',
  fulfillmentId,
  issued: { number: 'INV-2026-000001', series: 's', legalEntityId: 'default', issueDate: '2026-01-05' },
  parties: { seller: defaultLegalEntity, buyer: { name: 'Ada' } },
});

/** Placed, reserved at `dc-1`, authorized, confirmed and released. */
export function releasedStory(lines: { sku: string; quantity: number; unitPrice: number }[]) {
  const one = story();
  one.given(placeCommand(lines));
  one.given(
    reserveCommand(...lines.map(({ quantity }, index) => [index + 1, 'dc-1', quantity] as [number, string, number])),
  );
  one.given(approve);
  one.given({ type: 'confirm' });
  one.given({ type: 'release' });
  return one;
}
