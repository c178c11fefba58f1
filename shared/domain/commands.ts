import type * as z from 'zod';
import type { CardFacts } from './card-facts.ts';
import type { Customization } from './customization.ts';
import type { Candidate } from './event-parts.ts';
import type { Screening } from './fraud/screening.ts';
import type { FulfillmentId, LineId, LocationId, OrderId, PaymentId, Sku } from './ids.ts';
import type { CreditMemo, Invoice, Parties, RefundTo } from './invoice.ts';
import type { Component } from './kit.ts';
import type { ShippingService } from './location.ts';
import type { Currency } from './money.ts';
import type {
  Address,
  Billing,
  Client,
  Contact,
  Hold,
  Parcel,
  PaymentAction,
  ProcessException,
  RejectReason,
  Shipment,
  ShortReason,
} from './order.ts';
import type { PaymentMethod } from './payment-method.ts';
import type { Charge, Discount, Tax, TaxMode } from './pricing/priced.ts';
import type { RefundLeg } from './refunds.ts';
import type { CartHold } from './stock/cart-hold.ts';

export interface PlaceOrder {
  type: 'place';
  orderId: OrderId;
  externalId: string;
  channel: string;
  currency: Currency;
  customer: { id: string; locale?: string | undefined };
  contact: Contact;
  lines: {
    sku: Sku;
    title?: string | undefined;
    kind?: 'digital' | undefined;
    components?: Component[] | undefined;
    customization?: { capability: Customization['capability']; instructions: string[] } | undefined;
    quantity: number;
    splittable?: boolean | undefined;
    keepTogether?: string | undefined;
    unitPrice: number;
    discounts?: Discount[] | undefined;
    taxClass?: string | undefined;
    taxes?: Tax[] | undefined;
  }[];
  /** `line`: index of the line it is about. */
  charges?: (Omit<Charge, 'id' | 'lineId'> & { line?: number | undefined })[] | undefined;
  /** Default: inclusive. */
  taxMode?: TaxMode | undefined;
  /** We are to find the taxes. */
  tax?: 'quote' | undefined;
  /** What the caller makes of it: refused when we come to something else. */
  total?: number | undefined;
  billing?: Billing | undefined;
  client?: Client | undefined;
  purchaseOrderNumber?: string | undefined;
  delivery: { method: 'ship'; service: ShippingService; promisedBy?: string | undefined; address: Address };
  /** One at most without an amount: it takes the rest. */
  payments: { method: PaymentMethod; token?: string | undefined; amount?: number | undefined }[];
  priority?: number | undefined;
  /** Units that the customer's cart holds: they become the order's reservations. */
  cartHold?: CartHold | undefined;
}

/** The number of a document, and what goes with it. */
export type Issued = Pick<Invoice, 'number' | 'series' | 'legalEntityId' | 'issueDate'>;

/** What is to be credited: what of an invoice is no longer owed. Amounts in minor units, with the taxes. */
export interface CreditRequest {
  /** May be left out where the order has one invoice. */
  invoiceId?: string | undefined;
  /** `quantity` units, or an `amount` of the line without units: a lower price. */
  lines: ({ lineId: string } & ({ quantity: number } | { amount: number }))[];
  /** Without an amount: all that is left of it. */
  charges: { chargeId: string; amount?: number | undefined }[];
  goodwill?: number | undefined;
  fee?: { title?: string | undefined; amount: number } | undefined;
  reason: CreditMemo['reason'];
  note?: string | undefined;
  refundTo?: RefundTo | undefined;
  /** Give it back although the customer owes on the order. */
  force?: boolean | undefined;
}

/** One line's units from one site. */
export interface Allocation {
  lineId: LineId;
  locationId: LocationId;
  quantity: number;
  /** The location's day whose capacity it takes, if the location declares one. */
  capacityDay?: string | undefined;
}

/** Results of providers come as commands: the domain never calls anybody. */
export type Command =
  | PlaceOrder
  | {
      type: 'reserve';
      allocations: Allocation[];
      backorders: { lineId: LineId; quantity: number }[];
      /** When what is still backordered by then is canceled. Absent: it waits on. */
      cancelAt?: string | undefined;
      routing: { candidates: z.infer<typeof Candidate>[]; sites: number };
    }
  | { type: 'unreserve'; reason: string }
  | {
      type: 'tax';
      /** Of every line and charge. */
      items: readonly { id: string; taxes: Tax[] }[];
      reference?: string | undefined;
    }
  | { type: 'reject'; reason: string }
  | {
      type: 'authorize';
      paymentId: PaymentId;
      outcome:
        | {
            approved: true;
            providerReference: string;
            expiresAt?: string | undefined;
            card?: CardFacts | undefined;
          }
        | { approved: false; reason: string }
        | { action: PaymentAction; providerReference: string };
    }
  | { type: 'requestPayments'; payments: PlaceOrder['payments'] }
  | { type: 'receivePayment'; paymentId: PaymentId; amount: number; receipt: string; providerReference: string }
  | { type: 'warnOfLapse'; paymentId: PaymentId }
  | { type: 'renewPayment'; paymentId: PaymentId }
  | {
      type: 'expirePayment';
      paymentId: PaymentId;
      reason: 'lapsed' | 'canceled';
    }
  | ({ type: 'screen'; provider: string } & Screening)
  | { type: 'confirm' }
  | { type: 'release' }
  | { type: 'accept'; fulfillmentId: FulfillmentId }
  | {
      type: 'rejectFulfillment';
      fulfillmentId: FulfillmentId;
      reason: RejectReason;
      note?: string | undefined;
      /** The commands after this one find the units another site. */
      rerouted?: boolean | undefined;
    }
  | { type: 'startCustomization'; fulfillmentId: FulfillmentId }
  | { type: 'finishCustomization'; fulfillmentId: FulfillmentId }
  | {
      type: 'pick';
      fulfillmentId: FulfillmentId;
      /** Lines of which fewer were found. What is not named was picked whole. */
      lines?:
        | {
            lineId: LineId;
            picked: number;
            reason?: ShortReason | undefined;
            /** Of a kit: the components that were not there. Absent: all of them. */
            missing?: { sku: Sku; quantity: number }[] | undefined;
          }[]
        | undefined;
    }
  | { type: 'pack'; fulfillmentId: FulfillmentId; parcels?: Parcel[] | undefined }
  | {
      type: 'capture';
      /** What it is for. Absent: for digital units, or ahead. */
      fulfillmentId?: FulfillmentId | undefined;
      paymentId: PaymentId;
      amount: number;
      providerReference: string;
    }
  /** Absent: all that is authorized and still to be paid. */
  | { type: 'requestCapture'; amount?: number | undefined }
  | {
      type: 'postInvoice';
      /** Absent: the digital units. */
      fulfillmentId?: FulfillmentId | undefined;
      issued: Issued;
      parties: Parties;
    }
  | { type: 'startDigital' }
  | { type: 'deliverDigital' }
  | { type: 'label'; fulfillmentId: FulfillmentId; shipment: Shipment }
  | { type: 'ship'; fulfillmentId: FulfillmentId; shipment?: Shipment | undefined }
  | { type: 'deliver'; fulfillmentId: FulfillmentId }
  | { type: 'confirmReceipt' }
  | { type: 'cancel'; reason: string }
  | { type: 'cancelRemainder'; reason: string }
  | { type: 'cancelBackorders'; reason: string }
  | { type: 'void'; paymentId: PaymentId; amount: number }
  | ({ type: 'requestRefund' } & RefundLeg)
  | {
      type: 'refund';
      paymentId: PaymentId;
      captureId: string;
      amount: number;
      providerReference: string;
      /** Absent: nobody here asked for it. */
      refundId?: string | undefined;
    }
  | { type: 'failRefund'; paymentId: PaymentId; refundId: string; reason: string }
  | {
      /** A person has sent money that no provider would give back. */
      type: 'recordRefund';
      amount: number;
      reference: string;
    }
  | ({ type: 'postCreditMemo'; issued: Issued; parties: Parties } & CreditRequest)
  | {
      type: 'openChargeback';
      /** The provider's or the bank's: one that is told twice is one. */
      chargebackId: string;
      paymentId: PaymentId;
      captureId: string;
      amount: number;
      reason: string;
      respondBy?: string | undefined;
    }
  | { type: 'closeChargeback'; chargebackId: string; outcome: 'WON' | 'LOST' }
  | { type: 'close' }
  | {
      type: 'hold';
      handle: string;
      reason: Hold['reason'];
      note?: string | undefined;
      cancelAfter?: number | undefined;
    }
  | { type: 'releaseHold'; handle: string }
  | ({ type: 'openException' } & Pick<
      ProcessException,
      'id' | 'category' | 'workflow' | 'fulfillmentId' | 'error' | 'cause' | 'suggestedCommands'
    >)
  | { type: 'resolveException'; exceptionId: string; retry: boolean };

export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;
