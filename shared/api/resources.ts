import * as z from 'zod';
import { FulfillmentStatus, HoldReason, Instant, Lifecycle, Payment, ProcessException } from '../domain/order.ts';
import { Position } from '../domain/positions.ts';
import { fulfillmentStatuses, orderStatuses, paymentStatuses } from '../domain/status.ts';

/**
 * What answers hold. Loose: a client accepts fields that a later version adds. `representation.ts` makes the values; a test holds each
 * answer against these.
 */
const Minor = z.int().meta({ description: 'Minor units of the currency.' });
const Units = z.int().min(0);
const Version = z.int().min(1).meta({ description: 'Raised by every change; the ETag is `"v<version>"`.' });
const Commands = z
  .array(z.string())
  .meta({ description: 'What would be accepted now, whoever is allowed to.', example: ['cancel', 'hold'] });

const Contact = z.looseObject({ email: z.string(), name: z.string(), phone: z.string().optional() });

const Address = z.looseObject({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string(),
  country: z.string(),
});

const Line = z.looseObject({
  id: z.string(),
  sku: z.string(),
  title: z.string().optional(),
  quantity: Units,
  unitPrice: Minor,
  positions: z.partialRecord(Position, z.int().positive()).meta({
    description: 'Where the units stand: position to quantity. The quantities add up to `quantity`.',
    example: { PACKED: 2 },
  }),
  excludedSites: z
    .array(z.string())
    .optional()
    .meta({ description: 'Locations that have given units back: not asked again.' }),
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

const Shipment = z.looseObject({
  carrier: z.string(),
  service: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.string().optional(),
});

const fulfillmentFields = {
  id: z.string(),
  orderId: z.string(),
  locationId: z.string(),
  status: FulfillmentStatus,
  endReason: z.string().optional().meta({ description: 'Why it was rejected or canceled.' }),
  lines: z.array(
    z.looseObject({
      lineId: z.string(),
      sku: z.string(),
      reservationId: z.string(),
      quantity: Units,
      picked: Units,
      packed: Units,
      shorted: Units,
    }),
  ),
  parcels: z.array(
    z.looseObject({ id: z.string(), contents: z.array(z.looseObject({ lineId: z.string(), quantity: Units })) }),
  ),
  shipment: Shipment.optional(),
  fundsSecured: z.boolean().meta({ description: 'The money for what was packed is captured.' }),
  possibleCommands: Commands,
  createdAt: Instant,
  updatedAt: Instant,
};

const OrderFulfillment = z.looseObject(fulfillmentFields).meta({ id: 'OrderFulfillment' });

export const FulfillmentResource = z
  .looseObject({
    ...fulfillmentFields,
    order: z.looseObject({ id: z.string(), status: z.enum(orderStatuses), version: Version }),
  })
  .meta({ id: 'Fulfillment', description: 'Work for one location.' });

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
    captures: z.array(z.looseObject({ id: z.string(), fulfillmentId: z.string(), amount: Minor, refunded: Minor })),
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
    priority: z.int().optional(),
    balance: z.looseObject({
      authorized: Minor,
      captured: Minor,
      refunded: Minor,
      voided: Minor,
      due: Minor.meta({
        description: 'Still to be captured for units that are not canceled; negative: to be refunded.',
      }),
    }),
    customer: z.looseObject({ id: z.string(), locale: z.string().optional() }),
    contact: Contact.optional(),
    lines: z.array(Line),
    delivery: z.looseObject({
      id: z.string(),
      method: z.string(),
      service: z.string(),
      country: z.string(),
      address: Address.optional(),
    }),
    fulfillments: z.array(OrderFulfillment),
    payments: z.array(PaymentResource),
    holds: z.array(HoldResource),
    exceptions: z.array(ExceptionResource),
    nextAction: z
      .looseObject({ action: z.string(), dueAt: Instant.optional() })
      .meta({ description: 'What the order waits for; `dueAt` when something happens by itself.' }),
    possibleCommands: Commands,
    endReason: z.string().optional(),
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

export const LocationResource = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    country: z.string().optional(),
    site: z.looseObject({}).meta({ description: 'Address and coordinates, as far as known.' }),
    timeZone: z.string(),
    priority: z.int(),
    enabled: z.boolean(),
    capabilities: z.array(z.string()),
    calendar: z.looseObject({}).optional().meta({ description: 'When people work here. Absent: always open.' }),
    cutOffs: z.record(z.string(), z.string()),
    processingMinutes: z.int(),
    capacity: z.looseObject({}),
    costs: z.looseObject({ pick: Minor, pack: Minor }),
    outage: z
      .looseObject({ reason: z.string(), since: Instant, until: Instant.optional() })
      .optional()
      .meta({ description: 'Out of service: nothing is routed here.' }),
    updatedAt: Instant,
  })
  .meta({ id: 'Location' });

export const StorefrontResource = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    locationGroupId: z.string().optional(),
    currencies: z.array(z.string()),
    locales: z.array(z.string()),
    lowStock: Units,
    routingPolicy: z.string().optional(),
    maxParcels: z.int().min(1).optional(),
    shadowPolicies: z.array(z.string()),
    updatedAt: Instant,
  })
  .meta({ id: 'Storefront' });

export const ShippingRatesResource = z
  .looseObject({
    zones: z.array(
      z.looseObject({
        zone: z.string(),
        countries: z.array(z.string()).optional(),
        postalPrefixes: z.array(z.string()).optional(),
      }),
    ),
    rates: z.array(
      z.looseObject({
        zone: z.string(),
        service: z.string(),
        locationId: z.string().optional(),
        perParcel: Minor,
        perKilogram: Minor,
        transitDays: z.number(),
      }),
    ),
    updatedAt: Instant.optional().meta({ description: 'Absent: nobody has set any.' }),
  })
  .meta({ id: 'ShippingRates' });

export const LocationGroupResource = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    locations: z.array(z.looseObject({ locationId: z.string(), active: z.boolean() })),
    groups: z.array(z.string()),
    updatedAt: Instant,
  })
  .meta({ id: 'LocationGroup' });

export const SafetyStockResource = z
  .looseObject({
    sku: z.string().optional(),
    category: z.string().optional(),
    locationId: z.string().optional(),
    storefrontId: z.string().optional(),
    units: Units,
  })
  .meta({ id: 'SafetyStock' });

export const CartHoldResource = z
  .looseObject({
    id: z.string(),
    storefront: z.string(),
    state: z.enum(['HELD', 'CONVERTED', 'RELEASED', 'EXPIRED']),
    units: z.array(z.looseObject({ sku: z.string(), locationId: z.string(), quantity: Units })),
    createdAt: Instant,
    heldUntil: Instant.meta({ description: 'From then on the units are for sale again.' }),
    endedAt: Instant.optional(),
    orderId: z.string().optional(),
  })
  .meta({ id: 'CartHold' });

export const AvailabilityResource = z
  .looseObject({
    sku: z.string(),
    availableToSell: Units.meta({ description: 'ATS: what could be shipped to a customer of this storefront.' }),
    status: z.enum(['in_stock', 'low_stock', 'out_of_stock', 'unknown']),
    locations: z
      .array(
        z.looseObject({
          locationId: z.string(),
          name: z.string(),
          kind: z.string(),
          availableToSell: Units,
          ships: z.boolean(),
          pickupReadyAt: Instant.optional().meta({
            description: 'An order placed now could be picked up from then on.',
          }),
          kilometers: z.number().optional().meta({ description: 'As the crow flies.' }),
        }),
      )
      .meta({ description: 'Nearest first when a place is given, else by id.' }),
  })
  .meta({ id: 'Availability' });

const counters = { onHand: Units, available: Units, held: Units, committed: Units, unavailable: Units };

export const BucketResource = z
  .looseObject({
    sku: z.string(),
    locationId: z.string(),
    ...counters,
    unavailableBy: z.looseObject({ damaged: Units, quality_control: Units, quarantine: Units }),
    missing: Units.meta({ description: 'Promised units that the last count did not find.' }),
    updatedAt: Instant,
  })
  .meta({ id: 'Stock', description: '`available + held + committed + unavailable = onHand`.' });

export const SkuResource = z
  .looseObject({
    sku: z.string(),
    lowAt: z.int().optional().meta({ description: 'In listings: its threshold.' }),
    totals: z.looseObject(counters),
    buckets: z.array(BucketResource),
  })
  .meta({ id: 'SkuStock' });

export const WebhookEndpointResource = z
  .looseObject({
    id: z.string(),
    url: z.string(),
    eventTypes: z.array(z.string()),
    status: z.enum(['active', 'disabled']),
    disabledReason: z.string().optional(),
    description: z.string().optional(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'WebhookEndpoint' });

export const NewWebhookEndpointResource = WebhookEndpointResource.extend({
  secret: z
    .string()
    .meta({ description: 'Signs every delivery (Standard Webhooks, `v1`). Shown only in this answer.' }),
}).meta({ id: 'NewWebhookEndpoint' });

export const DeliveryResource = z
  .looseObject({
    eventId: z.string(),
    eventType: z.string(),
    status: z.enum(['pending', 'delivered', 'failed', 'exhausted']),
    endReason: z.string().optional(),
    attempts: z.array(
      z.looseObject({ at: Instant, status: z.int().optional(), latencyMs: z.int(), error: z.string().optional() }),
    ),
    createdAt: Instant,
    nextAttemptAt: Instant.optional(),
  })
  .meta({ id: 'WebhookDelivery' });

export const OperationResource = z
  .looseObject({
    id: z.string(),
    type: z.string(),
    locationId: z.string(),
    reason: z.string(),
    state: z
      .enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'])
      .meta({ description: 'FAILED: all is tried, and some could not be moved. CANCELED: the outage ended before.' }),
    total: Units.meta({ description: 'Fulfillments found so far.' }),
    done: Units,
    failed: Units,
    outcomes: z
      .looseObject({ rerouted: Units, backordered: Units, parked: Units, onHold: Units, gone: Units })
      .meta({ description: 'What became of those that are done.' }),
    startedBy: z.string(),
    startedAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Operation', description: 'Work that takes longer than a request.' });

/** A page of a listing. */
export const pageOf = (item: z.ZodType) =>
  z.looseObject({
    data: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'For the parameter `cursor`; null: that was all.' }),
  });
