import { type AnsweringDeps, answerExecuted, metaOf, orderAnswer, refuse } from '../../../shared/api/order-answers.ts';
import type { Order, Payment } from '../../../shared/domain/order.ts';
import { isOnAccount } from '../../../shared/domain/payment-method.ts';
import { openAuthorization } from '../../../shared/domain/settlement.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { PaymentDeps } from '../../../shared/use-cases/ask-provider.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { lookAtPayment } from '../../../shared/use-cases/look-at-payment.ts';
import { settleReceipt } from '../../../shared/use-cases/receive-payment.ts';
import type { paymentContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof paymentContracts> = ApiRequest<(typeof paymentContracts)[Name]>;

export interface PaymentsDeps extends AnsweringDeps, PaymentDeps {
  orders: AnsweringDeps['orders'];
}

/** The hold ends in the same transaction, and its end starts the order's workflow again. */
export async function requestPayments(deps: PaymentsDeps, request: RequestOf<'requestPayments'>): Promise<Answer> {
  const { payments } = request.body;
  const command = { type: 'requestPayments', payments } as const;
  const executed = await execute(deps, request.params.id, [command], metaOf(request, 200));
  return answerExecuted({ deps, request, status: 200 }, executed);
}

async function paymentIn(
  deps: PaymentsDeps,
  id: Order['id'],
  paymentId: string,
): Promise<{ order: Order; payment: Payment }> {
  const order = await deps.orders.load(id);
  if (!order) throw new ProblemError('order_not_found');
  const payment = order.payments.find((one) => one.id === paymentId);
  if (!payment) throw new ProblemError('payment_not_found');
  return { order, payment };
}

/** What the provider did is recorded by the system; who comes back from the bank only asks to look. */
export async function checkPayment(deps: PaymentsDeps, request: RequestOf<'checkPayment'>): Promise<Answer> {
  const { order, payment } = await paymentIn(deps, request.params.id, request.params.paymentId);
  const actor = { id: request.actor.id, role: 'system' } as const;
  const meta = { actor, correlationId: request.requestId, causationId: request.requestId };
  return orderAnswer(deps, await lookAtPayment(deps, order, payment, meta));
}

/** The account is told first, once for a receipt: recorded after a crash, it is found done. */
export async function recordReceipt(deps: PaymentsDeps, request: RequestOf<'recordReceipt'>): Promise<Answer> {
  const { amount, reference: receipt } = request.body;
  const answering = { deps, request, status: 200 };
  const { order, payment } = await paymentIn(deps, request.params.id, request.params.paymentId);
  const isNew = !payment.captures.some((one) => one.receipt === receipt);
  const isHandled = order.capture !== 'none' && isOnAccount(payment.method);
  const isTaken = isNew && isHandled && amount <= openAuthorization(payment);
  const told = { amount, receipt };
  const settled = isTaken ? await settleReceipt(deps, order, payment, told) : { providerReference: '', amount };
  if ('declined' in settled) {
    const extensions = { reason: settled.declined };
    return refuse(answering, new ProblemError('payment_declined', undefined, { extensions }));
  }
  const command = { type: 'receivePayment', paymentId: payment.id, receipt, ...settled } as const;
  // Told before with another amount, and cut off: that one counts, and who tells this one is told so.
  if (settled.amount !== amount) {
    const { idempotency: _, expectedVersion: __, ...meta } = metaOf(request, 200);
    await execute(deps, order.id, [command], meta);
  }
  return answerExecuted(answering, await execute(deps, order.id, [{ ...command, amount }], metaOf(request, 200)));
}
