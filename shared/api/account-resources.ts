import * as z from 'zod';
import { AccountEntry } from '../domain/accounts/account.ts';
import { CreditReason } from '../domain/accounts/credit.ts';
import { Currency } from '../domain/money.ts';
import { Instant } from '../domain/order.ts';
import { Minor } from './resource-fields.ts';

const available = Minor.meta({ description: 'May be spent now, minor units.' });
const aside = Minor.meta({ description: 'Set aside by orders that are not captured yet.' });

export const GiftCardResource = z
  .looseObject({
    id: z.string(),
    currency: Currency,
    available,
    aside,
    spent: Minor,
    codeEnd: z.string().optional().meta({ description: 'The last four characters of its code.' }),
    status: z.enum(['ACTIVE', 'BLOCKED', 'EXPIRED']),
    expiresAt: Instant.optional(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'GiftCard' });

export const IssuedGiftCardResource = z
  .looseObject({
    id: z.string(),
    currency: Currency,
    amount: Minor,
    code: z.string().meta({
      description:
        'What the customer pays with: an order’s `token`. In this answer only, and in its replay; nobody can look it up.',
    }),
    expiresAt: Instant.optional(),
    createdAt: Instant,
  })
  .meta({ id: 'IssuedGiftCard' });

export const AccountResource = z
  .looseObject({ currency: Currency, available, aside, spent: Minor, updatedAt: Instant })
  .meta({ id: 'StoreCredit' });

export const TermsResource = z
  .looseObject({
    currency: Currency,
    limit: Minor,
    available: Minor.meta({
      description: 'Left of the limit; below 0 where the limit was lowered below what is used.',
    }),
    used: Minor.meta({ description: 'Owed, or ordered and not yet invoiced.' }),
    days: z.int(),
    updatedAt: Instant,
  })
  .meta({ id: 'Terms' });

export const AccountEntryResource = z
  .looseObject({ ...AccountEntry.omit({ number: true }).shape })
  .meta({ id: 'AccountEntry', description: 'What moved from where to where.' });

export const CreditAdjustmentResource = z
  .looseObject({
    id: z.string().optional(),
    currency: Currency,
    amount: z.int().meta({ description: 'Minor units; below 0 they were taken off.' }),
    reason: CreditReason,
    available,
    at: Instant,
  })
  .meta({ id: 'CreditAdjustment' });

export const GrantResource = z
  .looseObject({ currency: Currency, amount: Minor, available, at: Instant })
  .meta({ id: 'StoreCreditGrant' });
