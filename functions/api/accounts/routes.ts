import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { customerAccountContracts, giftCardContracts } from './contract.ts';
import {
  adjustStoreCredit,
  type CustomerAccountDeps,
  grantStoreCredit,
  listEntries,
  listStoreCredit,
  listTerms,
  setTerms,
} from './customer-accounts.ts';
import {
  adjustGiftCard,
  blockGiftCard,
  type GiftCardDeps,
  getGiftCard,
  issueGiftCard,
  listGiftCardEntries,
  lookUpGiftCard,
} from './gift-cards.ts';

/** The routes of gift cards, store credit and terms, over injected ports. */
export const accountRoutes = (deps: GiftCardDeps & CustomerAccountDeps & Guarded): ApiHandler =>
  defineRoutes({ ...giftCardContracts, ...customerAccountContracts }, deps.door, {
    issueGiftCard: (request) => issueGiftCard(deps, request),
    lookUpGiftCard: (request) => lookUpGiftCard(deps, request),
    getGiftCard: (request) => getGiftCard(deps, request),
    blockGiftCard: (request) => blockGiftCard(deps, request),
    adjustGiftCard: (request) => adjustGiftCard(deps, request),
    listGiftCardEntries: (request) => listGiftCardEntries(deps, request),
    grantStoreCredit: (request) => grantStoreCredit(deps, request),
    adjustStoreCredit: (request) => adjustStoreCredit(deps, request),
    listStoreCredit: (request) => listStoreCredit(deps, request),
    listStoreCreditEntries: (request) => listEntries('storeCredit')(deps, request),
    setTerms: (request) => setTerms(deps, request),
    listTerms: (request) => listTerms(deps, request),
    listTermsEntries: (request) => listEntries('terms')(deps, request),
  });
