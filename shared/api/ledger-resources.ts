import * as z from 'zod';
import { LedgerAccount } from '../domain/ledger/chart.ts';
import { LedgerPosting } from '../domain/ledger/posting.ts';
import { Minor } from './resource-fields.ts';

const AccountFields = {
  account: LedgerAccount,
  code: z.string().meta({ description: 'In the legal entity’s chart of accounts.' }),
  name: z.string(),
  kind: z.enum(['asset', 'liability', 'revenue', 'expense']),
};

const Sums = { opening: Minor, debit: Minor, credit: Minor, closing: Minor };

export const TrialBalanceResource = z
  .looseObject({
    legalEntityId: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    balances: z.array(
      z.looseObject({
        currency: z.string(),
        accounts: z.array(z.looseObject({ ...AccountFields, ...Sums })),
        totals: z.looseObject(Sums),
        balanced: z
          .boolean()
          .meta({ description: 'Debits equal credits, and the balances sum to zero before and after.' }),
      }),
    ),
  })
  .meta({
    id: 'TrialBalance',
    description:
      'By currency: what each account had before a period, moved in it and had after it. Minor units; balances are debits less credits.',
  });

export const LedgerEntryResource = z
  .looseObject(LedgerPosting.shape)
  .meta({ id: 'LedgerEntry', description: 'A double entry: debits and credits are the same sum, in minor units.' });

export const LedgerAccountsResource = z
  .looseObject({ legalEntityId: z.string(), data: z.array(z.looseObject(AccountFields)) })
  .meta({
    id: 'LedgerAccounts',
    description: 'The accounts that orders move, and their codes in the merchant’s books.',
  });
