import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { Minor } from './resource-fields.ts';

export const TaxRatesResource = z
  .looseObject({
    zones: z.array(
      z.looseObject({
        zone: z.string(),
        regions: z.array(z.string()),
        postalPrefixes: z.array(z.string()).optional(),
        alone: z.boolean().optional(),
      }),
    ),
    rates: z.array(
      z.looseObject({
        zone: z.string(),
        tax: z.string(),
        jurisdiction: z.string().optional(),
        taxClass: z.string().optional(),
        rate: z.string(),
        category: z.string(),
        compound: z.boolean().optional(),
        from: z.string().optional(),
        until: z.string().optional(),
      }),
    ),
    classes: z.array(z.string()),
    defaultClass: z.string(),
    charges: z.record(z.string(), z.string()).optional(),
    reverseCharge: z.looseObject({ countries: z.array(z.string()), tax: z.string(), category: z.string() }).optional(),
    updatedAt: Instant.optional().meta({ description: 'Absent: nobody has set any.' }),
  })
  .meta({ id: 'TaxRates' });

const taxed = {
  net: Minor,
  tax: Minor,
  gross: Minor,
  taxes: z.array(
    z.looseObject({
      title: z.string(),
      jurisdiction: z.string(),
      rate: z.string(),
      category: z.string().meta({ description: 'UNCL5305, as EN 16931 takes it: S, Z, E, AE, K, G, O.' }),
      amount: Minor,
    }),
  ),
};

export const TaxQuoteResource = z
  .looseObject({
    currency: z.string(),
    taxMode: z.string(),
    items: z.array(z.looseObject({ id: z.string(), ...taxed })),
    total: z.looseObject(taxed),
  })
  .meta({ id: 'TaxQuote' });
