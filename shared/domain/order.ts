import * as z from 'zod';
import { Actor } from './actor.ts';
import { CardFacts } from './card-facts.ts';
import { Customization } from './customization.ts';
import { Coordinates } from './distance.ts';
import { Risk } from './fraud/risk.ts';
import { FulfillmentId, LineId, LocationId, OrderId, PaymentId, Sku } from './ids.ts';
import type { KeptCreditMemo, KeptInvoice } from './invoice.ts';
import { Component } from './kit.ts';
import { ShippingService } from './location.ts';
import { Amount, Currency } from './money.ts';
import { PaymentMethod } from './payment-method.ts';
import { CapturePolicy, ChargePolicy } from './policy.ts';
import { Positions } from './positions.ts';
import { Charge, Discount, Tax, TaxClass, TaxMode } from './pricing/priced.ts';

/** An instant, ISO 8601 UTC. */
export const Instant = z.iso.datetime();

export const Quantity = z.int().min(1).max(1_000_000);

/** Units of one line taken from one location's stock. Ends exactly once: CONSUMED xor RELEASED (invariant U4). */
export const Reservation = z.object({
  id: z.string(),
  locationId: LocationId,
  quantity: z.int().positive(),
  state: z.enum(['COMMITTED', 'ALLOCATED', 'CONSUMED', 'RELEASED']),
  fulfillmentId: FulfillmentId.optional(),
  /** The location's day whose capacity it takes; absent where the location declares none. */
  capacityDay: z.iso.date().optional(),
});
export type Reservation = z.infer<typeof Reservation>;

/** Of lines that are kept together: means something within its order only. */
export const GroupName = z.string().min(1).max(64);

export const Line = z.object({
  id: LineId,
  sku: Sku,
  title: z.string().optional(),
  /** Codes and downloads: neither stock nor site, delivered once the order is released. */
  kind: z.literal('digital').optional(),
  /** A kit: its stock is theirs, its price its own. As they were when the order was placed. */
  components: z.array(Component).min(1).optional(),
  customization: Customization.optional(),
  quantity: Quantity,
  /** May its units come from several sites? Absent: yes; of a kit as the policy says. */
  splittable: z.boolean().optional(),
  /** Lines of one name come from one site, all or nothing. */
  keepTogether: GroupName.optional(),
  unitPrice: Amount,
  /** For all units together. */
  discounts: z.array(Discount).optional(),
  taxClass: TaxClass.optional(),
  /** For all units together. */
  taxes: z.array(Tax).optional(),
  positions: Positions,
  reservations: z.array(Reservation),
  /** Sites that gave units of this SKU back: routing leaves them out (REJECTED_BEFORE). Absent when there is none. */
  excludedSites: z.array(LocationId).optional(),
  /** When its units that still wait for supply are canceled. It says nothing while none waits. Absent: they wait on. */
  waitsUntil: Instant.optional(),
});
export type Line = z.infer<typeof Line>;

export const Contact = z.object({ email: z.string(), name: z.string(), phone: z.string().optional() });
export type Contact = z.infer<typeof Contact>;

export const Address = z.object({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string(),
  country: z.string(),
  coordinates: Coordinates.optional(),
});
export type Address = z.infer<typeof Address>;

/** Who gets the invoice, where it is not whom the goods are sent to. */
export const Billing = z.object({
  company: z.string().optional(),
  /** VAT number or the like. */
  taxId: z.string().optional(),
  address: Address.optional(),
});
export type Billing = z.infer<typeof Billing>;

/** From where the customer called the storefront; the IP address as the storefront has it. */
export const Client = z.object({ ip: z.string().optional(), country: z.string().optional() });
export type Client = z.infer<typeof Client>;

export const DeliveryGroup = z.object({
  id: z.literal('dg_1'),
  method: z.literal('ship'),
  service: ShippingService,
  country: z.string(),
  /** What the customer was told at the latest: sites that make it come first. */
  promisedBy: Instant.optional(),
  /** Absent once erased. */
  address: Address.optional(),
});
export type DeliveryGroup = z.infer<typeof DeliveryGroup>;

export const FulfillmentStatus = z.enum([
  'OPEN',
  'ACCEPTED',
  'CUSTOMIZING',
  'CUSTOMIZED',
  'PICKED',
  'PACKED',
  'HANDED_OVER',
  'COMPLETED',
  'REJECTED',
  'CANCELED',
]);
export type FulfillmentStatus = z.infer<typeof FulfillmentStatus>;

/** Why a location gives work back. `out_of_stock` and `damaged` say that its count is wrong: those units are not sold again until counted. */
export const LocationRejectReason = z.enum(['out_of_stock', 'damaged', 'no_capacity', 'closed', 'other']);

/** The system's own: nobody answered in time, or the location is out of service. */
export const RejectReason = z.enum([...LocationRejectReason.options, 'accept_timeout', 'outage']);
export type RejectReason = z.infer<typeof RejectReason>;

/** Why fewer were picked than assigned: not on the shelf (blocked until counted), damaged (blocked), or gone for good (written off). */
export const ShortReason = z.enum(['not_found', 'damaged', 'lost']);
export type ShortReason = z.infer<typeof ShortReason>;

export const FulfillmentLine = z.object({
  lineId: LineId,
  sku: Sku,
  reservationId: z.string(),
  quantity: z.int().positive(),
  /** A kit's: what is to be fetched for each unit. */
  components: z.array(Component).optional(),
  /** What is to be done to the units before they are picked. */
  capability: Customization.shape.capability.optional(),
  picked: z.int().min(0),
  packed: z.int().min(0),
  shorted: z.int().min(0),
});
export type FulfillmentLine = z.infer<typeof FulfillmentLine>;

export const Parcel = z.object({
  id: z.string(),
  contents: z.array(z.object({ lineId: LineId, quantity: z.int().positive() })),
});
export type Parcel = z.infer<typeof Parcel>;

export const Shipment = z.object({
  carrier: z.string(),
  service: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.string().optional(),
});
export type Shipment = z.infer<typeof Shipment>;

/** Work for one location. */
export const Fulfillment = z.object({
  id: FulfillmentId,
  orderId: OrderId,
  locationId: LocationId,
  status: FulfillmentStatus,
  /** Why it was rejected or canceled. */
  endReason: z.string().optional(),
  lines: z.array(FulfillmentLine),
  parcels: z.array(Parcel),
  shipment: Shipment.optional(),
  /** When the work on its customized units began and ended. */
  customization: z.object({ startedAt: Instant, finishedAt: Instant.optional() }).optional(),
  /** What was packed is invoiced, and the money for it taken or as good as: only then do the units leave (invariant M5). */
  fundsSecured: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Fulfillment = z.infer<typeof Fulfillment>;

export const Capture = z.object({
  id: z.string(),
  /** Absent: for digital units, or taken ahead (a deposit). */
  fulfillmentId: FulfillmentId.optional(),
  amount: Amount,
  refunded: Amount,
  providerReference: z.string(),
  /** Of money that came by itself (a bank transfer, cash): what it is known by there. */
  receipt: z.string().optional(),
  /** The provider's references of the refunds recorded so far: one that comes twice is recorded once. */
  refundReferences: z.array(z.string()),
});

/** Whoever has it can act for the customer: it is in no event and no log. */
export const PaymentAction = z.object({ url: z.string().optional(), clientSecret: z.string().optional() });
export type PaymentAction = z.infer<typeof PaymentAction>;
/** The customer's bank took money back. `WON`: it is ours again. */
export const Chargeback = z.object({
  id: z.string(),
  captureId: z.string(),
  amount: Amount,
  reason: z.string(),
  status: z.enum(['OPEN', 'WON', 'LOST']),
  /** Until when it can be answered. */
  respondBy: Instant.optional(),
  openedAt: Instant,
  closedAt: Instant.optional(),
});
export type Chargeback = z.infer<typeof Chargeback>;

/** Money on its way back. Written down before the provider is asked, so that whoever asks again asks for the same. */
export const Refund = z.object({
  /** Unique in the order; part of the key that the provider knows it by. */
  id: z.string(),
  captureId: z.string(),
  amount: Amount,
  status: z.enum(['REQUESTED', 'SUCCEEDED', 'FAILED']),
  /** Absent: to where it came from. `byHand`: a person has sent it. */
  to: z.enum(['storeCredit', 'byHand']).optional(),
  /** Why it failed. */
  reason: z.string().optional(),
  /** The provider's, of one that succeeded. */
  providerReference: z.string().optional(),
  /** Failed, and somebody asked to try again: another one may be made of the same capture. */
  isRetried: z.literal(true).optional(),
});
export type Refund = z.infer<typeof Refund>;

/** One way of paying. Amounts are folds of the payment events; status: domain-model "Payment". */
export const Payment = z.object({
  id: PaymentId,
  method: PaymentMethod,
  /** The provider's token for the card, or the code of the gift card. Absent once it is no longer needed. */
  token: z.string().optional(),
  amount: Amount,
  status: z.enum([
    'REQUESTED',
    'ACTION_REQUIRED',
    'AUTHORIZED',
    'DECLINED',
    'PARTIALLY_CAPTURED',
    'CAPTURED',
    'VOIDED',
    'EXPIRED',
  ]),
  /** What the customer is to do before the bank says yes (3-D Secure). */
  action: PaymentAction.optional(),
  /** When what is authorized lapses, where the provider says it. */
  expiresAt: Instant.optional(),
  /** That is soon, the order still needs it, and everybody was told. */
  isLapsing: z.literal(true).optional(),
  /** Asked for in the place of one that lapsed or is about to, with its card and without its customer. */
  replaces: PaymentId.optional(),
  /** For whoever judges the order. */
  card: CardFacts.optional(),
  authorized: Amount,
  captured: Amount,
  voided: Amount,
  refunded: Amount,
  providerReference: z.string().optional(),
  declineReason: z.string().optional(),
  captures: z.array(Capture),
  /** Absent: none was asked for. */
  refunds: z.array(Refund).optional(),
  /** Absent when there was none. */
  chargebacks: z.array(Chargeback).optional(),
});
export type Payment = z.infer<typeof Payment>;

export const HoldReason = z.enum(['PAYMENT', 'FRAUD', 'APPROVAL', 'ADDRESS', 'STOCK', 'MANUAL', 'EXCEPTION']);

export const Hold = z.object({
  /** Unique among the order's active holds. */
  handle: z.string(),
  reason: HoldReason,
  owner: z.string(),
  note: z.string().optional(),
  placedAt: Instant,
  /** When nobody released it by then, the order is canceled. */
  cancelAt: Instant.optional(),
});
export type Hold = z.infer<typeof Hold>;

/** What could not be finished automatically, parked where people see it. */
export const ProcessException = z.object({
  id: z.string(),
  category: z.enum(['ROUTING', 'RESERVATION', 'PAYMENT', 'FULFILLMENT', 'INTEGRATION', 'INVARIANT']),
  status: z.enum(['OPEN', 'RESOLVED']),
  /** The workflow that stopped, started again by `retry`. */
  workflow: z.string(),
  fulfillmentId: FulfillmentId.optional(),
  error: z.string(),
  cause: z.string(),
  suggestedCommands: z.array(z.string()),
  openedAt: Instant,
  resolvedAt: Instant.optional(),
});
export type ProcessException = z.infer<typeof ProcessException>;

export const Lifecycle = z.enum(['PLACED', 'CONFIRMED', 'RELEASED', 'REJECTED', 'CANCELED', 'CLOSED']);
export type Lifecycle = z.infer<typeof Lifecycle>;

/** The order without what is kept in items of its own (lines, delivery groups, fulfillments, payments, invoices, credit memos, holds, exceptions). */
export const OrderHead = z.object({
  id: OrderId,
  externalId: z.string(),
  channel: z.string(),
  currency: Currency,
  customer: z.object({ id: z.string(), locale: z.string().optional() }),
  /** Absent once erased. */
  contact: Contact.optional(),
  billing: Billing.optional(),
  client: Client.optional(),
  purchaseOrderNumber: z.string().optional(),
  /** One for the whole order. */
  taxMode: TaxMode.default('inclusive'),
  /** We are to find the taxes, or have found them. Absent: the caller knew them. */
  tax: z.object({ status: z.enum(['PENDING', 'QUOTED']), reference: z.string().optional() }).optional(),
  charges: z.array(Charge).default([]),
  /** As the merchant's policy was when the order was placed. */
  capture: CapturePolicy.default('onPack'),
  shippingCharge: ChargePolicy.default('prorate'),
  /** Somebody asked for this much to be taken in all, whatever the policy says. Minor units. */
  captureRequested: Amount.optional(),
  lifecycle: Lifecycle,
  /** Why the order was rejected or canceled. */
  endReason: z.string().optional(),
  /** A cancellation too large for one transaction is under way: nothing else is accepted until it is done. */
  canceling: z.boolean(),
  total: Amount,
  /** +1 for each accepted command: the ETag and the guard of every write. */
  version: z.int().min(1),
  /** Number of the last event: gapless from 1. */
  sequence: z.int().min(1),
  reservations: z.int().min(0),
  /** Among orders that wait for the same SKU the higher is served first. Absent: 0. */
  priority: z.int().min(0).max(9).optional(),
  /** When the last hold was released: a location's time to accept counts from here. */
  unheldAt: Instant.optional(),
  /** From then on digital units are paid for and delivered: no longer to be canceled at once. */
  digitalStartedAt: Instant.optional(),
  placedBy: Actor,
  placedAt: Instant,
  updatedAt: Instant,
  deliveredAt: Instant.optional(),
  receiptConfirmedAt: Instant.optional(),
  closedAt: Instant.optional(),
  /** Absent: it was not screened. */
  risk: Risk.optional(),
});
export type OrderHead = z.infer<typeof OrderHead>;

export interface Order extends OrderHead {
  lines: Line[];
  delivery: DeliveryGroup;
  fulfillments: Fulfillment[];
  payments: Payment[];
  invoices: KeptInvoice[];
  creditMemos: KeptCreditMemo[];
  holds: Hold[];
  exceptions: ProcessException[];
}

export const isLive = (reservation: Reservation): boolean =>
  reservation.state === 'COMMITTED' || reservation.state === 'ALLOCATED';

export const isDigital = ({ kind }: Pick<Line, 'kind'>): boolean => kind === 'digital';

/** Units of a line as events name them: a kit's with what each is made of, so that whoever reads an event needs no order. */
export const unitsOfLine = ({ id, sku, components }: Pick<Line, 'id' | 'sku' | 'components'>, quantity: number) => ({
  lineId: id,
  sku,
  quantity,
  ...(components && { components }),
});

/** Minor units of a payment, or of one of its captures, that the customer's bank has and we do not have again. */
export const chargedBack = ({ chargebacks = [] }: Payment, captureId?: string): number =>
  chargebacks
    .filter((one) => one.status !== 'WON' && (captureId ?? one.captureId) === one.captureId)
    .reduce((sum, { amount }) => sum + amount, 0);

export const isOver = (order: Order): boolean =>
  order.lifecycle === 'REJECTED' || order.lifecycle === 'CANCELED' || order.lifecycle === 'CLOSED';

/** Oldest first, ties by id: the order of holds and exceptions, the same in the log's fold and in the store. */
export const byPlaced = (a: Hold, b: Hold): number => compare(a.placedAt, b.placedAt) || compare(a.handle, b.handle);
export const byOpened = (a: ProcessException, b: ProcessException): number =>
  compare(a.openedAt, b.openedAt) || compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
