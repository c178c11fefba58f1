import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { documentContracts } from './contract.ts';
import { type DocumentDeps, getDocument, listDocuments } from './documents.ts';

/** The routes of invoices and credit memos over injected ports. */
export const documentRoutes = (deps: DocumentDeps & Guarded): ApiHandler =>
  defineRoutes(documentContracts, deps.door, {
    listInvoices: (request) => listDocuments(deps, 'invoice', request),
    getInvoice: (request) => getDocument(deps, 'invoice', request),
    listCreditMemos: (request) => listDocuments(deps, 'creditMemo', request),
    getCreditMemo: (request) => getDocument(deps, 'creditMemo', request),
  });
