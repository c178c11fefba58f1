import type { KeptCreditMemo, KeptInvoice, Parties } from '../domain/invoice.ts';
import type { Currency } from '../domain/money.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';

/** How some of an invoice was paid. `amount` in minor units. */
export interface PaidPart {
  method: PaymentMethod;
  /** The provider's: what customer and shop find it by. */
  reference?: string;
  amount: number;
}

interface Common {
  parties: Parties;
  currency: Currency;
  /** As the customer knows it. */
  orderNumber: string;
  /** When the order was placed, ISO 8601 UTC. */
  orderedAt: string;
  purchaseOrderNumber?: string;
  /** Where the goods go. */
  deliveryCountry: string;
  /** The customer's, BCP 47. */
  locale?: string;
}

/** A document with all that stands on it: what every format of it is made from. */
export type PrintedDocument = Common &
  (
    | { kind: 'invoice'; document: KeptInvoice; paid: readonly PaidPart[] }
    | { kind: 'creditMemo'; document: KeptCreditMemo }
  );

/** What is still to be paid of an invoice, minor units. */
export const dueOf = (printed: PrintedDocument): number =>
  printed.kind === 'creditMemo'
    ? 0
    : printed.document.total.gross - printed.paid.reduce((sum, { amount }) => sum + amount, 0);
