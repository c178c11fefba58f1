import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { creditMemoContracts } from './contract.ts';
import { type CreditMemoDeps, postCreditMemo, previewCreditMemo, recordRefund } from './credit-memos.ts';

/** The routes of credit memos and refunds, over injected ports. */
export const creditMemoRoutes = (deps: CreditMemoDeps & Guarded): ApiHandler =>
  defineRoutes(creditMemoContracts, deps.door, {
    postCreditMemo: (request) => postCreditMemo(deps, request),
    previewCreditMemo: (request) => previewCreditMemo(deps, request),
    recordRefund: (request) => recordRefund(deps, request),
  });
