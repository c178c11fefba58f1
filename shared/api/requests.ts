import * as z from 'zod';
import { Country } from '../domain/country.ts';
import { Geo } from '../domain/distance.ts';
import { LineId, LocationId, Sku } from '../domain/ids.ts';
import { Location } from '../domain/location.ts';
import { Amount, Currency } from '../domain/money.ts';
import { LocationGroup } from '../domain/network/location-group.ts';
import { SafetyStockRule, SafetyStockSubject } from '../domain/network/safety-stock.ts';
import { Storefront, StorefrontId } from '../domain/network/storefront.ts';
import { HoldReason, LocationRejectReason, Quantity, ShortReason } from '../domain/order.ts';
import { CartHoldId, holdLimits, mostHeldBuckets } from '../domain/stock/cart-hold.ts';
import { EventFilter } from '../ports/webhooks.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

/** Text for people: not blank. Control characters and lone surrogates are refused for every string of every body (json-body.ts). */
const text = (longest: number) => z.string().max(longest).regex(/\S/, 'must not be blank');

const ExternalId = text(128);
const Channel = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64')
  .meta({ description: 'Where the order comes from. External ids are unique within it.' });

const Customer = z.strictObject({
  email: z.email().max(254),
  name: text(200),
  phone: z
    .string()
    .regex(/^\+?[0-9 ()./-]{3,32}$/, 'digits, spaces and + ( ) . / -, 3 to 32')
    .optional(),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'a language tag such as "en" or "es-MX"')
    .optional()
    .meta({ description: 'BCP 47: the language of messages.' }),
});

const Address = z.strictObject({
  name: text(200),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20),
  country: Country.meta({ description: 'ISO 3166-1 alpha-2.' }),
});

const OrderLine = z.strictObject({
  sku: Sku,
  title: text(300).optional(),
  quantity: Quantity,
  unitPrice: Amount.meta({ description: 'Minor units of the currency (cents).' }),
});

const mostLines = 1000;

export const PlaceOrderBody = z
  .strictObject({
    externalId: ExternalId.meta({ description: 'Your number of the order.' }),
    channel: Channel,
    currency: Currency.meta({ description: 'ISO 4217.' }),
    customer: Customer,
    cartHoldId: CartHoldId.optional().meta({
      description: 'The hold of the cart: its units become the reservations of the order.',
    }),
    lines: z.array(OrderLine).min(1).max(mostLines).check(refuseRepeatedSkus),
    delivery: z.strictObject({
      method: z.literal('ship'),
      service: z.literal('standard').default('standard'),
      address: Address,
    }),
    priority: z
      .int()
      .min(0)
      .max(9)
      .optional()
      .meta({ description: 'Of orders that wait for the same goods the higher is served first. Default 0.' }),
    payment: z.strictObject({
      method: z.literal('card'),
      token: z
        .string()
        .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters')
        .meta({
          description: "The payment provider's token. Sandbox: tok_ok, tok_declined, tok_timeout_once, tok_flaky.",
        }),
    }),
  })
  .meta({ id: 'PlaceOrder' });
export type PlaceOrderBody = z.output<typeof PlaceOrderBody>;

/** One line a SKU: two lines of one SKU compete for the same stock and read like a mistake. */
function refuseRepeatedSkus({ value: lines, issues }: z.core.ParsePayload<{ sku: string }[]>): void {
  const first = new Map<string, number>();
  for (const [index, { sku }] of lines.entries()) {
    const earlier = first.get(sku);
    if (earlier === undefined) {
      first.set(sku, index);
      continue;
    }
    issues.push({
      code: 'custom',
      input: sku,
      path: [index, 'sku'],
      params: { code: 'duplicate_sku' },
      message: `Line ${earlier + 1} has this SKU already.`,
    });
  }
}

export const CancelBody = z.strictObject({ reason: text(200) }).meta({ id: 'CancelOrder' });

export const RejectFulfillmentBody = z
  .strictObject({
    reason: LocationRejectReason.meta({
      description:
        '`out_of_stock` and `damaged`: the count is wrong, the units are blocked until they are counted. Otherwise they can be sold to others.',
    }),
    note: text(500).optional(),
  })
  .meta({ id: 'RejectFulfillment' });

export const OutageBody = z
  .strictObject({
    reason: text(200),
    until: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When the location is back by itself. Absent: when somebody says so.' }),
  })
  .meta({ id: 'StartOutage' });

export const PickBody = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          lineId: LineId,
          picked: z.int().min(0).max(1_000_000),
          reason: ShortReason.optional().meta({
            description:
              'Why fewer were picked than assigned: `not_found` and `damaged` block the missing units until they are counted, `lost` writes them off.',
          }),
        }),
      )
      .max(50)
      .optional(),
  })
  .meta({ id: 'Pick', description: 'Lines of which fewer were found. What is not named was picked whole.' });

/** No colon: those belong to holds of the system (`payment:pay_1`). */
const HoldHandle = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64');

export const HoldBody = z
  .strictObject({
    handle: HoldHandle.meta({ description: 'Your name for the hold: unique among the active holds of the order.' }),
    reason: HoldReason,
    note: text(500).optional(),
  })
  .meta({ id: 'PlaceHold' });

export const ShipBody = z
  .strictObject({
    carrier: text(64).optional(),
    trackingNumber: text(64).optional(),
    trackingUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
  })
  .check(({ value: { carrier, trackingNumber, trackingUrl }, issues }) => {
    const given = { carrier, trackingNumber };
    if (carrier === undefined && trackingNumber === undefined && trackingUrl === undefined) return;
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) continue;
      issues.push({
        code: 'custom',
        input: given,
        path: [name],
        params: { code: 'required' },
        message: 'Is required when the carrier is yours: carrier and trackingNumber come together.',
      });
    }
  })
  .meta({ id: 'Ship', description: 'Without a carrier, one is booked.' });
export type ShipBody = z.output<typeof ShipBody>;

export const LocationBody = z
  .strictObject({
    name: text(200),
    kind: Location.shape.kind,
    country: Country.optional(),
    timeZone: z.string().max(64).refine(isTimeZone, 'is not an IANA time zone such as "Europe/Madrid"'),
    priority: z.int().min(0).max(1000).default(100).meta({ description: 'Routing prefers the higher.' }),
    enabled: z.boolean().default(true).meta({ description: 'false: nothing new is routed here.' }),
    site: Location.shape.site.meta({ description: 'Where it is. Distances need `coordinates`, rates a `postalCode`.' }),
    capabilities: Location.shape.capabilities.meta({
      description: 'What it can do: ship, pickup, curbside, returns, `customize:<skill>`.',
    }),
    calendar: Location.shape.calendar.meta({ description: 'When people work here. Absent: always open.' }),
    cutOffs: Location.shape.cutOffs.meta({
      description: "Latest time of day, on the location's clock, to order for the same day's parcels, by service.",
    }),
    processingMinutes: Location.shape.processingMinutes.meta({
      description: 'Minutes of opening hours from order to packed.',
    }),
    capacity: Location.shape.capacity.meta({ description: 'Most orders and units taken a day.' }),
    costs: Location.shape.costs.meta({ description: 'Minor units: of one order picked, of one parcel packed.' }),
  })
  .meta({ id: 'PutLocation' });

export const StorefrontBody = z
  .strictObject({
    name: text(200),
    kind: Storefront.shape.kind,
    locationGroupId: Storefront.shape.locationGroupId.meta({
      description: 'It sells from these. Absent: from everywhere.',
    }),
    currencies: Storefront.shape.currencies,
    locales: Storefront.shape.locales.meta({ description: 'BCP 47, the first is the default.' }),
    lowStock: Storefront.shape.lowStock.meta({ description: 'Shown as low with this many to sell or fewer.' }),
  })
  .meta({ id: 'PutStorefront' });

export const LocationGroupBody = z
  .strictObject({
    name: text(200),
    locations: LocationGroup.shape.locations.check(refuseRepeated(({ locationId }) => locationId, 'locationId')),
    groups: LocationGroup.shape.groups
      .check(refuseRepeated((id) => id))
      .meta({ description: 'Groups whose locations belong to this one too.' }),
  })
  .meta({ id: 'PutLocationGroup' });

export const MembershipBody = z
  .strictObject({ active: z.boolean().default(true) })
  .meta({ id: 'PutLocationIntoGroup', description: 'What is not active counts as if it were not there.' });

export const SafetyStockBody = SafetyStockRule.meta({
  id: 'PutSafetyStock',
  description:
    'Units kept back from sale. Of the rules that fit, the most specific decides: SKU, category, location, storefront.',
});
export const SafetyStockQuery = SafetyStockSubject;

const mostSkus = 100;

/** A place: coordinates, or what a geocoder finds them by. */
const Near = z.strictObject({
  country: Country.optional(),
  postalCode: text(20).optional(),
  coordinates: Geo.optional(),
});

export const AvailabilityBody = z
  .strictObject({
    storefront: StorefrontId,
    skus: z
      .array(Sku)
      .min(1)
      .max(mostSkus)
      .check(refuseRepeated((sku) => sku)),
    near: Near.optional().meta({ description: 'Where the customer is: distances are told from there.' }),
  })
  .meta({ id: 'AskAvailability' });

const HoldSeconds = z
  .int()
  .min(holdLimits.least)
  .max(holdLimits.most)
  .default(holdLimits.fallback)
  .meta({ description: 'How long the units are held from now on. In all, at most a day.' });

export const CartHoldBody = z
  .strictObject({
    storefront: StorefrontId,
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(mostHeldBuckets)
      .check(refuseRepeated(({ sku }) => sku, 'sku')),
    locationId: LocationId.optional().meta({ description: 'Pickup: the units are held there and nowhere else.' }),
    seconds: HoldSeconds,
  })
  .meta({ id: 'HoldCart' });

export const ExtendCartHoldBody = z.strictObject({ seconds: HoldSeconds }).meta({ id: 'ExtendCartHold' });

/** Nothing stands in a list twice. */
function refuseRepeated<T>(keyOf: (item: T) => string, ...path: string[]) {
  return ({ value, issues }: z.core.ParsePayload<T[]>): void => {
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const key = keyOf(item);
      if (seen.has(key)) {
        const message = `${key} stands in the list already.`;
        issues.push({ code: 'custom', input: item, path: [index, ...path], params: { code: 'repeated' }, message });
      }
      seen.add(key);
    }
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const mostUnits = 1_000_000_000;

export const StockBody = z.strictObject({ onHand: z.int().min(0).max(mostUnits) }).meta({ id: 'PutStock' });

export const WebhookEndpointBody = z
  .strictObject({
    url: z.string().max(2000),
    eventTypes: z.array(EventFilter).min(1).max(50).default(['*']),
    description: text(300).optional(),
  })
  .meta({ id: 'CreateWebhookEndpoint' });
export type WebhookEndpointBody = z.output<typeof WebhookEndpointBody>;

/** Path parameters. */
export const StockPath = z.object({ sku: Sku, locationId: LocationId });
