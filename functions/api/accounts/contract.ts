import { defineContracts } from '../../../shared/runtime/contract.ts';
import { EntriesQuery, giftCardPath, OwnerEntriesQuery, ownerPath } from './parameters.ts';
import {
  BlockBody,
  GiftCardAdjustmentBody,
  GiftCardBody,
  GiftCardLookupBody,
  StoreCreditAdjustmentBody,
  StoreCreditBody,
  TermsBody,
} from './requests.ts';

const shop = { roles: ['agent', 'finance', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;
/** A storefront shows its customer what there is. */
const everyone = { ...shop, roles: ['storefront', 'agent', 'finance', 'admin'] } as const;
/** Who answers for the books. */
const adjusting = { ...shop, roles: ['finance', 'admin'], idempotencyKey: 'required' } as const;
const giving = { ...shop, idempotencyKey: 'required' } as const;

export const giftCardContracts = defineContracts({
  issueGiftCard: {
    ...giving,
    method: 'POST',
    path: '/v1/gift-cards',
    operationId: 'issueGiftCard',
    body: GiftCardBody,
    problems: ['gift_card_code_taken'],
  },
  // The code is worth money: in a body it gets into no log of addresses.
  lookUpGiftCard: {
    ...everyone,
    method: 'POST',
    path: '/v1/gift-cards/lookup',
    operationId: 'lookUpGiftCard',
    body: GiftCardLookupBody,
    problems: ['gift_card_not_found'],
  },
  getGiftCard: {
    ...shop,
    method: 'GET',
    path: '/v1/gift-cards/{id}',
    operationId: 'getGiftCard',
    params: giftCardPath,
    problems: ['gift_card_not_found'],
  },
  blockGiftCard: {
    ...shop,
    method: 'PUT',
    path: '/v1/gift-cards/{id}/block',
    operationId: 'blockGiftCard',
    params: giftCardPath,
    body: BlockBody,
    problems: ['gift_card_not_found'],
  },
  adjustGiftCard: {
    ...adjusting,
    method: 'POST',
    path: '/v1/gift-cards/{id}/adjustments',
    operationId: 'adjustGiftCard',
    params: giftCardPath,
    body: GiftCardAdjustmentBody,
    problems: ['gift_card_not_found', 'gift_card_not_expired', 'insufficient_credit', 'account_full'],
  },
  listGiftCardEntries: {
    ...shop,
    method: 'GET',
    path: '/v1/gift-cards/{id}/entries',
    operationId: 'listGiftCardEntries',
    params: giftCardPath,
    query: EntriesQuery,
    problems: ['gift_card_not_found', 'invalid_cursor'],
  },
});

export const customerAccountContracts = defineContracts({
  grantStoreCredit: {
    ...giving,
    method: 'POST',
    path: '/v1/customers/{id}/store-credit',
    operationId: 'grantStoreCredit',
    params: ownerPath,
    body: StoreCreditBody,
    problems: ['account_full', 'account_not_found'],
  },
  adjustStoreCredit: {
    ...adjusting,
    method: 'POST',
    path: '/v1/customers/{id}/store-credit/adjustments',
    operationId: 'adjustStoreCredit',
    params: ownerPath,
    body: StoreCreditAdjustmentBody,
    problems: ['account_not_found', 'insufficient_credit', 'account_full'],
  },
  listStoreCredit: {
    ...everyone,
    method: 'GET',
    path: '/v1/customers/{id}/store-credit',
    operationId: 'listStoreCredit',
    params: ownerPath,
    problems: ['account_not_found'],
  },
  listStoreCreditEntries: {
    ...everyone,
    method: 'GET',
    path: '/v1/customers/{id}/store-credit/entries',
    operationId: 'listStoreCreditEntries',
    params: ownerPath,
    query: OwnerEntriesQuery,
    problems: ['account_not_found', 'invalid_cursor'],
  },
  setTerms: {
    ...shop,
    roles: ['finance', 'admin'],
    method: 'PUT',
    path: '/v1/customers/{id}/terms',
    operationId: 'setTerms',
    params: ownerPath,
    body: TermsBody,
    problems: ['account_full', 'account_not_found'],
  },
  listTerms: {
    ...everyone,
    method: 'GET',
    path: '/v1/customers/{id}/terms',
    operationId: 'listTerms',
    params: ownerPath,
    problems: ['account_not_found'],
  },
  listTermsEntries: {
    ...shop,
    method: 'GET',
    path: '/v1/customers/{id}/terms/entries',
    operationId: 'listTermsEntries',
    params: ownerPath,
    query: OwnerEntriesQuery,
    problems: ['account_not_found', 'invalid_cursor'],
  },
});
