import { routeKeyOf } from '../../../shared/runtime/contract.ts';
import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes, serve } from '../../../shared/runtime/route.ts';
import { paymentContracts, paymentWebhookContracts } from './contract.ts';
import { type NoticeDeps, receiveNotice } from './notices.ts';
import { checkPayment, type PaymentsDeps, recordReceipt, requestPayments } from './payments.ts';

/** Two doors: people and shops have keys, payment providers sign. */
export function paymentRoutes(deps: PaymentsDeps & NoticeDeps & Guarded): ApiHandler {
  const guarded = defineRoutes(paymentContracts, deps.door, {
    requestPayments: (request) => requestPayments(deps, request),
    checkPayment: (request) => checkPayment(deps, request),
    recordReceipt: (request) => recordReceipt(deps, request),
  });
  const signed = serve((event) => receiveNotice(deps, event));
  const notices = routeKeyOf(paymentWebhookContracts.receiveNotice);
  return (event, context) => (event.routeKey === notices ? signed : guarded)(event, context);
}
