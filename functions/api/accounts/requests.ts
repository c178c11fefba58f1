import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { issuedFor, withdrawnFor } from '../../../shared/domain/accounts/credit.ts';
import { defaultEntityId } from '../../../shared/domain/default-legal-entity.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { Instant } from '../../../shared/domain/order.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

/** A thousand of the largest still add up exactly. */
const mostAtOnce = 1_000_000_000_000;
const Funds = z.int().min(1).max(mostAtOnce).meta({ description: 'Minor units of the currency.' });
const Note = text(300).optional().meta({ description: 'Why, for who reads the entries later.' });

const Issued = z.enum(issuedFor);
const why =
  'What stands against it in the books: `sold` (paid for elsewhere or as an order line), `imported` (brought over from another system), ' +
  '`correction` or `goodwill`.';
const seller = LegalEntityId.default(defaultEntityId).meta({ description: 'In whose books it is.' });

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
    reason: Issued.default('sold').meta({ description: why }),
    legalEntityId: seller,
    note: Note,
  })
  .meta({ id: 'IssueGiftCard' });
export type GiftCardBody = z.output<typeof GiftCardBody>;

export const GiftCardLookupBody = z.strictObject({ code: z.string().min(1).max(64) }).meta({ id: 'GiftCardLookup' });

export const BlockBody = z.strictObject({ blocked: z.boolean() }).meta({ id: 'BlockGiftCard' });

export const StoreCreditBody = z
  .strictObject({
    ...{ amount: Funds, currency: Currency },
    reason: Issued.default('goodwill').meta({ description: why }),
    ...{ legalEntityId: seller, note: Note },
  })
  .meta({ id: 'GrantStoreCredit' });

const adjustment = {
  amount: z
    .int()
    .min(-mostAtOnce)
    .max(mostAtOnce)
    .refine((amount) => amount !== 0, 'must not be 0')
    .meta({ description: 'Minor units; below 0 they are taken off what is available.' }),
  note: text(300).meta({ description: 'Why, for who reads the entries later.' }),
  legalEntityId: seller,
};
const Reason = z.enum([...new Set([...issuedFor, ...withdrawnFor])]).meta({
  description: `${why} \`expired\`: what is left on a gift card that has expired is income now.`,
});

interface Adjusted {
  amount: number;
  reason: z.infer<typeof Reason>;
}
const fits = ({ amount, reason }: Adjusted): boolean =>
  (amount > 0 ? issuedFor : withdrawnFor).some((one) => one === reason);
const misfit = {
  path: ['reason'],
  error:
    'Credit is issued as sold, imported, correction or goodwill, and withdrawn as expired, correction or goodwill.',
};

export const GiftCardAdjustmentBody = z
  .strictObject({ ...adjustment, reason: Reason })
  .refine(fits, misfit)
  .meta({ id: 'AdjustGiftCard' });

export const StoreCreditAdjustmentBody = z
  .strictObject({ ...adjustment, currency: Currency, reason: Reason.exclude(['expired']) })
  .refine(fits, misfit)
  .meta({ id: 'AdjustStoreCredit' });

export const TermsBody = z
  .strictObject({
    currency: Currency,
    limit: z.int().min(0).max(mostAtOnce).meta({ description: 'What the customer may owe at once, minor units.' }),
    days: z.int().min(0).max(365).meta({ description: 'From the invoice until it is due.' }),
  })
  .meta({ id: 'SetTerms' });
