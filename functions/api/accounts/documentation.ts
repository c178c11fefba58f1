import * as z from 'zod';
import {
  AccountEntryResource,
  AccountResource,
  CreditAdjustmentResource,
  GiftCardResource,
  GrantResource,
  IssuedGiftCardResource,
  TermsResource,
} from '../../../shared/api/account-resources.ts';
import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { customerAccountContracts, giftCardContracts } from './contract.ts';

const card = { 200: { description: 'The card.', schema: GiftCardResource } };
const adjusted = {
  201: { description: 'What was changed, and what there is with it.', schema: CreditAdjustmentResource },
};
const entries = { 200: { description: 'A page, newest first.', schema: pageOf(AccountEntryResource) } };

export const giftCardDocumentation = documented('Gift cards and credit', giftCardContracts, {
  issueGiftCard: {
    summary: 'Issue a gift card',
    description:
      'Makes a card and its code. Only the code’s hash is kept: this answer, and its replay under the same Idempotency-Key, are the only ' +
      'places where it can be read. A card of another system is taken over with its own `code`.',
    bodyExample: { amount: 5000, currency: 'EUR', note: 'Christmas' },
    responses: { 201: { description: 'The card, with its code.', schema: IssuedGiftCardResource } },
  },
  lookUpGiftCard: {
    summary: 'What is on a gift card?',
    description:
      'By its code, however it is typed: case, blanks and dashes do not matter. In a body, so that no log of addresses has it.',
    bodyExample: { code: '7H2K-9QXM-4C8T-WE3R' },
    responses: card,
  },
  getGiftCard: { summary: 'Read a gift card', description: 'Without its code, which nobody knows.', responses: card },
  blockGiftCard: {
    summary: 'Block a gift card',
    description:
      'Lost or stolen: it pays no further order. What orders have set aside is captured all the same. `false` makes it good again.',
    bodyExample: { blocked: true },
    responses: card,
  },
  adjustGiftCard: {
    summary: 'Put money on a gift card, or take it off',
    description:
      'A card that is loaded again, a mistake, or what is left on a card that has expired and may be kept. Entries in the books say which. What ' +
      'orders have set aside cannot be taken off.',
    bodyExample: { amount: -1200, reason: 'expired', note: 'Expired 2026-01-01' },
    responses: adjusted,
  },
  listGiftCardEntries: {
    summary: 'What happened on a gift card',
    description: 'Every movement, from where to where.',
    responses: entries,
  },
});

export const customerAccountDocumentation = documented('Gift cards and credit', customerAccountContracts, {
  grantStoreCredit: {
    summary: 'Grant store credit',
    description:
      'To the account of the customer in this currency, which is made when it is not there. Orders pay with the method `storeCredit`.',
    bodyExample: { amount: 1500, currency: 'EUR', note: 'Parcel came late' },
    responses: { 201: { description: 'What was granted, and what there is with it.', schema: GrantResource } },
  },
  adjustStoreCredit: {
    summary: 'Correct store credit',
    description: 'Puts more on the account, or takes off what is available. Entries in the books say why.',
    bodyExample: { amount: -500, currency: 'EUR', reason: 'correction', note: 'Granted twice' },
    responses: adjusted,
  },
  listStoreCredit: {
    summary: 'What store credit a customer has',
    description: 'One account for each currency.',
    responses: { 200: { description: 'Accounts.', schema: z.looseObject({ data: z.array(AccountResource) }) } },
  },
  listStoreCreditEntries: {
    summary: 'What happened to store credit',
    description: 'Every movement of the account of one currency.',
    responses: entries,
  },
  setTerms: {
    summary: 'Let a customer pay later',
    description:
      'Sets how much the customer may owe at once and how long. Orders with the method `terms` take from the limit, what is paid frees it. A ' +
      'limit of 0 ends it for new orders.',
    bodyExample: { currency: 'EUR', limit: 500000, days: 30 },
    responses: { 200: { description: 'The terms.', schema: TermsResource } },
  },
  listTerms: {
    summary: 'How much a customer may owe',
    description: 'One account for each currency.',
    responses: { 200: { description: 'Terms.', schema: z.looseObject({ data: z.array(TermsResource) }) } },
  },
  listTermsEntries: {
    summary: 'What happened to a credit limit',
    description: 'Every movement of the account of one currency.',
    responses: entries,
  },
});
