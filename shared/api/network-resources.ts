import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { Minor, Units } from './resource-fields.ts';

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

const Left = Units.nullable().meta({ description: 'null: no limit.' });

export const CapacityResource = z
  .looseObject({
    locationId: z.string(),
    timeZone: z.string(),
    limits: z.looseObject({ ordersPerDay: Units.optional(), unitsPerDay: Units.optional() }),
    days: z.array(z.looseObject({ day: z.iso.date(), orders: Units, units: Units, ordersLeft: Left, unitsLeft: Left })),
  })
  .meta({ id: 'LocationCapacity' });

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
    legalEntityId: z.string().optional(),
    deliveryOptions: z.array(
      z.looseObject({
        id: z.string(),
        name: z.string(),
        method: z.string(),
        service: z.string().optional(),
        cutOff: z.string().optional(),
        withinDays: z.int().optional(),
        deliveryDays: z.array(z.string()).optional(),
        extraDays: z.int(),
        prices: z.array(
          z.looseObject({
            currency: z.string(),
            amount: Minor,
            countries: z.array(z.string()).optional(),
            postalPrefixes: z.array(z.string()).optional(),
            fromValue: Minor.optional(),
          }),
        ),
      }),
    ),
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

export const RestrictionsResource = z
  .looseObject({
    restrictions: z.array(
      z.looseObject({
        sku: z.string().optional(),
        category: z.string().optional(),
        country: z.string().optional(),
        locationId: z.string().optional(),
      }),
    ),
    updatedAt: Instant.optional().meta({ description: 'Absent: nobody has set any.' }),
  })
  .meta({ id: 'Restrictions' });

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
