import * as z from 'zod';
import { Risk } from '../domain/fraud/risk.ts';
import { RiskLevel } from '../domain/fraud/screening.ts';
import {
  Chargeback,
  HoldReason,
  Instant,
  Lifecycle,
  Payment,
  PaymentAction,
  ProcessException,
  Refund,
} from '../domain/order.ts';
import { Position } from '../domain/positions.ts';
import { fulfillmentStatuses, orderStatuses, paymentStatuses } from '../domain/status.ts';
import { OrderFulfillment } from './fulfillment-resources.ts';
import { ChargeResource, CreditMemoSummary, InvoiceSummary, priceFields, totalsFields } from './price-resources.ts';
import { Commands, Minor, Units, Version } from './resource-fields.ts';

const Contact = z.looseObject({ email: z.string(), name: z.string(), phone: z.string().optional() });

const Address = z.looseObject({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string(),
  country: z.string(),
  coordinates: z.looseObject({ latitude: z.number(), longitude: z.number() }).optional(),
});

const Line = z.looseObject({
  id: z.string(),
  sku: z.string(),
  title: z.string().optional(),
  kind: z.enum(['physical', 'kit', 'digital']),
  components: z
    .array(z.looseObject({ sku: z.string(), perUnit: z.int().min(1) }))
    .optional()
    .meta({ description: 'Of a kit: what one unit is made of, as it was when the order was placed.' }),
  customization: z.looseObject({ capability: z.string(), instructions: z.array(z.string()).optional() }).optional(),
  quantity: Units,
  splittable: z.boolean().optional(),
  keepTogether: z.string().optional(),
  unitPrice: Minor,
  ...priceFields,
  positions: z.partialRecord(Position, z.int().positive()).meta({
    description: 'Where the units stand: position to quantity. The quantities add up to `quantity`.',
    example: { PACKED: 2 },
  }),
  excludedSites: z
    .array(z.string())
    .optional()
    .meta({ description: 'Locations that have given units back: not asked again.' }),
  waitsUntil: Instant.optional().meta({
    description:
      'When those of its units that still wait for supply are canceled. Absent: they wait on, or none waits.',
  }),
  reservations: z.array(
    z.looseObject({
      id: z.string(),
      locationId: z.string(),
      quantity: Units,
      state: z.enum(['COMMITTED', 'ALLOCATED', 'CONSUMED', 'RELEASED']),
      fulfillmentId: z.string().optional(),
    }),
  ),
});

const PaymentResource = z
  .looseObject({
    id: z.string(),
    method: z.string(),
    status: Payment.shape.status,
    amount: Minor,
    authorized: Minor,
    captured: Minor,
    voided: Minor,
    refunded: Minor,
    declineReason: z.string().optional(),
    action: PaymentAction.optional().meta({
      description:
        'ACTION_REQUIRED (3-D Secure): send the customer to `url`, or give `clientSecret` to the provider’s script. In no event.',
    }),
    expiresAt: Instant.optional().meta({ description: 'When what is authorized lapses, where the provider says it.' }),
    replaces: z
      .string()
      .optional()
      .meta({ description: 'In the place of which payment, whose authorization lapsed or is about to.' }),
    chargebacks: z.array(Chargeback.loose()).optional(),
    captures: z.array(
      z.looseObject({
        id: z.string(),
        fulfillmentId: z.string().optional().meta({ description: 'Absent: for the digital units.' }),
        amount: Minor,
        refunded: Minor,
      }),
    ),
    refunds: z
      .array(
        z.looseObject({
          id: z.string(),
          captureId: z.string(),
          amount: Minor,
          status: Refund.shape.status,
          to: z.string().optional().meta({ description: '`storeCredit`; absent: to where it came from.' }),
          reason: z.string().optional().meta({ description: 'Why it failed.' }),
          isRetried: z.boolean().optional(),
        }),
      )
      .optional()
      .meta({ description: 'Each that was asked for; what failed is given back another way.' }),
  })
  .meta({ id: 'Payment', description: 'Never holds the token.' });

const HoldResource = z
  .looseObject({
    handle: z.string(),
    reason: HoldReason,
    owner: z.string(),
    note: z.string().optional(),
    placedAt: Instant,
    cancelAt: Instant.optional().meta({ description: 'When nobody released the hold by then, the order is canceled.' }),
  })
  .meta({ id: 'Hold' });

const ExceptionResource = z
  .looseObject({
    id: z.string(),
    category: ProcessException.shape.category,
    status: ProcessException.shape.status,
    workflow: z.string(),
    fulfillmentId: z.string().optional(),
    error: z.string(),
    cause: z.string(),
    suggestedCommands: z.array(z.string()),
    openedAt: Instant,
    resolvedAt: Instant.optional(),
  })
  .meta({ id: 'Exception', description: 'What could not be finished automatically: `retry` starts it again.' });

export const OrderResource = z
  .looseObject({
    id: z.string(),
    externalId: z.string(),
    channel: z.string(),
    status: z.enum(orderStatuses).meta({ description: 'The one word for lists and people: derived from the units.' }),
    lifecycle: Lifecycle,
    fulfillmentStatus: z.enum(fulfillmentStatuses),
    paymentStatus: z.enum(paymentStatuses),
    currency: z.string(),
    total: Minor,
    ...totalsFields,
    purchaseOrderNumber: z.string().optional(),
    priority: z.int().optional(),
    balance: z.looseObject({
      authorized: Minor,
      captured: Minor,
      refunded: Minor,
      voided: Minor,
      invoiced: Minor,
      credited: Minor,
      due: Minor.meta({
        description: 'Invoiced or still to be invoiced, and not paid; negative: to be refunded.',
      }),
    }),
    customer: z.looseObject({ id: z.string(), locale: z.string().optional() }),
    contact: Contact.optional(),
    billing: z
      .looseObject({ company: z.string().optional(), taxId: z.string().optional(), address: Address.optional() })
      .optional(),
    lines: z.array(Line),
    charges: z.array(ChargeResource),
    delivery: z.looseObject({
      id: z.string(),
      method: z.string(),
      service: z.string(),
      country: z.string(),
      promisedBy: Instant.optional().meta({ description: 'What the customer was told, at the latest.' }),
      address: Address.optional(),
    }),
    fulfillments: z.array(OrderFulfillment),
    payments: z.array(PaymentResource),
    invoices: z.array(InvoiceSummary),
    creditMemos: z.array(CreditMemoSummary),
    holds: z.array(HoldResource),
    exceptions: z.array(ExceptionResource),
    nextAction: z
      .looseObject({ action: z.string(), dueAt: Instant.optional() })
      .meta({ description: 'What the order waits for; `dueAt` when something happens by itself.' }),
    possibleCommands: Commands,
    endReason: z.string().optional(),
    riskLevel: RiskLevel.optional().meta({ description: 'Absent: the order was not screened.' }),
    risk: Risk.loose().optional(),
    version: Version,
    placedBy: z.looseObject({ id: z.string(), role: z.string() }),
    placedAt: Instant,
    updatedAt: Instant,
    deliveredAt: Instant.optional(),
    receiptConfirmedAt: Instant.optional(),
    closedAt: Instant.optional(),
  })
  .meta({ id: 'Order' });

export const OrderSummary = z
  .looseObject({
    id: z.string(),
    externalId: z.string(),
    channel: z.string(),
    status: z.enum(orderStatuses),
    lifecycle: Lifecycle,
    currency: z.string(),
    total: Minor,
    customer: z.looseObject({ id: z.string(), locale: z.string().optional() }),
    version: Version,
    placedAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'OrderSummary' });

export const EventResource = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    version: z.int(),
    time: Instant,
    subject: z.string(),
    sequence: z.int(),
    data: z.looseObject({}),
  })
  .meta({ id: 'Event', description: 'The envelope as on the bus and in webhooks: CloudEvents 1.0.' });

export const ExecutionResource = z
  .looseObject({
    machine: z.string(),
    name: z.string(),
    executionArn: z.string(),
    status: z.string().meta({
      description:
        'RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE; UNKNOWN when Step Functions does not tell.',
    }),
    eventSequence: z.int().meta({ description: 'The event that started it.' }),
    fulfillmentId: z.string().optional(),
    startedAt: Instant.optional(),
    stoppedAt: Instant.optional(),
    error: z.string().optional(),
    note: z.string().optional(),
  })
  .meta({ id: 'Execution' });
