import * as z from 'zod';
import { AccountCodes } from '../../../shared/domain/ledger/chart.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';

export const AccountCodesBody = z
  .strictObject({
    codes: AccountCodes.meta({
      description: 'By account: its code in the merchant’s chart of accounts. Those that are not named have ours.',
    }),
  })
  .meta({ id: 'AccountCodes' });

export const entityPath = {
  schema: z.object({ legalEntityId: LegalEntityId }),
  problems: { legalEntityId: 'not_found' },
} as const;
