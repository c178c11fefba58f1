import type { CreditRequest } from '../../../shared/domain/commands.ts';
import { isOver, type Order } from '../../../shared/domain/order.ts';
import { isOnAccount } from '../../../shared/domain/payment-method.ts';
import { awaitsPayment } from '../../../shared/domain/payments.ts';
import { capturableNow, openAuthorization, settlement } from '../../../shared/domain/settlement.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { executeNumbered } from '../../../shared/use-cases/issue-number.ts';
import { settleReceipt } from '../../../shared/use-cases/receive-payment.ts';
import type { MoneyAction } from './money-actions.ts';
import type { OrderWorld, Receipt } from './order-world.ts';
import { paidBy } from './priced-order.ts';
import { meta } from './workflows.ts';

const partOf = (amount: number, percent: number): number => Math.ceil((amount * percent) / 100);
const at = <T>(of: readonly T[], pick: number): T | undefined => of[pick % of.length];

/** One of the orders that it can be done to. */
const orderFor = ({ orders }: OrderWorld, pick: number, isFit: (order: Order) => boolean): Order | undefined =>
  at([...orders.values()].filter(isFit), pick);

export async function moveMoney(world: OrderWorld, one: MoneyAction): Promise<void> {
  switch (one.do) {
    case 'credit':
      return credit(world, one);
    case 'refundByHand':
      return refundByHand(world, one);
    case 'askForCapture':
      return askForCapture(world, one);
    case 'receipt':
      return recordReceipt(world, one);
    case 'payAgain':
      return payAgain(world, one);
  }
}

type Do<Name extends MoneyAction['do']> = Extract<MoneyAction, { do: Name }>;

async function credit(world: OrderWorld, one: Do<'credit'>): Promise<void> {
  const order = orderFor(world, one.pick, ({ invoices }) => invoices.length > 0);
  const request = order && creditOf(order, one);
  if (!order || !request) return;
  await executeNumbered(
    world.deps,
    order,
    'creditMemo',
    (issued, parties) => [{ type: 'postCreditMemo', ...request, issued, parties }],
    meta(one.by),
  );
}

/** Often all of it, or a part of what was credited before: what is too much is to be refused. */
function creditOf({ invoices }: Order, one: Do<'credit'>): CreditRequest | undefined {
  const { what, pick, part } = one;
  const invoice = at(invoices, pick);
  if (!invoice) return undefined;
  const request: CreditRequest = { invoiceId: invoice.id, lines: [], charges: [], reason: 'other' };
  if (what === 'all') {
    request.lines = invoice.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
    request.charges = invoice.charges.map(({ chargeId }) => ({ chargeId }));
  }
  const line = at(invoice.lines, pick);
  if (line && what === 'units') request.lines = [{ lineId: line.lineId, quantity: partOf(line.quantity, part) }];
  if (line && what === 'amount' && line.gross > 0)
    request.lines = [{ lineId: line.lineId, amount: partOf(line.gross, part) }];
  const charge = at(invoice.charges, pick);
  if (charge && what === 'charge' && charge.gross > 0)
    request.charges = [{ chargeId: charge.chargeId, amount: partOf(charge.gross, part) }];
  if (what === 'goodwill' && invoice.total.gross > 0) request.goodwill = partOf(invoice.total.gross, part);
  if (request.lines.length + request.charges.length === 0 && request.goodwill === undefined) return undefined;
  const fee = partOf(invoice.total.gross, one.fee);
  return {
    ...request,
    ...(fee > 0 && { fee: { amount: fee } }),
    ...(one.isForced && { force: true }),
    ...(one.toStoreCredit && { refundTo: 'storeCredit' }),
  };
}

/** A person sends what no provider would give back. */
async function refundByHand(world: OrderWorld, { pick, part }: Do<'refundByHand'>): Promise<void> {
  const order = orderFor(world, pick, (one) => settlement(one).unplaced > 0);
  if (!order) return;
  const amount = partOf(settlement(order).unplaced, part);
  const reference = `SEPA ${order.version}`;
  await execute(world.deps, order.id, [{ type: 'recordRefund', amount, reference }], meta('finance'));
}

async function askForCapture(world: OrderWorld, { pick, part }: Do<'askForCapture'>): Promise<void> {
  const order = orderFor(world, pick, (one) => capturableNow(one) > 0);
  if (!order) return;
  const amount = partOf(capturableNow(order), part);
  await execute(world.deps, order.id, [{ type: 'requestCapture', amount }], meta('finance'));
}

/** A transfer has come, or the carrier brings the cash. It may be told twice, by somebody who mistakes the amount, too. */
async function recordReceipt(world: OrderWorld, { pick, part, receipt: number }: Do<'receipt'>): Promise<void> {
  const isOpen = (payment: Order['payments'][number]) => isOnAccount(payment.method) && openAuthorization(payment) > 0;
  const order = orderFor(world, pick, ({ payments, capture }) => capture !== 'none' && payments.some(isOpen));
  const payment = order?.payments.find(isOpen);
  if (!order || !payment) return;
  const receipt = `transfer ${number}`;
  const told = world.receipts.find(
    (one) => one.paymentId === payment.id && one.orderId === order.id && one.receipt === receipt,
  );
  const amount = told && part > 1 ? told.amount : partOf(openAuthorization(payment), part);
  const next = { orderId: order.id, paymentId: payment.id, receipt, amount };
  if (!told) world.receipts.push(next);
  await tellReceipt(world, next);
}

/** As the API does: the account first, once for a receipt. */
export async function tellReceipt(
  { deps }: OrderWorld,
  { orderId, paymentId, receipt, amount }: Receipt,
): Promise<void> {
  const order = await deps.orders.load(orderId);
  const payment = order?.payments.find(({ id }) => id === paymentId);
  if (!order || !payment) return;
  const isNew = !payment.captures.some((one) => one.receipt === receipt);
  const isTaken = isNew && order.capture !== 'none' && amount <= openAuthorization(payment);
  const settled = isTaken
    ? await settleReceipt(deps, order, payment, { amount, receipt })
    : { providerReference: '', amount };
  if ('declined' in settled) return;
  const command = { type: 'receivePayment', paymentId, receipt, ...settled } as const;
  await execute(deps, orderId, [command], meta('agent'));
}

async function payAgain(world: OrderWorld, { pick, by }: Do<'payAgain'>): Promise<void> {
  const order = orderFor(world, pick, (one) => awaitsPayment(one) && !isOver(one));
  if (!order) return;
  const payments = [paidBy(by, order.currency)];
  await execute(world.deps, order.id, [{ type: 'requestPayments', payments }], meta('storefront'));
}
