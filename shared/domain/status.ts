import { lapsesAt } from './lapse.ts';
import { chargedBack, type Order } from './order.ts';
import { type Position, unitsIn } from './positions.ts';
import { openAuthorization, owed } from './settlement.ts';

/**
 * Statuses are derived, never set: ordered lists of rules over positions and money, the first that holds wins.
 */
type Rules<S extends string> = readonly (readonly [status: S, holds: (order: Order) => boolean])[];

const some =
  (...at: Position[]) =>
  (order: Order) =>
    order.lines.some((line) => unitsIn(line.positions, ...at) > 0);

/** Every unit that is not canceled is at one of these positions, and there is one. */
const all =
  (...at: Position[]) =>
  (order: Order) =>
    some(...at)(order) && order.lines.every((line) => unitsIn(line.positions, 'CANCELED', ...at) === line.quantity);

export type FulfillmentProgress =
  | 'CANCELED'
  | 'RETURNED'
  | 'PARTIALLY_RETURNED'
  | 'RETURN_IN_PROGRESS'
  | 'DELIVERED'
  | 'PARTIALLY_DELIVERED'
  | 'SHIPPED'
  | 'PARTIALLY_SHIPPED'
  | 'READY_FOR_PICKUP'
  | 'PACKED'
  | 'PICKING'
  | 'ASSIGNED'
  | 'ON_HOLD'
  | 'BACKORDERED'
  | 'RESERVED'
  | 'OPEN';

/** How far the goods are, once a location has them in hand. */
const progressRules = [
  ['RETURNED', all('RETURNED')],
  ['PARTIALLY_RETURNED', some('RETURNED')],
  ['RETURN_IN_PROGRESS', some('RETURNING')],
  ['DELIVERED', all('DELIVERED')],
  ['PARTIALLY_DELIVERED', some('DELIVERED')],
  ['SHIPPED', all('SHIPPED', 'LOST')],
  ['PARTIALLY_SHIPPED', some('SHIPPED', 'LOST')],
  ['READY_FOR_PICKUP', some('READY')],
  ['PACKED', all('PACKED')],
  ['PICKING', some('PICKED', 'PACKED')],
] as const satisfies Rules<FulfillmentProgress>;

const fulfillmentRules: Rules<FulfillmentProgress> = [
  ['CANCELED', (order) => order.lines.every((line) => unitsIn(line.positions, 'CANCELED') === line.quantity)],
  ...progressRules,
  ['ON_HOLD', (order) => order.holds.length > 0],
  ['BACKORDERED', some('BACKORDERED')],
  ['ASSIGNED', some('ASSIGNED')],
  ['RESERVED', all('RESERVED')],
  ['OPEN', () => true],
];

export type PaymentProgress =
  | 'FAILED'
  | 'CHARGEBACK'
  | 'OVERCAPTURED'
  | 'REFUNDED'
  | 'PARTIALLY_REFUNDED'
  | 'PAID'
  | 'PARTIALLY_CAPTURED'
  | 'AUTHORIZED'
  | 'PARTIALLY_AUTHORIZED'
  | 'EXPIRING'
  | 'VOIDED'
  | 'PENDING'
  | 'NONE';

const money = (order: Order) => {
  const sum = (pick: (payment: Order['payments'][number]) => number) =>
    order.payments.reduce((total, payment) => total + pick(payment), 0);
  return {
    captured: sum(({ captured }) => captured),
    refunded: sum(({ refunded }) => refunded),
    voided: sum(({ voided }) => voided),
    open: sum(openAuthorization),
  };
};

const paymentRules: Rules<PaymentProgress> = [
  ['NONE', ({ payments }) => payments.length === 0],
  ['CHARGEBACK', ({ payments }) => payments.some((payment) => chargedBack(payment) > 0)],
  ['OVERCAPTURED', (order) => money(order).captured - money(order).refunded > Math.max(order.total, owed(order))],
  ['REFUNDED', (order) => money(order).captured > 0 && money(order).refunded === money(order).captured],
  ['PARTIALLY_REFUNDED', (order) => money(order).refunded > 0],
  [
    'PAID',
    // A free order is paid by its invoice of nothing.
    (order) => money(order).captured >= order.total && (money(order).captured > 0 || order.invoices.length > 0),
  ],
  ['EXPIRING', (order) => lapsesAt(order) !== undefined],
  ['PARTIALLY_CAPTURED', (order) => money(order).captured > 0],
  [
    'AUTHORIZED',
    (order) => order.payments.some(({ status }) => status === 'AUTHORIZED') && money(order).open >= order.total,
  ],
  ['PARTIALLY_AUTHORIZED', (order) => money(order).open > 0],
  ['VOIDED', (order) => money(order).voided > 0],
  ['FAILED', ({ payments }) => payments.every(({ status }) => status === 'DECLINED')],
  ['PENDING', () => true],
];

/** The one word for lists and people. CONFIRMED covers released orders until a location starts to pick. */
export type OrderStatus =
  | 'PLACED'
  | 'CONFIRMED'
  | 'ON_HOLD'
  | 'BACKORDERED'
  | 'REJECTED'
  | 'CANCELED'
  | FulfillmentProgress;

const statusRules: Rules<OrderStatus> = [
  ['REJECTED', ({ lifecycle }) => lifecycle === 'REJECTED'],
  ['CANCELED', ({ lifecycle }) => lifecycle === 'CANCELED'],
  ...progressRules,
  ['ON_HOLD', ({ holds }) => holds.length > 0],
  ['BACKORDERED', some('BACKORDERED')],
  ['CONFIRMED', ({ lifecycle }) => lifecycle === 'CONFIRMED' || lifecycle === 'RELEASED'],
  ['PLACED', () => true],
];

const first = <S extends string>(rules: Rules<S>, order: Order): S => {
  const rule = rules.find(([, holds]) => holds(order));
  if (!rule) throw new Error('the last rule always holds');
  return rule[0];
};

export const fulfillmentStatusOf = (order: Order): FulfillmentProgress => first(fulfillmentRules, order);
export const paymentStatusOf = (order: Order): PaymentProgress => first(paymentRules, order);
export const statusOf = (order: Order): OrderStatus => first(statusRules, order);

const names = <S extends string>(rules: Rules<S>): S[] => [...new Set(rules.map(([status]) => status))];

export const orderStatuses = names(statusRules);
export const fulfillmentStatuses = names(fulfillmentRules);
export const paymentStatuses = names(paymentRules);
