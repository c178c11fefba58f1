import * as z from 'zod';
import { Cursor, inOrder, Limit } from '../../../shared/api/parameters.ts';
import { defaultEntityId } from '../../../shared/domain/default-legal-entity.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { LedgerAccount } from '../../../shared/domain/ledger/chart.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';
import { Currency } from '../../../shared/domain/money.ts';

const Entity = LegalEntityId.default(defaultEntityId).meta({ description: 'Whose books.' });
const Day = z.iso.date();

const From = Day.meta({ description: 'The first day, by the legal entity’s clock.' });
const To = Day.meta({ description: 'The last day.' });

export const TrialBalanceQuery = z
  .strictObject({
    from: From,
    to: To,
    currency: Currency.optional().meta({ description: 'Default: all.' }),
    legalEntityId: Entity,
  })
  .check(inOrder);

export const EntriesQuery = z
  .strictObject({
    from: From.optional().meta({ description: 'The first day. Needed where no order is named.' }),
    to: To.optional().meta({ description: 'The last day. Needed where no order is named.' }),
    account: LedgerAccount.optional().meta({ description: 'Only entries that move this account.' }),
    orderId: OrderId.optional().meta({ description: 'All entries of one order.' }),
    legalEntityId: Entity,
    limit: Limit,
    cursor: Cursor,
  })
  .check(inOrder)
  .check(({ value, issues }) => {
    for (const name of ['from', 'to'] as const) {
      if (value.orderId === undefined && value[name] === undefined) {
        issues.push({ code: 'custom', input: undefined, path: [name], message: 'is needed where no order is named' });
      }
    }
  });

export const ExportQuery = z
  .strictObject({
    from: From,
    to: To,
    legalEntityId: Entity,
    cursor: Cursor.meta({ description: 'From the header Link of the part before.' }),
  })
  .check(inOrder);

export const AccountsQuery = z.strictObject({ legalEntityId: Entity });
