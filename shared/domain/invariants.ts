import { type CapacityUse, capacityHeld } from './capacity.ts';
import type { OrderEvent } from './events.ts';
import { fold } from './evolve.ts';
import { goodsOf } from './kit.ts';
import {
  endsBalanced,
  invoicesAddUp,
  invoicesAreOfUnits,
  ledgerBalances,
  moneyIsBounded,
  whatLeftIsInvoiced,
} from './money-invariants.ts';
import { isDigital, isLive, type Line, type Order } from './order.ts';
import { unitsIn, unitsOf } from './positions.ts';
import { postingsOfEntry, type StockAdjusted } from './stock/entry.ts';
import { inTransit, type Transfer } from './stock/transfer.ts';
import { type Bucket, bucketChanges, bucketCounters, type Posting, postingsOf } from './stock.ts';
import { type Violation, violations } from './violation.ts';

/** U1: the positions of a line sum to what was ordered, each at least 0. */
export const unitsArePositioned = (order: Order): Violation[] =>
  order.lines.flatMap((line) =>
    violations('U1', `${order.id} ${line.id}`, [
      [
        unitsOf(line.positions) === line.quantity,
        `${unitsOf(line.positions)} units of ${line.quantity} have a position`,
      ],
      [Object.values(line.positions).every((quantity) => quantity > 0), 'a position is not above 0'],
    ]),
  );

/** U2: the counters of a bucket sum to what is on hand, each at least 0. Never oversell. */
export const bucketsBalance = (bucket: Bucket): Violation[] => {
  const { onHand, available, held, committed, unavailable, damaged, quality_control, quarantine } = bucket;
  return violations('U2', `${bucket.sku} ${bucket.locationId}`, [
    [
      available + held + committed + unavailable === onHand,
      `${available}+${held}+${committed}+${unavailable} is not ${onHand}`,
    ],
    [
      damaged + quality_control + quarantine === unavailable,
      `${damaged}+${quality_control}+${quarantine} is not ${unavailable}`,
    ],
    [bucketCounters.every((counter) => bucket[counter] >= 0), 'a counter is below 0'],
  ]);
};

/** U3: committed units of each bucket = live reservations on it = units of lines in RESERVED to READY sourced there. */
export function commitmentsMatch(orders: readonly Order[], buckets: readonly Bucket[]): Violation[] {
  const live = new Map<string, number>();
  const found: Violation[] = [];
  for (const order of orders) {
    for (const line of order.lines) {
      const reserved = line.reservations.filter(isLive);
      const positioned = unitsOnStock(line);
      const quantity = reserved.reduce((sum, reservation) => sum + reservation.quantity, 0);
      found.push(
        ...violations('U3', `${order.id} ${line.id}`, [
          [quantity === positioned, `${quantity} units reserved, ${positioned} in RESERVED to READY`],
        ]),
      );
      for (const reservation of reserved) {
        const { components } = line;
        for (const goods of goodsOf({ sku: line.sku, quantity: reservation.quantity, components })) {
          const key = `${goods.sku} ${reservation.locationId}`;
          live.set(key, (live.get(key) ?? 0) + goods.quantity);
        }
      }
    }
  }
  for (const { sku, locationId, committed } of buckets) {
    const key = `${sku} ${locationId}`;
    found.push(
      ...violations('U3', key, [
        [committed === (live.get(key) ?? 0), `${committed} committed, ${live.get(key) ?? 0} reserved`],
      ]),
    );
    live.delete(key);
  }
  for (const [key, quantity] of live) {
    found.push({ invariant: 'U3', subject: key, message: `${quantity} units reserved in no bucket` });
  }
  return found;
}

/** U12: what is stored of a location's day is what the orders take of it: nothing is held twice, and what is given back is free. */
export function capacityMatches(orders: readonly Order[], stored: ReadonlyMap<string, CapacityUse>): Violation[] {
  const held = new Map<string, CapacityUse>();
  for (const order of orders) {
    for (const [key, { orders: count, units }] of capacityHeld(order)) {
      const before = held.get(key) ?? { orders: 0, units: 0 };
      held.set(key, { orders: before.orders + count, units: before.units + units });
    }
  }
  return [...new Set([...stored.keys(), ...held.keys()])].flatMap((key) => {
    const [is, should] = [stored.get(key), held.get(key)];
    const text = (use: CapacityUse | undefined) => `${use?.orders ?? 0} orders and ${use?.units ?? 0} units`;
    return violations('U12', key, [[text(is) === text(should), `${text(is)} stored, ${text(should)} held`]]);
  });
}

/** U4: each reservation ends once, and the units consumed are the units that left. */
export const reservationsEndOnce = (order: Order): Violation[] =>
  order.lines.flatMap((line) => {
    const consumed = line.reservations
      .filter(({ state }) => state === 'CONSUMED')
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const gone = unitsIn(line.positions, 'SHIPPED', 'DELIVERED', 'RETURNING', 'RETURNED', 'LOST');
    // No stock stands for digital units, wherever they are.
    const left = isDigital(line) ? 0 : gone;
    const ids = line.reservations.map(({ id }) => id);
    return violations('U4', `${order.id} ${line.id}`, [
      [consumed === left, `${consumed} units consumed, ${left} have left`],
      [new Set(ids).size === ids.length, 'two reservations have one id'],
    ]);
  });

/** U6: packed <= picked <= assigned - shorted; parcels hold what was packed. */
export const fulfillmentsAddUp = (order: Order): Violation[] =>
  order.fulfillments.flatMap((fulfillment) => {
    const inParcels = new Map<string, number>();
    for (const { lineId, quantity } of fulfillment.parcels.flatMap(({ contents }) => contents)) {
      inParcels.set(lineId, (inParcels.get(lineId) ?? 0) + quantity);
    }
    const packed = new Map<string, number>();
    for (const line of fulfillment.lines) packed.set(line.lineId, (packed.get(line.lineId) ?? 0) + line.packed);
    return violations('U6', fulfillment.id, [
      [
        fulfillment.lines.every((one) => one.packed <= one.picked && one.picked <= one.quantity - one.shorted),
        'packed <= picked <= assigned - shorted does not hold',
      ],
      [
        [...packed].every(([lineId, quantity]) => (inParcels.get(lineId) ?? 0) === quantity),
        'the parcels do not hold what was packed',
      ],
    ]);
  });

/** U9: re-routing moves commitments between locations and neither makes nor loses any: over all of them, the log's postings sum to what the lines hold. */
export const commitmentsConserved = (order: Order, events: readonly OrderEvent[]): Violation[] => {
  const posted = new Map<string, number>();
  for (const { sku, from, to, quantity } of events.flatMap(postingsOf)) {
    const change = (to === 'COMMITTED' ? quantity : 0) - (from === 'COMMITTED' ? quantity : 0);
    posted.set(sku, (posted.get(sku) ?? 0) + change);
  }
  const held = new Map<string, number>();
  for (const line of order.lines) {
    const { sku, components } = line;
    for (const goods of goodsOf({ sku, quantity: unitsOnStock(line), components })) {
      held.set(goods.sku, (held.get(goods.sku) ?? 0) + goods.quantity);
    }
  }
  return [...held].flatMap(([sku, quantity]) =>
    violations('U9', `${order.id} ${sku}`, [
      [(posted.get(sku) ?? 0) === quantity, `${posted.get(sku) ?? 0} committed over all locations, ${quantity} held`],
    ]),
  );
};

/** Units that reserved stock stands for. */
const unitsOnStock = (line: Line): number =>
  isDigital(line) ? 0 : unitsIn(line.positions, 'RESERVED', 'ASSIGNED', 'PICKED', 'PACKED', 'READY');

/**
 * U11: a kit's units are at a site with all their components or not at all: whatever moved a kit's units moved what it is made of, and at every
 * site the log's postings leave committed just what its lines' reservations there are made of.
 */
export const kitsAreWhole = (order: Order, events: readonly OrderEvent[]): Violation[] => {
  const parts = new Map<string, string>(
    order.lines.map(({ id, components }) => [id, JSON.stringify(components ?? [])]),
  );
  const incomplete = events.flatMap(({ id, data }) =>
    unitsNamedIn(data)
      .filter(({ lineId, components = [] }) => parts.get(lineId) !== JSON.stringify(components))
      .map(({ lineId }) => `${id} is about units of ${lineId} without what they are made of`),
  );
  const wanted = new Map<string, number>();
  for (const { sku, components, reservations } of order.lines) {
    for (const { locationId, quantity } of reservations.filter(isLive)) {
      for (const goods of goodsOf({ sku, quantity, components })) {
        const key = `${goods.sku} ${locationId}`;
        wanted.set(key, (wanted.get(key) ?? 0) + goods.quantity);
      }
    }
  }
  const posted = new Map<string, number>([...wanted.keys()].map((key) => [key, 0]));
  for (const { sku, locationId, from, to, quantity } of events.flatMap(postingsOf)) {
    const key = `${sku} ${locationId}`;
    const change = (to === 'COMMITTED' ? quantity : 0) - (from === 'COMMITTED' ? quantity : 0);
    posted.set(key, (posted.get(key) ?? 0) + change);
  }
  const torn = [...posted].flatMap(([key, quantity]) =>
    quantity === (wanted.get(key) ?? 0) ? [] : [`${quantity} of ${key} committed, ${wanted.get(key) ?? 0} needed`],
  );
  return violations(
    'U11',
    order.id,
    [...incomplete, ...torn].map((message) => [false, message] as const),
  );
};

interface NamedUnits {
  lineId: string;
  components?: unknown[];
}

/** Entries of an event that are about units on stock. */
function unitsNamedIn(data: OrderEvent['data']): NamedUnits[] {
  const { lines, reservations } = data as { lines?: unknown; reservations?: unknown };
  return [lines, reservations].flatMap((list) => (Array.isArray(list) ? list.filter(isUnits) : []));
}

const isUnits = (one: unknown): one is NamedUnits => typeof one === 'object' && one !== null && 'lineId' in one;

/**
 * U13: units that wait for supply wait as long as they may: what was canceled because its time was over was waiting, and its time was over.
 */
export function waitsAreKept(order: Order, events: readonly OrderEvent[]): Violation[] {
  const until = new Map<string, string[]>();
  return events.flatMap(({ id, type, data, at }) => {
    if (type === 'order.backordered') {
      const days = data.cancelAt === undefined ? [] : [data.cancelAt];
      for (const { lineId } of data.lines) until.set(lineId, [...(until.get(lineId) ?? []), ...days]);
    }
    const cancels =
      type === 'order.remainder_canceled' || type === 'order.cancellation_started' || type === 'order.canceled';
    if (!cancels || data.reason !== 'backorder_deadline') return [];
    return violations(
      'U13',
      order.id,
      data.lines.flatMap(({ lineId, from }) => [
        [from === 'BACKORDERED', `${id} cancels units of ${lineId} in ${from}`] as const,
        [(until.get(lineId) ?? []).some((day) => day <= at), `${id} cancels ${lineId} before its time`] as const,
      ]),
    );
  });
}

/**
 * U14: what is kept together is reserved at one site by the plan that reserves it, and so is a line that is not split. What a cart held has had its sites
 * before there was an order.
 */
export function togetherIsTogether(order: Order, events: readonly OrderEvent[]): Violation[] {
  const bundles = new Map<string, string>(
    order.lines.flatMap(({ id, keepTogether, splittable }) => {
      if (keepTogether !== undefined) return [[id, `group ${keepTogether}`]];
      return splittable === false ? [[id, id]] : [];
    }),
  );
  return events.flatMap(({ id, type, data }) => {
    if (type !== 'reservation.created' || data.cartHold) return [];
    const bundled = data.reservations.filter(({ lineId }) => bundles.has(lineId));
    return [...Map.groupBy(bundled, ({ lineId }) => bundles.get(lineId))].flatMap(([bundle, reservations]) => {
      const sites = new Set(reservations.map(({ locationId }) => locationId));
      return violations('U14', order.id, [[sites.size === 1, `${id} reserves ${bundle} at ${[...sites].join(', ')}`]]);
    });
  });
}

/** P1: event numbers are gapless from 1; each accepted command raised the version by 1. */
export const logIsGapless = (events: readonly OrderEvent[]): Violation[] => {
  const subject = events[0]?.orderId ?? 'empty log';
  return violations('P1', subject, [
    [events.every(({ sequence }, index) => sequence === index + 1), 'the sequence has a gap or a repetition'],
    [
      events.every(({ version }, index) => {
        const previous = events[index - 1]?.version ?? 0;
        return version === previous || version === previous + 1;
      }),
      'the version does not rise by 1 a command',
    ],
  ]);
};

/** P5: what is stored is what the log folds to. */
export const stateIsFold = (order: Order, events: readonly OrderEvent[]): Violation[] =>
  violations('P5', order.id, [
    [canonical(fold(events)) === canonical(order), 'the stored order is not the fold of its log'],
  ]);

/** P5 for stock: the buckets are what they started with plus the postings of all logs. */
export const stockIsFold = (
  start: readonly Bucket[],
  logs: readonly OrderEvent[],
  now: readonly Bucket[],
): Violation[] => bucketsAreFold('P5', start, logs.flatMap(postingsOf), now);

/** U10: the buckets are the fold of the ledger: entries of operators, and events of orders. */
export const stockIsFoldOfLedger = (
  start: readonly Bucket[],
  entries: readonly StockAdjusted[],
  orders: readonly OrderEvent[],
  now: readonly Bucket[],
): Violation[] =>
  bucketsAreFold('U10', start, [...entries.flatMap(postingsOfEntry), ...orders.flatMap(postingsOf)], now);

function bucketsAreFold(
  invariant: 'P5' | 'U10',
  start: readonly Bucket[],
  postings: readonly Posting[],
  now: readonly Bucket[],
): Violation[] {
  const changes = new Map(bucketChanges(postings).map((change) => [`${change.sku} ${change.locationId}`, change]));
  const first = new Map(start.map((bucket) => [`${bucket.sku} ${bucket.locationId}`, bucket]));
  return now.flatMap((bucket) => {
    const key = `${bucket.sku} ${bucket.locationId}`;
    const wrong = bucketCounters.filter(
      (counter) => bucket[counter] !== (first.get(key)?.[counter] ?? 0) + (changes.get(key)?.[counter] ?? 0),
    );
    return violations(invariant, key, [[wrong.length === 0, `not the fold of the postings: ${wrong.join(', ')}`]]);
  });
}

/** U9: what left with a transfer has arrived, is lost, is back or is in transit; the ledger's account of what is in transit says the same. */
export function transfersConserve(transfers: readonly Transfer[], entries: readonly StockAdjusted[]): Violation[] {
  const onTheWay = new Map<string, number>();
  for (const entry of entries) {
    for (const { sku, from, to, quantity } of postingsOfEntry(entry)) {
      const key = `${entry.reference?.id} ${sku}`;
      if (to === 'IN_TRANSIT') onTheWay.set(key, (onTheWay.get(key) ?? 0) + quantity);
      if (from === 'IN_TRANSIT') onTheWay.set(key, (onTheWay.get(key) ?? 0) - quantity);
    }
  }
  return transfers.flatMap((transfer) =>
    transfer.lines.flatMap((line) => {
      const left = inTransit(line);
      const booked = onTheWay.get(`${transfer.id} ${line.sku}`) ?? 0;
      return violations('U9', `${transfer.id} ${line.sku}`, [
        [left >= 0 && Math.min(line.received, line.lost, line.returned) >= 0, 'more arrived than left'],
        [left === booked, `${left} in transit, ${booked} in the ledger`],
        [left === 0 || transfer.status === 'in_transit', `${left} units of a closed transfer are nowhere`],
      ]);
    }),
  );
}

/** Everything that can be said of one order and its log. */
export const auditOrder = (order: Order, events: readonly OrderEvent[]): Violation[] => [
  ...unitsArePositioned(order),
  ...reservationsEndOnce(order),
  ...fulfillmentsAddUp(order),
  ...commitmentsConserved(order, events),
  ...kitsAreWhole(order, events),
  ...waitsAreKept(order, events),
  ...togetherIsTogether(order, events),
  ...moneyIsBounded(order),
  ...whatLeftIsInvoiced(order),
  ...invoicesAreOfUnits(order),
  ...invoicesAddUp(order),
  ...endsBalanced(order, events),
  ...ledgerBalances(events),
  ...logIsGapless(events),
  ...stateIsFold(order, events),
];

/** JSON with sorted keys: equality of values whatever order their fields were set in. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
