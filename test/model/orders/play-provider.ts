import { moneyMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { paymentFault } from '../../../shared/adapters/sandbox/payment.ts';
import { sandboxWebhooks, signedNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import { timersOf } from '../../../shared/domain/next-action.ts';
import { refundable } from '../../../shared/domain/refunds.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { heedPaymentNotice } from '../../../shared/use-cases/heed-payment-notice.ts';
import type { OrderWorld } from './order-world.ts';
import type { ProviderAction } from './provider-actions.ts';
import { meta } from './workflows.ts';

type Do<Name extends ProviderAction['do']> = Extract<ProviderAction, { do: Name }>;

export async function playProvider(world: OrderWorld, one: ProviderAction): Promise<void> {
  switch (one.do) {
    case 'providerDown': {
      const all = ['authorize', 'capture', 'void', 'refund'] as const;
      for (const operation of one.operation === 'all' ? all : [one.operation])
        world.book.counters.set(paymentFault(operation), one.requests);
      return;
    }
    case 'notice':
      return notice(world, one);
    case 'hours':
      world.deps.system.advance(one.hours * 3_600_000);
      return fireDue(world);
    case 'chargeback':
      return one.outcome === 'OPEN' ? openChargeback(world, one) : closeChargeback(world, one.pick, one.outcome);
  }
}

export function endOutages({ book }: OrderWorld): void {
  for (const operation of ['authorize', 'capture', 'void', 'refund'] as const)
    book.counters.delete(paymentFault(operation));
}

/** Read from its bytes, as it comes over the API; heeded as often as it comes. */
async function notice({ deps, book }: OrderWorld, { pick, kind }: Do<'notice'>): Promise<void> {
  const done = moneyMoved(book.entries).filter(({ result }) => result.reference?.startsWith('sbx_'));
  const about = done[pick % done.length];
  if (!about) return;
  const now = deps.system.now();
  const [reference = ''] = about.result.reference?.split('/') ?? [];
  const known = { id: `evt_${pick}_${kind}`, type: kind, occurredAt: new Date(now).toISOString() };
  const signed = signedNotice({ ...known, reference, key: about.key }, now);
  const read = await sandboxWebhooks(book).read({ ...signed, receivedAt: now });
  if (read.outcome !== 'read') throw new Error(`a notice is ${read.outcome}`);
  await heedPaymentNotice(deps, read.notice);
}

/** What is due at all orders, as `due-timers` does. */
async function fireDue({ deps, orders }: OrderWorld): Promise<void> {
  const now = new Date(deps.system.now()).toISOString();
  for (const order of orders.values())
    for (const { name, dueAt } of timersOf(order, deps.policy)) if (dueAt <= now) await fireTimer(deps, order.id, name);
}

async function openChargeback({ deps, orders }: OrderWorld, { pick, part }: Do<'chargeback'>): Promise<void> {
  const taken = [...orders.values()].flatMap((order) =>
    order.payments
      .filter(({ method }) => method === 'card')
      .flatMap((payment) => payment.captures.map((capture) => ({ order, payment, capture }))),
  );
  const { order, payment, capture } = taken[pick % taken.length] ?? {};
  const left = payment && capture ? refundable(payment, capture) : 0;
  if (!order || !payment || !capture || left === 0) return;
  const about = { paymentId: payment.id, captureId: capture.id, amount: Math.ceil((left * part) / 100) };
  // One that is told twice is one.
  const command = { type: 'openChargeback', chargebackId: `dp_${pick}`, ...about, reason: 'fraudulent' } as const;
  for (const _ of [1, 2]) await execute(deps, order.id, [command], meta('finance'));
}

async function closeChargeback({ deps, orders }: OrderWorld, pick: number, outcome: 'WON' | 'LOST'): Promise<void> {
  const open = [...orders.values()].flatMap((order) =>
    order.payments.flatMap(({ chargebacks = [] }) => chargebacks.map(({ id }) => ({ order, id }))),
  );
  const { order, id } = open[pick % open.length] ?? {};
  if (!order || id === undefined) return;
  await execute(deps, order.id, [{ type: 'closeChargeback', chargebackId: id, outcome }], meta('finance'));
}

/** The banks decide for their customers, and somebody lets go what was held for that. */
export async function endChargebacks({ deps, orders }: OrderWorld): Promise<void> {
  for (const order of orders.values()) {
    for (const { id, status } of order.payments.flatMap(({ chargebacks = [] }) => chargebacks))
      if (status === 'OPEN')
        await execute(
          deps,
          order.id,
          [{ type: 'closeChargeback', chargebackId: id, outcome: 'LOST' }],
          meta('finance'),
        );
    for (const { handle } of order.holds.filter((hold) => hold.handle.startsWith('chargeback:')))
      await execute(deps, order.id, [{ type: 'releaseHold', handle }], meta('agent'));
  }
}
