import * as z from 'zod';

export const LegalEntityResource = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    address: z.looseObject({
      line1: z.string(),
      line2: z.string().optional(),
      city: z.string(),
      region: z.string().optional(),
      postalCode: z.string(),
      country: z.string(),
    }),
    taxId: z.string().optional(),
    registration: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    bank: z.looseObject({ iban: z.string(), bic: z.string().optional(), name: z.string().optional() }).optional(),
    timeZone: z.string(),
    prefixes: z.looseObject({ invoice: z.string(), creditMemo: z.string() }),
    footer: z.string().optional(),
  })
  .meta({ id: 'LegalEntity' });
