import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { bucketKey } from '../../shared/adapters/memory/world.ts';
import type { Actor } from '../../shared/domain/actor.ts';
import { leftAfter, rankOf } from '../../shared/domain/backorders.ts';
import { totalsOf } from '../../shared/domain/billing.ts';
import type { Command, PlaceOrder } from '../../shared/domain/commands.ts';
import type { OrderEvent } from '../../shared/domain/events.ts';
import { OrderId, Sku } from '../../shared/domain/ids.ts';
import {
  auditOrder,
  bucketsBalance,
  capacityMatches,
  commitmentsMatch,
  stockIsFold,
} from '../../shared/domain/invariants.ts';
import { kitsFrom } from '../../shared/domain/kit.ts';
import { Currency } from '../../shared/domain/money.ts';
import { needsSite } from '../../shared/domain/next-action.ts';
import { isOver, LocationRejectReason, type Order, ShortReason } from '../../shared/domain/order.ts';
import { CapturePolicy, ChargePolicy, defaultPolicy } from '../../shared/domain/policy.ts';
import { unitsIn } from '../../shared/domain/positions.ts';
import { chargeId } from '../../shared/domain/pricing/priced.ts';
import { openAuthorization, owed, received } from '../../shared/domain/settlement.ts';
import type { Violation } from '../../shared/domain/violation.ts';
import { authorizePayment } from '../../shared/use-cases/authorize-payment.ts';
import { bookShipment } from '../../shared/use-cases/book-shipment.ts';
import { securePayment } from '../../shared/use-cases/capture-payment.ts';
import { confirmOrder } from '../../shared/use-cases/confirm-order.ts';
import { deliverDigital } from '../../shared/use-cases/deliver-digital.ts';
import { type CommandMeta, execute } from '../../shared/use-cases/execute.ts';
import { fireTimer } from '../../shared/use-cases/fire-timer.ts';
import { parkOrder } from '../../shared/use-cases/park-order.ts';
import { rerouteOrder } from '../../shared/use-cases/reroute-order.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { settlePayment } from '../../shared/use-cases/settle-payment.ts';
import { wakeUps } from './wake-ups.ts';
import { bucket, locations, type ModelWorld, modelWorld, noFaults, skus } from './world.ts';

/** `BATUTA_RUNS` and `BATUTA_SEED`: a slice of a long run, next to others. */
const runs = Number(process.env.BATUTA_RUNS ?? (process.env.BATUTA_TEST_LONG ? 10_000 : 400));
const seed = Number(process.env.BATUTA_SEED ?? 20_260_105);

const orderIds = Array.from({ length: 4 }, (_, n) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`));
const meta = (role: Actor['role']): CommandMeta => ({
  actor: { id: role, role },
  correlationId: 'model',
  causationId: 'model',
});

type Workflow = 'place' | 'ship' | 'digital' | 'settle' | 'reroute';
const verbs = ['accept', 'startCustomization', 'finishCustomization', 'pick', 'pack', 'ship', 'deliver'] as const;
type Verb = (typeof verbs)[number];

/** What a line is: units of a SKU, engraved ones, a kit of the SKU and its neighbor, an engraved kit, or a code to download. */
const kinds = ['plain', 'plain', 'plain', 'engraved', 'kit', 'kit', 'engraved kit', 'digital'] as const;
interface ModelLine {
  sku: number;
  quantity: number;
  kind: (typeof kinds)[number];
}

const skuAt = (index: number): Sku => skus[index % skus.length] ?? skus[0]!;

function lineOf({ sku, quantity, kind }: ModelLine) {
  const unitPrice = 100 * (sku + 1);
  const engraved = { customization: { capability: 'engrave', instructions: ['Ada'] } };
  switch (kind) {
    case 'plain':
      return { sku: skuAt(sku), quantity, unitPrice };
    case 'engraved':
      return { sku: skuAt(sku), quantity, unitPrice, ...engraved };
    case 'digital':
      return { sku: Sku.parse(`code-${sku}`), quantity, unitPrice, kind: 'digital' as const };
    default: {
      const components = [
        { sku: skuAt(sku), perUnit: 1 },
        { sku: skuAt(sku + 1), perUnit: 2 },
      ];
      // Few, so that there are sites that have them.
      const kit = { sku: Sku.parse(`set-${sku}`), quantity: 1 + (quantity % 2), unitPrice: 3 * unitPrice, components };
      return kind === 'kit' ? kit : { ...kit, ...engraved };
    }
  }
}

type Action =
  | { do: 'place'; order: number; lines: ModelLine[]; money: ModelMoney; token: string; goesOn: boolean }
  | { do: 'workflow'; order: number; workflow: Workflow }
  | { do: 'verb'; order: number; fulfillment: number; verb: Verb }
  | { do: 'reject'; order: number; fulfillment: number; reason: z.infer<typeof LocationRejectReason> }
  | {
      do: 'short';
      order: number;
      fulfillment: number;
      line: number;
      missing: number;
      reason: ShortReason;
      byPart: boolean;
    }
  | { do: 'outage'; site: number }
  | { do: 'supply'; sku: number; site: number; quantity: number }
  | { do: 'later'; order: number }
  | { do: 'cancelRemainder' | 'retry'; order: number }
  | { do: 'cancel'; order: number }
  | { do: 'hold' | 'releaseHold' | 'confirmReceipt' | 'close'; order: number };

/** What the order costs besides its list prices. */
const money = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  taxMode: fc.constantFrom('inclusive' as const, 'exclusive' as const),
  /** Percent, of the goods and of the charges; 0: nobody said any. */
  tax: fc.constantFrom(0, 5, 21),
  /** Percent off; odd ones leave fractions everywhere. */
  discount: fc.constantFrom(0, 0, 7, 33, 100),
  shipping: fc.constantFrom(0, 499, 1000),
  wrap: fc.constantFrom(0, 0, 333),
  /** Percent that another card pays first. */
  first: fc.constantFrom(0, 0, 30, 100),
});
type ModelMoney = typeof money extends fc.Arbitrary<infer M> ? M : never;

function priced(lines: PlaceOrder['lines'], token: string, money: ModelMoney) {
  const { currency, taxMode, tax, discount, shipping, wrap, first } = money;
  const price = (goods: number) => {
    const off = Math.floor((goods * discount) / 100);
    const share = taxMode === 'inclusive' ? tax / (100 + tax) : tax / 100;
    const rate = {
      title: 'VAT',
      jurisdiction: 'ES',
      rate: `0.${String(tax).padStart(2, '0')}`,
      category: 'S' as const,
    };
    return {
      ...(off > 0 && { discounts: [{ code: 'SALE', amount: off }] }),
      ...(tax > 0 && { taxes: [{ ...rate, amount: Math.round((goods - off) * share) }] }),
    };
  };
  const charge = (kind: 'shipping' | 'giftWrap', amount: number) =>
    amount > 0 ? [{ kind, amount, ...price(amount) }] : [];
  const costs = {
    taxMode,
    lines: lines.map((line) => ({ ...line, ...price(line.quantity * line.unitPrice) })),
    charges: [...charge('shipping', shipping), ...charge('giftWrap', wrap).map((one) => ({ ...one, line: 0 }))],
  };
  const { gross } = totalsOf({ ...costs, charges: costs.charges.map((one) => ({ ...one, id: chargeId(1) })) });
  const ahead = Math.floor((gross * first) / 100);
  const card = { method: 'card' as const, token };
  const payments = ahead > 0 ? [{ method: 'card' as const, token: 'tok_ok', amount: ahead }, card] : [card];
  return { ...costs, currency: Currency.parse(currency), payments };
}

/** Numbers of invoices follow each other without a gap, and each is given once. */
function numbersAreGapless(world: ModelWorld): Violation[] {
  const numbers = [...world.orders.values()].flatMap(({ invoices }) => invoices.map(({ number }) => number)).sort();
  return numbers.flatMap((number, index) =>
    number.endsWith(`-${String(index + 1).padStart(6, '0')}`)
      ? []
      : [{ invariant: 'M7' as const, subject: number, message: `is document ${index + 1} of its series` }],
  );
}

const order = fc.nat({ max: orderIds.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      order,
      lines: fc.array(
        fc.record({
          sku: fc.nat({ max: 2 }),
          quantity: fc.integer({ min: 1, max: 5 }),
          kind: fc.constantFrom(...kinds),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      money,
      token: fc.constantFrom('tok_ok', 'tok_ok', 'tok_declined', 'tok_timeout_once', 'tok_flaky'),
      goesOn: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('workflow' as const),
      order,
      workflow: fc.constantFrom(
        'place' as const,
        'place' as const,
        'ship' as const,
        'digital' as const,
        'settle' as const,
        'reroute' as const,
        'reroute' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('verb' as const),
      order,
      fulfillment: fc.nat({ max: 2 }),
      verb: fc.constantFrom(...verbs),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reject' as const),
      order,
      fulfillment: fc.nat({ max: 3 }),
      reason: fc.constantFrom(...LocationRejectReason.options),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('short' as const),
      order,
      fulfillment: fc.nat({ max: 3 }),
      line: fc.nat({ max: 2 }),
      missing: fc.integer({ min: 1, max: 5 }),
      reason: fc.constantFrom(...ShortReason.options),
      byPart: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), site: fc.nat({ max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('supply' as const),
      sku: fc.nat({ max: 2 }),
      site: fc.nat({ max: 2 }),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('later' as const), order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cancelRemainder' as const, 'cancelRemainder' as const, 'retry' as const),
      order,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), order }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'releaseHold' as const, 'confirmReceipt' as const, 'close' as const),
      order,
    }),
  },
);

/** What a caller may meet and simply tries again later. Anything else is a bug and fails the run. */
const expected = new Set([
  'StoreCrash',
  'StoreContention',
  'PaymentUnavailable',
  'PaymentOutcomeUnknown',
  'CarrierUnavailable',
]);
const tolerate = (error: unknown): void => {
  if (!(error instanceof Error) || !expected.has(error.name)) throw error;
};

/**
 * The order that an action is about, and its fulfillments. What a location does is about one that there is: most orders have fewer than the numbers
 * that are drawn.
 */
function subjectOf({ orders }: ModelWorld, one: Exclude<Action, { do: 'outage' | 'supply' }>) {
  const id = orderIds[one.order];
  const fulfillments = (id && orders.get(id)?.fulfillments) ?? [];
  if (one.do !== 'reject' && one.do !== 'short') return { id, fulfillments };
  const open = [...orders.values()].flatMap((order) =>
    order.fulfillments.filter(({ status }) => status === 'OPEN' || status === 'ACCEPTED'),
  );
  const found = open[(one.order * 4 + one.fulfillment) % open.length];
  return { id: found?.orderId ?? id, fulfillments: found ? [found] : [] };
}

async function perform(world: ModelWorld, one: Action): Promise<void> {
  const { deps } = world;
  if (one.do === 'outage') return outage(world, one.site);
  if (one.do === 'supply') return supply(world, one);
  const { id, fulfillments } = subjectOf(world, one);
  if (!id) throw new Error('no such order');
  const command = (role: Actor['role'], ...commands: Command[]) => execute(deps, id, commands, meta(role));
  switch (one.do) {
    case 'place':
      await command('storefront', {
        type: 'place',
        orderId: id,
        externalId: `web-${one.order}`,
        channel: 'web',
        customer: { id: 'cus_1' },
        contact: { email: 'a@example.com', name: 'A' },
        ...priced(one.lines.map(lineOf), one.token, one.money),
        delivery: {
          method: 'ship',
          service: 'standard',
          address: { name: 'A', line1: '1', city: 'C', postalCode: '1', country: 'ES' },
        },
      });
      if (one.goesOn) await runWorkflow(deps, id, 'place', undefined);
      return;
    case 'workflow':
      return runWorkflow(deps, id, one.workflow, fulfillments.find(({ status }) => status === 'PACKED')?.id);
    case 'verb': {
      const fulfillment = fulfillments[one.fulfillment];
      if (fulfillment) await command('warehouse', { type: one.verb, fulfillmentId: fulfillment.id });
      return;
    }
    case 'reject': {
      const [fulfillment] = fulfillments;
      const { reason } = one;
      if (fulfillment) {
        await command('warehouse', { type: 'rejectFulfillment', fulfillmentId: fulfillment.id, reason });
      }
      return;
    }
    case 'short': {
      const [fulfillment] = fulfillments;
      const line = fulfillment?.lines[one.line % fulfillment.lines.length];
      if (!fulfillment || !line) return;
      const assigned = fulfillment.lines
        .filter(({ lineId }) => lineId === line.lineId)
        .reduce((sum, { quantity }) => sum + quantity, 0);
      const picked = Math.max(0, assigned - one.missing);
      const short = assigned - picked;
      const part = one.byPart ? line.components?.[0] : undefined;
      const lines = [
        {
          lineId: line.lineId,
          picked,
          reason: one.reason,
          ...(part && { missing: [{ sku: part.sku, quantity: (short - 1) * part.perUnit + 1 }] }),
        },
      ];
      // Whoever finds too few has come that far.
      for (const verb of verbs.slice(0, 3)) await command('warehouse', { type: verb, fulfillmentId: fulfillment.id });
      await command('warehouse', { type: 'pick', fulfillmentId: fulfillment.id, lines });
      return;
    }
    case 'later':
      deps.system.advance(6 * 60_000);
      await fireTimer(deps, id, 'accept');
      return;
    case 'cancelRemainder':
      await command('agent', { type: 'cancelRemainder', reason: 'customer' });
      return;
    case 'retry':
      await execute(
        deps,
        id,
        (order) =>
          (order?.exceptions ?? [])
            .filter(({ status }) => status === 'OPEN')
            .map((open) => ({ type: 'resolveException', exceptionId: open.id, retry: true })),
        meta('agent'),
      );
      return;
    case 'cancel':
      await command('agent', { type: 'cancel', reason: 'customer' });
      return;
    case 'hold':
      await command('agent', { type: 'hold', handle: 'manual', reason: 'MANUAL' });
      return;
    case 'releaseHold':
      await command('agent', { type: 'releaseHold', handle: 'manual' });
      return;
    case 'confirmReceipt':
      await command('storefront', { type: 'confirmReceipt' });
      return;
    case 'close':
      await command('system', { type: 'close' });
  }
}

/** A site is out of service, or in service again; what it has not begun to pick goes elsewhere. */
async function outage({ deps, orders, sites }: ModelWorld, number: number): Promise<void> {
  const site = sites[number];
  if (!site) throw new Error('no such site');
  site.enabled = !site.enabled;
  if (site.enabled) return;
  for (const order of orders.values()) {
    for (const { id, locationId, status } of order.fulfillments) {
      if (locationId !== site.id || (status !== 'OPEN' && status !== 'ACCEPTED')) continue;
      await rerouteOrder(deps, order.id, meta('system'), { fulfillmentId: id, reason: 'outage' });
    }
  }
}

/** What came is there from the start, as far as the books go: no order's log tells of it. */
async function supply(world: ModelWorld, one: Extract<Action, { do: 'supply' }>): Promise<void> {
  const key = bucketKey(skus[one.sku] ?? '', world.sites[one.site]?.id ?? '');
  const before = world.buckets.get(key);
  const start = world.start.find(({ sku, locationId }) => bucketKey(sku, locationId) === key);
  if (!before || !start) throw new Error(`no bucket ${key}`);
  world.buckets.set(key, {
    ...before,
    onHand: before.onHand + one.quantity,
    available: before.available + one.quantity,
  });
  start.onHand += one.quantity;
  start.available += one.quantity;
}

async function runWorkflow(
  deps: ModelWorld['deps'],
  id: OrderId,
  workflow: Workflow,
  packed: Parameters<typeof securePayment>[2] | undefined,
): Promise<void> {
  if (!(await deps.orders.load(id))) return;
  if (workflow === 'reroute') {
    const rerouted = await rerouteOrder(deps, id, meta('system'));
    if (rerouted.outcome !== 'NO_SITE') return;
    const failure = { workflow: 'reroute', error: 'NoSite', cause: rerouted.cause };
    await parkOrder(deps, id, failure, meta('system'));
  }
  if (workflow === 'digital') {
    const delivered = await deliverDigital(deps, id, meta('system'));
    if (delivered.outcome !== 'DECLINED') return;
    const failure = { workflow: 'deliver-digital', error: 'CaptureDeclined', cause: delivered.reason };
    await parkOrder(deps, id, failure, meta('system'));
  }
  if (workflow === 'settle') await settlePayment(deps, id, meta('system'));
  if (workflow === 'place') {
    if ((await reserveStock(deps, id, meta('system'))).outcome !== 'RESERVED') return;
    if ((await authorizePayment(deps, id, meta('system'))).outcome !== 'AUTHORIZED') return;
    await confirmOrder(deps, id, meta('system'));
  }
  if (workflow === 'ship' && packed) {
    const captured = await securePayment(deps, id, packed, meta('system'));
    if (captured.outcome === 'CAPTURED') await bookShipment(deps, id, packed, meta('system'));
  }
}

/** No day has taken more than there is of it. */
const withinCapacity = ({ capacity, sites: [first] }: ModelWorld): Violation[] =>
  [...capacity].flatMap(([key, { orders, units }]): Violation[] => {
    const { ordersPerDay = orders, unitsPerDay = units } = first?.capacity ?? {};
    if (orders <= ordersPerDay && units <= unitsPerDay) return [];
    return [{ invariant: 'U12', subject: key, message: `${orders} orders and ${units} units are too many` }];
  });

async function audit(world: ModelWorld): Promise<Violation[]> {
  const buckets = [...world.buckets.values()];
  const orders = [...world.orders.values()];
  return [
    ...buckets.flatMap(bucketsBalance),
    ...commitmentsMatch(orders, buckets),
    ...capacityMatches(orders, world.capacity),
    ...withinCapacity(world),
    ...numbersAreGapless(world),
    ...stockIsFold(world.start, [...world.log.values()].flat(), buckets),
    ...orders.flatMap((one) => auditOrder(one, world.log.get(one.id) ?? [])),
  ];
}

/** No more faults: whatever was interrupted is run again, then what the events start that this writes, and every order comes to rest. */
async function quiesce(world: ModelWorld): Promise<void> {
  Object.assign(world.faults, noFaults);
  const woken = wakeUps(world);
  for (const id of world.orders.keys()) {
    await perform(world, { do: 'releaseHold', order: orderIds.indexOf(id) });
    await carryOn(world, id);
  }
  for (let ids = await woken(); ids.size > 0; ids = await woken()) for (const id of ids) await carryOn(world, id);
}

/** Workflows, a warehouse that does its part, and workflows again. */
async function carryOn(world: ModelWorld, id: OrderId): Promise<void> {
  const number = orderIds.indexOf(id);
  for (let round = 0; round < 12; round++) {
    await perform(world, { do: 'workflow', order: number, workflow: 'place' }).catch(tolerate);
    await perform(world, { do: 'workflow', order: number, workflow: 'reroute' }).catch(tolerate);
    for (const [fulfillment] of (world.orders.get(id)?.fulfillments ?? []).entries()) {
      for (const verb of verbs.slice(0, 5)) {
        await perform(world, { do: 'verb', order: number, fulfillment, verb });
      }
      await perform(world, { do: 'workflow', order: number, workflow: 'ship' }).catch(tolerate);
      for (const verb of ['ship', 'deliver'] as const)
        await perform(world, { do: 'verb', order: number, fulfillment, verb });
    }
    await perform(world, { do: 'workflow', order: number, workflow: 'digital' }).catch(tolerate);
    await perform(world, { do: 'workflow', order: number, workflow: 'settle' }).catch(tolerate);
  }
}

/** The provider's own book against ours: what it did under each key is what we recorded, once. */
function providerAgrees(world: ModelWorld): string[] {
  const effects = [...world.book.entries].map(([key, value]) => ({
    key,
    ...(JSON.parse(value) as { operation: string; amount: number; result: { outcome: string } }),
  }));
  const sum = (id: OrderId, operation: string) =>
    effects
      .filter(
        (one) =>
          one.key.startsWith(`PAYMENT#${id}:`) && one.operation === operation && one.result.outcome === 'approved',
      )
      .reduce((total, { amount }) => total + amount, 0);
  return [...world.orders.values()].flatMap((one) => {
    const ours = (pick: (payment: (typeof one.payments)[number]) => number) =>
      one.payments.reduce((total, payment) => total + pick(payment), 0);
    const pairs = [
      ['authorize', ours(({ authorized }) => authorized)],
      ['capture', ours(({ captured }) => captured)],
      ['void', ours(({ voided }) => voided)],
      ['refund', ours(({ refunded }) => refunded)],
    ] as const;
    return pairs
      .filter(([operation, amount]) => sum(one.id, operation) !== amount)
      .map(([operation, amount]) => `${one.id} ${operation}: provider ${sum(one.id, operation)}, we ${amount}`);
  });
}

/** Every order has come to an end, or waits for something that somebody can see. */
function unfinished(world: ModelWorld): string[] {
  return [...world.orders.values()].flatMap((one) => {
    if (isOver(one)) {
      const open = one.payments.reduce((total, payment) => total + openAuthorization(payment), 0);
      return open > 0 ? [`${one.id} is ${one.lifecycle} with ${open} still authorized`] : [];
    }
    if (one.deliveredAt) {
      const open = one.payments.reduce((total, payment) => total + openAuthorization(payment), 0);
      // Nobody asks for it in this model.
      const waits = one.capture === 'manual' && received(one) === 0 && open >= owed(one);
      return waits || (received(one) === owed(one) && open === 0)
        ? []
        : [`${one.id} is delivered, received ${received(one)} of ${owed(one)}, ${open} still authorized`];
    }
    const waits =
      one.holds.length > 0 ||
      one.exceptions.some(({ status }) => status === 'OPEN') ||
      one.lines.some((line) => unitsIn(line.positions, 'BACKORDERED') > 0);
    if (needsSite(one) && !one.exceptions.some(({ status }) => status === 'OPEN')) return [`${one.id} needs a site`];
    return waits ? [] : [`${one.id} rests at ${one.lifecycle}`];
  });
}

/** Units lie idle that somebody waits for, whom nobody is ahead of. */
async function idle(world: ModelWorld): Promise<string[]> {
  const found: string[] = [];
  for (const one of world.orders.values()) {
    if (one.holds.length > 0 || one.exceptions.some(({ status }) => status === 'OPEN')) continue;
    for (const line of one.lines) {
      const wanted = unitsIn(line.positions, 'BACKORDERED');
      if (wanted === 0) continue;
      const parts = line.components ?? [{ sku: line.sku, perUnit: 1 }];
      const left = new Map<Sku, Map<string, number>>();
      for (const { sku } of parts) left.set(sku, await leftFor(world, one, sku));
      for (const { id, enabled, capabilities } of world.sites) {
        const isAble = !line.customization || capabilities.includes('customize:engrave');
        if (!enabled || !isAble || line.excludedSites?.includes(id)) continue;
        const units = kitsFrom(parts, (sku) => left.get(sku)?.get(id) ?? 0);
        // A kit's line comes from one site, as a whole.
        const needed = line.components && !world.deps.policy.splitKits ? wanted : 1;
        if (units >= needed) found.push(`${one.id} waits for ${line.sku}, ${id} has ${units}`);
      }
    }
  }
  return found;
}

/** What of a SKU those earlier in its queue leave, by site. */
async function leftFor(world: ModelWorld, one: Order, sku: Sku): Promise<Map<string, number>> {
  const serving = new Set(world.sites.filter(({ enabled }) => enabled).map(({ id }) => id));
  const stock = [...world.buckets.values()].filter((each) => each.sku === sku && serving.has(each.locationId));
  const ahead = await world.deps.backorders.ahead(sku, rankOf(one), () => false);
  const skills = new Map(world.sites.map(({ id, capabilities }) => [id, capabilities]));
  return leftAfter(stock, ahead, ({ capabilities }, site) =>
    capabilities.every((each) => skills.get(site)?.includes(each)) ? 0 : undefined,
  );
}

const farEnough = [
  'invoice.posted',
  'payment.refunded',
  'payment.voided',
  'digital.delivered',
  'customization.finished',
  'kit reservation.created',
  'kit order.backordered',
  'kit fulfillment.rejected',
  'kit fulfillment.shorted',
  'kit shorted by pieces',
  'kit fulfillment.shipped',
  'kit order.canceled',
  'kit order.remainder_canceled',
];

/** What an event shows that a history has come to. */
function whatOf({ type, data }: OrderEvent): string[] {
  const text = JSON.stringify(data);
  if (!text.includes('"components"')) return [type];
  return [type, `kit ${type}`, ...(text.includes('"missing"') ? ['kit shorted by pieces'] : [])];
}

describe('units and money are never created or lost', () => {
  test(`${runs} random histories with duplicates, conflicts, crashes and lost answers of plain, kit, customized and digital lines hold U1-U4, U6, U9, U11, U12, M1-M7, M9, P1, P5 under every capture policy`, async () => {
    let performed = 0;
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 9, maxLength: 9 }),
        fc.constantFrom('allow' as const, 'allow' as const, 'split' as const, 'split' as const, 'deny' as const),
        fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30 }),
        fc.boolean(),
        // Days that one order fills, or the units of a large one.
        fc.constantFrom({}, {}, { ordersPerDay: 1 }, { unitsPerDay: 60 }),
        fc.constantFrom('onPack', ...CapturePolicy.options),
        fc.constantFrom(...ChargePolicy.options),
        async (worldSeed, stock, backorder, batches, splitKits, capacity, capture, shippingCharge) => {
          const buckets = locations.flatMap((location, row) =>
            skus.map((sku, column) => bucket(sku, location.id, stock[row * skus.length + column] ?? 0)),
          );
          const faults = { versionConflict: 0.05, contention: 0.05, crashBefore: 0.03, crashAfter: 0.03 };
          const money = { capture, shippingCharge };
          const policy = {
            ...defaultPolicy,
            ...money,
            backorder,
            splitKits,
            acceptWithin: 5 * 60_000,
            routingAttempts: 2,
          };
          const world = modelWorld({ seed: worldSeed, buckets, faults, policy, capacity });
          for (const batch of batches) {
            // A batch runs at once: its actions interleave at every await.
            await Promise.all(batch.map((one) => perform(world, one).catch(tolerate)));
            performed += batch.length;
            expect(await audit(world)).toEqual([]);
          }
          await quiesce(world);
          expect(await audit(world)).toEqual([]);
          expect(providerAgrees(world)).toEqual([]);
          expect(unfinished(world)).toEqual([]);
          expect(await idle(world)).toEqual([]);
          for (const event of [...world.log.values()].flat()) for (const what of whatOf(event)) reached.add(what);
        },
      ),
      { numRuns: runs, seed },
    );
    // A model that never gets there finds nothing.
    if (runs >= 400) expect([...reached]).toEqual(expect.arrayContaining(farEnough));
    console.info(`${runs} histories, ${performed} actions, seed ${seed}: no violation`);
  }, 600_000);
});
