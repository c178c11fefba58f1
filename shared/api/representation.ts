import { amountsOfLine, unbilledAmount } from '../domain/billing.ts';
import { isCreditable } from '../domain/credit.ts';
import { possibleVerbs } from '../domain/decide/fulfill.ts';
import { decide } from '../domain/decide.ts';
import { nextActionOf } from '../domain/next-action.ts';
import { type Address, type Fulfillment, isOver, type Line, type Order, type Payment } from '../domain/order.ts';
import type { Policy } from '../domain/policy.ts';
import { Position, unitsIn } from '../domain/positions.ts';
import type { TaxMode } from '../domain/pricing/priced.ts';
import { owed, received, settlement } from '../domain/settlement.ts';
import { fulfillmentStatusOf, paymentStatusOf, statusOf } from '../domain/status.ts';

import { representCharge, representDocument, representPrice, representTotals } from './price-representation.ts';

/**
 * Orders as clients see them. Every object is written out field by field: an order folded from its events and one read from its items
 * hold the same values in another order of keys, and a replayed answer must be the same bytes. Undefined fields vanish in JSON.
 */
export function representOrder(order: Order, policy: Policy) {
  return {
    id: order.id,
    externalId: order.externalId,
    channel: order.channel,
    status: statusOf(order),
    lifecycle: order.lifecycle,
    fulfillmentStatus: fulfillmentStatusOf(order),
    paymentStatus: paymentStatusOf(order),
    currency: order.currency,
    total: order.total,
    totals: representTotals(order),
    taxMode: order.taxMode,
    tax: order.tax && { status: order.tax.status },
    purchaseOrderNumber: order.purchaseOrderNumber,
    priority: order.priority,
    balance: balanceOf(order),
    customer: { id: order.customer.id, locale: order.customer.locale },
    contact: order.contact && { email: order.contact.email, name: order.contact.name, phone: order.contact.phone },
    billing: order.billing && {
      company: order.billing.company,
      taxId: order.billing.taxId,
      address: order.billing.address && representAddress(order.billing.address),
    },
    lines: order.lines.map((line) => representLine(line, order.taxMode)),
    charges: order.charges.map((charge) => representCharge(charge, order.taxMode)),
    delivery: representDelivery(order.delivery),
    fulfillments: order.fulfillments.map((one) => fulfillmentFields(order, one)),
    payments: order.payments.map(representPayment),
    invoices: order.invoices.map(representDocument),
    creditMemos: order.creditMemos.map(representDocument),
    holds: order.holds.map(({ handle, reason, owner, note, placedAt, cancelAt }) => ({
      handle,
      reason,
      owner,
      note,
      placedAt,
      cancelAt,
    })),
    exceptions: order.exceptions.map(representException),
    nextAction: nextActionOf(order, policy),
    possibleCommands: possibleCommands(order, policy),
    endReason: order.endReason,
    riskLevel: order.risk?.level,
    risk: order.risk && representRisk(order.risk),
    version: order.version,
    placedBy: { id: order.placedBy.id, role: order.placedBy.role },
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    deliveredAt: order.deliveredAt,
    receiptConfirmedAt: order.receiptConfirmedAt,
    closedAt: order.closedAt,
  };
}

/** A fulfillment order by itself, with what its location must know of the order. */
export const representFulfillment = (order: Order, fulfillment: Fulfillment) => ({
  ...fulfillmentFields(order, fulfillment),
  order: { id: order.id, status: statusOf(order), version: order.version },
});

const representLine = (line: Line, mode: TaxMode) => ({
  id: line.id,
  sku: line.sku,
  title: line.title,
  kind: line.kind ?? (line.components ? 'kit' : 'physical'),
  components: line.components?.map(({ sku, perUnit }) => ({ sku, perUnit })),
  customization: line.customization && {
    capability: line.customization.capability,
    instructions: line.customization.instructions,
  },
  quantity: line.quantity,
  splittable: line.splittable,
  keepTogether: line.keepTogether,
  unitPrice: line.unitPrice,
  ...representPrice(line, amountsOfLine(line, mode)),
  excludedSites: line.excludedSites,
  waitsUntil: unitsIn(line.positions, 'BACKORDERED') > 0 ? line.waitsUntil : undefined,
  positions: Object.fromEntries(
    Position.options.filter((at) => unitsIn(line.positions, at) > 0).map((at) => [at, unitsIn(line.positions, at)]),
  ),
  reservations: line.reservations.map(({ id, locationId, quantity, state, fulfillmentId }) => ({
    id,
    locationId,
    quantity,
    state,
    fulfillmentId,
  })),
});

const representDelivery = ({ id, method, service, country, promisedBy, address }: Order['delivery']) => ({
  id,
  method,
  service,
  country,
  promisedBy,
  address: address && representAddress(address),
});

const representAddress = (address: Address) => ({
  name: address.name,
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  region: address.region,
  postalCode: address.postalCode,
  country: address.country,
  coordinates: address.coordinates && {
    latitude: address.coordinates.latitude,
    longitude: address.coordinates.longitude,
  },
});

const fulfillmentFields = (order: Order, one: Fulfillment) => ({
  id: one.id,
  orderId: one.orderId,
  locationId: one.locationId,
  status: one.status,
  endReason: one.endReason,
  lines: one.lines.map(({ lineId, sku, reservationId, quantity, components, picked, packed, shorted }) => ({
    lineId,
    sku,
    reservationId,
    quantity,
    components: components?.map(({ sku: part, perUnit }) => ({ sku: part, perUnit, quantity: perUnit * quantity })),
    picked,
    packed,
    shorted,
  })),
  workOrder: workOrderOf(order, one),
  parcels: one.parcels.map(({ id, contents }) => ({
    id,
    contents: contents.map(({ lineId, quantity }) => ({ lineId, quantity })),
  })),
  shipment: one.shipment && {
    carrier: one.shipment.carrier,
    service: one.shipment.service,
    trackingNumber: one.shipment.trackingNumber,
    trackingUrl: one.shipment.trackingUrl,
  },
  fundsSecured: one.fundsSecured,
  possibleCommands: verbsNow(order, one),
  createdAt: one.createdAt,
  updatedAt: one.updatedAt,
});

/** What the location is to make of customized units, and how far it is. */
function workOrderOf(order: Order, { lines, customization }: Fulfillment) {
  const customized = lines.filter(({ capability }) => capability !== undefined);
  if (customized.length === 0) return undefined;
  const wanted = new Map(order.lines.map(({ id, customization: wish }) => [id, wish?.instructions]));
  const started = customization ? 'IN_PROGRESS' : 'TO_DO';
  return {
    status: customization?.finishedAt ? 'DONE' : started,
    startedAt: customization?.startedAt,
    finishedAt: customization?.finishedAt,
    lines: customized.map(({ lineId, sku, quantity, capability }) => ({
      lineId,
      sku,
      quantity,
      capability,
      instructions: wanted.get(lineId),
    })),
  };
}

/** Without the token and without the provider's references: nobody who reads an order needs them. */
const representPayment = (payment: Payment) => ({
  id: payment.id,
  method: payment.method,
  status: payment.status,
  amount: payment.amount,
  authorized: payment.authorized,
  captured: payment.captured,
  voided: payment.voided,
  refunded: payment.refunded,
  declineReason: payment.declineReason,
  action: payment.action,
  expiresAt: payment.expiresAt,
  replaces: payment.replaces,
  chargebacks: payment.chargebacks?.map(representChargeback),
  captures: payment.captures.map(({ id, fulfillmentId, amount, refunded }) => ({
    id,
    fulfillmentId,
    amount,
    refunded,
  })),
  refunds: payment.refunds?.map(({ id, captureId, amount, status, to, reason, isRetried }) => ({
    id,
    captureId,
    amount,
    status,
    to,
    reason,
    isRetried,
  })),
});

const representChargeback = (one: NonNullable<Payment['chargebacks']>[number]) => ({
  id: one.id,
  captureId: one.captureId,
  amount: one.amount,
  reason: one.reason,
  status: one.status,
  respondBy: one.respondBy,
  openedAt: one.openedAt,
  closedAt: one.closedAt,
});

const representRisk = ({
  level,
  decision,
  score,
  reasons,
  provider,
  screenedAt,
  review,
}: NonNullable<Order['risk']>) => ({
  level,
  decision,
  score,
  reasons,
  provider,
  screenedAt,
  review: review && { outcome: review.outcome, by: review.by, at: review.at },
});

const representException = (one: Order['exceptions'][number]) => ({
  id: one.id,
  category: one.category,
  status: one.status,
  workflow: one.workflow,
  fulfillmentId: one.fulfillmentId,
  error: one.error,
  cause: one.cause,
  suggestedCommands: one.suggestedCommands,
  openedAt: one.openedAt,
  resolvedAt: one.resolvedAt,
});

/** What still may be owed: what is invoiced less what is credited, and what may yet be invoiced. */
function balanceOf(order: Order) {
  const sum = (pick: (payment: Payment) => number) =>
    order.payments.reduce((total, payment) => total + pick(payment), 0);
  return {
    authorized: sum(({ authorized }) => authorized),
    captured: sum(({ captured }) => captured),
    refunded: sum(({ refunded }) => refunded),
    voided: sum(({ voided }) => voided),
    invoiced: order.invoices.reduce((total, one) => total + one.total.gross, 0),
    credited: order.creditMemos.reduce((total, one) => total + one.total.gross, 0),
    due: owed(order) + unbilledAmount(order) - received(order),
  };
}

/** A hold stops a location from beginning and from handing over, not what is in between. */
const verbsNow = (order: Order, fulfillment: Fulfillment): string[] => {
  if (order.canceling) return [];
  const stopped = order.holds.length > 0 ? ['accept', 'startCustomization', 'ship'] : [];
  return possibleVerbs(fulfillment).filter((verb) => !stopped.includes(verb));
};

/** Asks the domain itself, as somebody who may do everything. Names are those of the commands. */
function possibleCommands(order: Order, policy: Policy): string[] {
  const context = { now: order.updatedAt, actor: { id: 'anybody', role: 'admin' }, policy } as const;
  const would = (command: Parameters<typeof decide>[1]) => {
    const decision = decide(order, command, context);
    return decision.ok && decision.events.length > 0;
  };
  const holds = order.holds.map(({ handle }) => handle);
  return [
    ...(would({ type: 'cancel', reason: 'asked' }) ? ['cancel'] : []),
    ...(would({ type: 'cancelRemainder', reason: 'asked' }) ? ['cancelRemainder'] : []),
    ...(would({ type: 'requestCapture' }) ? ['requestCapture'] : []),
    ...(isCreditable(order) ? ['postCreditMemo'] : []),
    ...(order.payments.some(({ refunds }) => refunds) && settlement(order).unplaced > 0 ? ['recordRefund'] : []),
    ...(isOver(order) || order.canceling ? [] : ['hold']),
    ...(holds.some((handle) => would({ type: 'releaseHold', handle })) ? ['releaseHold'] : []),
    ...(order.exceptions.some(({ status }) => status === 'OPEN') ? ['retry'] : []),
    ...(would({ type: 'confirmReceipt' }) ? ['confirmReceipt'] : []),
    ...new Set(order.fulfillments.flatMap((one) => verbsNow(order, one))),
  ];
}
