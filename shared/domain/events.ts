import * as z from 'zod';
import { Actor } from './actor.ts';
import { Skill } from './customization.ts';
import { Candidate, chargeback, moved, receivable, refundLeg, reserved, units } from './event-parts.ts';
import type { Secrets } from './event-secrets.ts';
import { FraudDecision, RiskLevel } from './fraud/screening.ts';
import { FulfillmentId, LineId, LocationId, type OrderId, PaymentId, Sku } from './ids.ts';
import { CreditMemo, Invoice } from './invoice.ts';
import { Component } from './kit.ts';
import { ShippingService } from './location.ts';
import { Amount, Currency } from './money.ts';
import {
  GroupName,
  HoldReason,
  Instant,
  Lifecycle,
  Parcel,
  ProcessException,
  Quantity,
  Refund,
  RejectReason,
  Shipment,
  ShortReason,
} from './order.ts';
import { PaymentMethod } from './payment-method.ts';
import { CapturePolicy, ChargePolicy } from './policy.ts';
import { Position } from './positions.ts';
import { Charge, ChargeId, Discount, Tax, TaxClass, TaxMode } from './pricing/priced.ts';
import { CartHoldId, HeldUnits } from './stock/cart-hold.ts';

/**
 * What happened to an order. `data` is public: it goes on the bus and to partners, so it holds ids, never personal data, never a token.
 * What must stay in the store travels beside it as `secret` (see `Secrets`) and is dropped by the publisher.
 * Schemas are loose: a reader accepts fields that a later version adds.
 */
export const eventData = {
  'order.placed': z.looseObject({
    externalId: z.string(),
    channel: z.string(),
    currency: Currency,
    customer: z.object({ id: z.string(), locale: z.string().optional() }),
    lines: z.array(
      z.object({
        id: LineId,
        sku: Sku,
        title: z.string().optional(),
        kind: z.literal('digital').optional(),
        components: z.array(Component).optional(),
        /** What the customer wants there is the store's own: it may be a name. */
        customization: z.object({ capability: Skill }).optional(),
        quantity: Quantity,
        splittable: z.boolean().optional(),
        keepTogether: GroupName.optional(),
        unitPrice: Amount,
        discounts: z.array(Discount).optional(),
        taxClass: TaxClass.optional(),
        taxes: z.array(Tax).optional(),
      }),
    ),
    charges: z.array(Charge).optional(),
    taxMode: TaxMode.optional(),
    /** We are to find the taxes: `order.taxed` says them. */
    tax: z.literal('PENDING').optional(),
    capture: CapturePolicy.optional(),
    shippingCharge: ChargePolicy.optional(),
    purchaseOrderNumber: z.string().optional(),
    delivery: z.object({
      method: z.literal('ship'),
      service: ShippingService,
      country: z.string(),
      promisedBy: Instant.optional(),
    }),
    payments: z.array(z.object({ id: PaymentId, method: PaymentMethod, amount: Amount })).optional(),
    /** The only one, in events of version 0.1. */
    payment: z.object({ id: PaymentId, method: PaymentMethod, amount: Amount }).optional(),
    total: Amount,
    priority: z.int().min(0).max(9).optional(),
    placedBy: Actor,
  }),
  'order.taxed': z.looseObject({
    lines: z.array(z.object({ lineId: LineId, taxes: z.array(Tax) })),
    charges: z.array(z.object({ chargeId: ChargeId, taxes: z.array(Tax) })),
    total: Amount,
    /** What the tax provider calls its answer. */
    reference: z.string().optional(),
  }),
  'reservation.created': z.looseObject({
    reservations: z.array(
      reserved.extend({
        /** The location's day whose capacity it takes, if the location declares one. */
        capacityDay: z.iso.date().optional(),
      }),
    ),
    /** Why these sites: who was asked, what each could cover. */
    routing: z.object({ candidates: z.array(Candidate), sites: z.int().min(0) }),
    /** The units come from this hold of the customer's cart; what of it no line asked for is for sale again. */
    cartHold: z.object({ id: CartHoldId, released: z.array(HeldUnits) }).optional(),
  }),
  'reservation.released': z.looseObject({ reservations: z.array(reserved), reason: z.string() }),
  'order.backordered': z.looseObject({
    lines: z.array(units),
    /** What has no stock by then is canceled. Absent: it waits on. */
    cancelAt: Instant.optional(),
  }),
  'order.confirmed': z.looseObject({ total: Amount, currency: Currency }),
  'order.rejected': z.looseObject({ reason: z.string(), lines: z.array(units.extend({ from: Position })) }),
  'order.released': z.looseObject({
    fulfillments: z.array(FulfillmentId),
    /** Digital units, delivered next. */
    digital: z.array(units).optional(),
    /** Money is to be taken now. */
    collect: z.literal(true).optional(),
  }),
  'order.hold.placed': z.looseObject({
    handle: z.string(),
    reason: HoldReason,
    owner: z.string(),
    note: z.string().optional(),
    cancelAt: Instant.optional(),
  }),
  'order.hold.released': z.looseObject({
    handle: z.string(),
    reason: HoldReason,
    holdsLeft: z.int().min(0),
    /** Where the order stood: what goes on when no hold is left. Absent in events of version 0.3 and before. */
    lifecycle: Lifecycle.optional(),
    /** Digital units are still to be delivered. */
    digital: z.boolean().optional(),
  }),
  'order.cancellation_started': z.looseObject({
    reason: z.string(),
    lines: z.array(units.extend({ from: Position })),
    reservations: z.array(reserved),
  }),
  'order.canceled': z.looseObject({
    reason: z.string(),
    lines: z.array(units.extend({ from: Position })),
    reservations: z.array(reserved),
  }),
  'order.remainder_canceled': z.looseObject({
    reason: z.string(),
    lines: z.array(units.extend({ from: Position })),
    reservations: z.array(reserved),
    /** Nothing of the order is on its way any more, and something of it has arrived. */
    orderDelivered: z.boolean(),
    /** Where the order stood, if that was not RELEASED: what is left goes on from there. */
    lifecycle: Lifecycle.optional(),
  }),
  'order.closed': z.looseObject({ captured: Amount, refunded: Amount }),
  'payment.authorized': z.looseObject({
    paymentId: PaymentId,
    amount: Amount,
    currency: Currency,
    providerReference: z.string(),
    /** When it lapses, where the provider says it. */
    expiresAt: Instant.optional(),
  }),
  /** Another way to pay, after one was declined. */
  'payment.requested': z.looseObject({
    paymentId: PaymentId,
    method: PaymentMethod,
    amount: Amount,
    currency: Currency,
    /** The authorization in whose place it is: it lapsed, or is about to. */
    replaces: PaymentId.optional(),
  }),
  /** An authorization lapses soon, and the order still needs it. */
  'payment.lapsing': z.looseObject({
    paymentId: PaymentId,
    amount: Amount,
    currency: Currency,
    expiresAt: Instant,
    /** Nothing of the order can be packed before supply comes: it is left to lapse, and the card asked again then. */
    awaitsStock: z.boolean(),
  }),
  /** The bank wants to see the customer (3-D Secure): the order shows where. */
  'payment.action_required': z.looseObject({
    paymentId: PaymentId,
    amount: Amount,
    currency: Currency,
    providerReference: z.string(),
  }),
  /** What was authorized and not captured is no longer so, by the bank or the provider. */
  'payment.expired': z.looseObject({
    paymentId: PaymentId,
    amount: Amount,
    currency: Currency,
    reason: z.enum(['lapsed', 'canceled']),
  }),
  'payment.declined': z.looseObject({ paymentId: PaymentId, amount: Amount, currency: Currency, reason: z.string() }),
  'payment.capture_requested': z.looseObject({ amount: Amount, currency: Currency, total: Amount }),
  'payment.captured': z.looseObject({
    paymentId: PaymentId,
    /** Money that came by itself (a bank transfer, cash): what it is known by there. */
    receipt: z.string().optional(),
    captureId: z.string(),
    /** Absent: for digital units, or taken ahead (a deposit). */
    fulfillmentId: FulfillmentId.optional(),
    /** Absent: card. */
    method: PaymentMethod.optional(),
    amount: Amount,
    currency: Currency,
    providerReference: z.string(),
    receivable: receivable.optional(),
  }),
  'payment.voided': z.looseObject({ paymentId: PaymentId, amount: Amount, currency: Currency }),
  'payment.refunded': z.looseObject({
    paymentId: PaymentId,
    captureId: z.string(),
    /** Absent: card. */
    method: PaymentMethod.optional(),
    amount: Amount,
    currency: Currency,
    providerReference: z.string(),
    receivable: receivable.optional(),
    refundId: z.string().optional(),
    /** Absent: to where it came from. */
    to: Refund.shape.to,
  }),
  'payment.refund_requested': z.looseObject({ ...refundLeg }),
  'payment.refund_failed': z.looseObject({ ...refundLeg, reason: z.string() }),
  /** The bank has sent back what had been given back. */
  'payment.refund_reversed': z.looseObject({
    ...refundLeg,
    /** Absent: card. */
    method: PaymentMethod.optional(),
    reason: z.string(),
    providerReference: z.string(),
    receivable: receivable.optional(),
  }),
  'invoice.posted': z.looseObject({ invoice: Invoice, currency: Currency, receivable }),
  'credit_memo.posted': z.looseObject({ creditMemo: CreditMemo, currency: Currency, receivable }),
  'fulfillment.created': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    lines: z.array(units.extend({ reservationId: z.string(), capability: Skill.optional() })),
  }),
  'fulfillment.accepted': z.looseObject({ fulfillmentId: FulfillmentId, locationId: LocationId }),
  'fulfillment.rejected': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    moved,
    reason: RejectReason,
    note: z.string().optional(),
    reservations: z.array(reserved),
    /** Where the units went: to be sold again, or blocked until they are counted. */
    stock: z.enum(['AVAILABLE', 'DAMAGED', 'QUARANTINE']),
    /** The site is not asked again for these SKUs of this order. */
    excluded: z.boolean(),
    /** Sites that have failed these units, this one included. */
    attempts: z.int().min(0),
    /** The same transaction found another site: there is nothing to re-route. */
    rerouted: z.boolean(),
  }),
  'customization.started': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    lines: z.array(units.extend({ capability: Skill })),
  }),
  'customization.finished': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    lines: z.array(units.extend({ capability: Skill })),
  }),
  'fulfillment.shorted': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    moved,
    lines: z.array(
      reserved.extend({
        reason: ShortReason,
        /** Of a kit: pieces that were not there. The others of its units are back on the shelf. Absent: all of them. */
        missing: z.array(z.object({ sku: Sku, quantity: z.int().positive() })).optional(),
      }),
    ),
  }),
  'fulfillment.picked': z.looseObject({ fulfillmentId: FulfillmentId, locationId: LocationId, lines: z.array(units) }),
  'fulfillment.packed': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    lines: z.array(units),
    parcels: z.array(Parcel),
  }),
  'fulfillment.canceled': z.looseObject({ fulfillmentId: FulfillmentId, locationId: LocationId, reason: z.string() }),
  'shipment.labeled': z.looseObject({ fulfillmentId: FulfillmentId, shipment: Shipment }),
  'fulfillment.shipped': z.looseObject({
    fulfillmentId: FulfillmentId,
    locationId: LocationId,
    shipment: Shipment,
    reservations: z.array(reserved),
    /** What the customer owes for these units, as invoiced. Minor units. */
    value: Amount,
    currency: Currency,
    /** Money is to be taken now. */
    collect: z.literal(true).optional(),
  }),
  'fulfillment.delivered': z.looseObject({
    fulfillmentId: FulfillmentId,
    lines: z.array(units),
    orderDelivered: z.boolean(),
    /** Nothing is to be voided or refunded. Events from before it was written say nothing. */
    settled: z.boolean().optional(),
    /** Money is to be taken now. */
    collect: z.literal(true).optional(),
  }),
  'digital.started': z.looseObject({ lines: z.array(units) }),
  'digital.delivered': z.looseObject({
    lines: z.array(units),
    /** What the customer owes for these units, as invoiced. Minor units. */
    value: Amount,
    currency: Currency,
    orderDelivered: z.boolean(),
    /** Nothing is to be voided or refunded. */
    settled: z.boolean(),
  }),
  'fraud.screened': z.looseObject({
    decision: FraudDecision,
    level: RiskLevel,
    score: z.int().min(0).max(100),
    reasons: z.array(z.string()),
    provider: z.string(),
  }),
  'payment.chargeback': chargeback.extend({ reason: z.string(), respondBy: Instant.optional() }),
  'payment.chargeback_closed': chargeback.extend({ outcome: z.enum(['WON', 'LOST']) }),
  'receipt.confirmed': z.looseObject({ confirmedBy: z.string() }),
  'exception.opened': ProcessException.pick({
    id: true,
    category: true,
    workflow: true,
    fulfillmentId: true,
    error: true,
    cause: true,
    suggestedCommands: true,
  }).loose(),
  'exception.resolved': z.looseObject({
    exceptionId: z.string(),
    workflow: z.string(),
    fulfillmentId: FulfillmentId.optional(),
    retry: z.boolean(),
    moved,
  }),
} as const;

export type EventType = keyof typeof eventData;
export const eventTypes = Object.keys(eventData) as EventType[];

export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>;

export type SecretOf<T extends EventType> = T extends keyof Secrets ? Secrets[T] : never;

/** What `decide` proposes: the shell adds ids and numbers. */
export type NewEvent = { [T in EventType]: { type: T; data: EventData<T>; secret?: SecretOf<T> } }[EventType];

/** An event as it stands in the log. */
export type OrderEvent = NewEvent & {
  id: string;
  orderId: OrderId;
  sequence: number;
  /** The order's version after the command that caused this event. */
  version: number;
  at: string;
  actor: Actor;
  correlationId: string;
  causationId: string;
};
