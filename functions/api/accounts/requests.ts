import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { Instant } from '../../../shared/domain/order.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

/** A thousand of the largest still add up exactly. */
const mostAtOnce = 1_000_000_000_000;
const Funds = z.int().min(1).max(mostAtOnce).meta({ description: 'Minor units of the currency.' });
const Note = text(300).optional().meta({ description: 'Why, for who reads the entries later.' });

export const GiftCardBody = z
  .strictObject({
    amount: Funds,
    currency: Currency,
    code: z
      .string()
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9 -]{10,38})[A-Za-z0-9]$/, '12 to 40 letters, digits, blanks or dashes')
      .optional()
      .meta({ description: 'Of a card that was issued elsewhere. Absent: a new one is made.' }),
    expiresAt: Instant.optional().meta({ description: 'From then on it pays nothing more. Absent: never.' }),
    note: Note,
  })
  .meta({ id: 'IssueGiftCard' });
export type GiftCardBody = z.output<typeof GiftCardBody>;

export const GiftCardLookupBody = z.strictObject({ code: z.string().min(1).max(64) }).meta({ id: 'GiftCardLookup' });

export const BlockBody = z.strictObject({ blocked: z.boolean() }).meta({ id: 'BlockGiftCard' });

export const StoreCreditBody = z
  .strictObject({ amount: Funds, currency: Currency, note: Note })
  .meta({ id: 'GrantStoreCredit' });

export const TermsBody = z
  .strictObject({
    currency: Currency,
    limit: z.int().min(0).max(mostAtOnce).meta({ description: 'What the customer may owe at once, minor units.' }),
    days: z.int().min(0).max(365).meta({ description: 'From the invoice until it is due.' }),
  })
  .meta({ id: 'SetTerms' });
