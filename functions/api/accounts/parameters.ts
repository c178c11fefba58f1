import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { AccountOwner } from '../../../shared/domain/accounts/account.ts';
import { GiftCardId } from '../../../shared/domain/accounts/gift-card.ts';
import { Currency } from '../../../shared/domain/money.ts';

export const giftCardPath = { schema: z.object({ id: GiftCardId }), problems: { id: 'gift_card_not_found' } } as const;

export const ownerPath = { schema: z.object({ id: AccountOwner }), problems: { id: 'account_not_found' } } as const;

export const EntriesQuery = z.strictObject({ limit: Limit, cursor: Cursor });

export const OwnerEntriesQuery = EntriesQuery.extend({
  currency: Currency.meta({ description: 'Of the account: an owner has one for each currency.' }),
});
