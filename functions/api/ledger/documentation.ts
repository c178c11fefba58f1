import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import {
  LedgerAccountsResource,
  LedgerEntryResource,
  TrialBalanceResource,
} from '../../../shared/api/ledger-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { ledgerContracts } from './contract.ts';

const accounts = { description: 'The accounts.', schema: LedgerAccountsResource };

export const ledgerDocumentation = documented('Ledger', ledgerContracts, {
  getTrialBalance: {
    summary: 'Trial balance',
    description:
      'What each account had before the first day, moved in the period and had after the last day. The books are some seconds behind the orders.',
    responses: { 200: { description: 'By currency.', schema: TrialBalanceResource } },
  },
  listLedgerEntries: {
    summary: 'List entries',
    description:
      'Of a period, of an account in a period, or of an order; oldest first. A page may hold fewer than asked for.',
    responses: { 200: { description: 'A page of entries.', schema: pageOf(LedgerEntryResource) } },
  },
  exportLedger: {
    summary: 'Export entries as CSV',
    description:
      'RFC 4180, a row for each line of an entry, with the codes of the legal entity’s accounts. In parts of 1,000 entries: the header Link names the next one. Only the first part has the line with the columns, so that the parts, one behind the other, are the file.',
    responses: { 200: { description: 'A part of the file.', schema: z.string(), contentType: 'text/csv' } },
  },
  listLedgerAccounts: {
    summary: 'List accounts',
    description: 'With the codes that exports and `ledger.day_closed` name them by.',
    responses: { 200: accounts },
  },
  putLedgerAccounts: {
    summary: 'Set account codes',
    description: 'Replaces the codes of a legal entity. What was exported before keeps the old ones.',
    bodyExample: { codes: { BANK: '1800', PSP_CLEARING: '1360', REVENUE: '8400' } },
    responses: { 200: accounts },
  },
});
