import * as z from 'zod';
import { Address } from './order.ts';

export const LegalEntityId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits or "-", 1 to 32, starting with a letter or digit');

const Prefix = z.string().regex(/^[A-Z0-9][A-Z0-9/-]{0,15}$/, 'capital letters, digits, "/" or "-", 1 to 16');

/** Who sells: the company whose name, numbers and numbering stand on invoices. Each storefront belongs to one (`default` when none is named). */
export const LegalEntity = z.object({
  id: LegalEntityId,
  name: z.string().min(1).max(200),
  address: Address.omit({ name: true, coordinates: true }),
  /** VAT number or the like: `ESB12345678`. */
  taxId: z.string().min(1).max(40).optional(),
  /** Number in the commercial register. */
  registration: z.string().min(1).max(100).optional(),
  email: z.string().max(254).optional(),
  phone: z.string().max(32).optional(),
  /** Where to pay what is still owed. */
  bank: z
    .object({ iban: z.string().max(34), bic: z.string().max(11).optional(), name: z.string().max(100).optional() })
    .optional(),
  /** IANA. Says when a day, and with it a year of numbers, begins. */
  timeZone: z.string(),
  /** What numbers begin with: `INV` makes `INV-2026-000001`. */
  prefixes: z.object({ invoice: Prefix, creditMemo: Prefix }),
  /** At the foot of every document. */
  footer: z.string().max(500).optional(),
});
export type LegalEntity = z.infer<typeof LegalEntity>;

/** Which numbers follow each other without a gap: those of one kind of document of one legal entity in one year. */
export type DocumentKind = 'invoice' | 'creditMemo';

export const seriesOf = (entity: LegalEntity, kind: DocumentKind, year: string): string =>
  `${entity.id}#${kind}#${year}`;

/** `INV-2026-000001`. */
export const documentNumber = (entity: LegalEntity, kind: DocumentKind, year: string, value: number): string =>
  `${entity.prefixes[kind]}-${year}-${String(value).padStart(6, '0')}`;
